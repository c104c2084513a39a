/**
 * The program of the worker's thread: the role `worker` with everything it opens, in a heap of its own. Node runs this file itself by
 * leaving the types out (no loader, hence no memory and start-up cost for one): what it imports may write nothing that needs translating
 * (no enums, no parameter properties, no decorators, so nothing of src/graphql).
 */
import { parentPort } from "node:worker_threads";
import { loadConfig } from "../config/load-config.ts";
import { createLogger, describeFailure } from "../observability/logger.ts";
import { createMetrics } from "../observability/metrics.ts";
import { listenForChanges } from "../persistence/programme-events.ts";
import { openConfiguredDatabase, openParts, wireCore } from "../wiring/core.ts";
import { explainRefusal } from "../wiring/explain-refusal.ts";
import type { WorkerReply, WorkerRequest } from "./thread-words.ts";

async function run(port: NonNullable<typeof parentPort>): Promise<void> {
  const loaded = loadConfig();
  // The main thread read the same environment and started.
  if (!loaded.ok) throw new RangeError("the environment has changed");
  const config = { ...loaded.config, roles: new Set(["worker"] as const) };
  const logger = createLogger(config.logLevel);
  process.on("unhandledRejection", (error) => logger.log("error", "unhandled", describeFailure(error)));
  const metrics = createMetrics();
  const database = await openConfiguredDatabase(config, logger);
  const core = await wireCore(await openParts({ config, logger, metrics, database, keyManagement: null }));
  const wake = (): void => core.webhooks.sender.wake();
  const stopListening = await listenForChanges(database, {
    eventAppended: wake,
    submissionChanged: (ods, submissionId) => core.status.forget(ods, submissionId),
    reconnected: () => {
      core.status.clear();
      wake();
    },
  });
  await core.start();
  const say = (reply: WorkerReply): void => port.postMessage(reply);
  const stop = async (): Promise<void> => {
    await core.stop();
    await stopListening();
    await database.close();
    logger.flush();
    port.close();
  };
  const checkReadiness = async (): Promise<void> => {
    await Promise.all([database.ping(), core.queue.checkReadiness()]);
  };
  port.on("message", (request: WorkerRequest) => {
    if (request.kind === "stop") return void stop();
    const { kind, id } = request;
    if (kind === "metrics") return void metrics.collect().then((samples) => say({ kind, id, samples }));
    void checkReadiness().then(
      () => say({ kind, id, ready: true }),
      () => say({ kind, id, ready: false }),
    );
  });
  say({ kind: "started" });
}

/** A refusal is told by its text: an error's class does not survive being copied to the other thread. */
async function start(port: NonNullable<typeof parentPort>): Promise<void> {
  try {
    await run(port);
  } catch (error) {
    const reason = explainRefusal(error);
    if (reason === null) throw error;
    const refused: WorkerReply = { kind: "refused", reason };
    port.postMessage(refused);
    port.close();
  }
}

if (parentPort !== null) await start(parentPort);
