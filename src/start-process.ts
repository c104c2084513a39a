/** Starts what the roles ask for, and loads nothing else: a worker alone has no use for GraphQL. */
import type { Config } from "./config/load-config.ts";
import type { BroughtParts } from "./gateway.ts";
import type { Logger } from "./observability/logger.ts";
import type { RunningProcess } from "./worker/running-process.ts";

/** @param brought of the role `api`. @throws what the starts throw */
export async function startProcess(config: Config, logger: Logger, brought: BroughtParts = {}): Promise<RunningProcess> {
  if (config.roles.has("api")) return (await import("./gateway.ts")).createGateway(config, logger, brought);
  return (await import("./worker/worker-process.ts")).createWorkerProcess(logger);
}
