/**
 * A process with the role `worker` alone: the worker's thread, and a server that says how it is. Its main thread opens no database and
 * loads neither GraphQL nor mappings, which would take a third of the process's memory for nothing (ADR 0017).
 */
import { createBareServer } from "../http/bare-server.ts";
import { closeServer } from "../http/close-server.ts";
import type { Logger } from "../observability/logger.ts";
import { createMetrics } from "../observability/metrics.ts";
import { createObserver } from "../wiring/observer.ts";
import type { RunningProcess } from "./running-process.ts";
import { createWorkerThread } from "./worker-thread.ts";

/** On PostgreSQL: the embedded database belongs to one process, which has both roles. @throws StartRefused */
export async function createWorkerProcess(logger: Logger): Promise<RunningProcess> {
  const worker = createWorkerThread(logger);
  const app = createBareServer({
    observer: createObserver({ logger, metrics: createMetrics([worker.metrics]) }),
    checkReadiness: worker.checkReadiness,
  });
  await app.ready();
  await worker.start();
  return {
    app,
    databaseKind: "postgresql",
    close: async () => {
      await closeServer(app);
      await worker.stop();
    },
  };
}
