/** The gateway with a leak in it, for the control of the canaries: it tells in its log what it was sent. */
import "reflect-metadata";
import { loadConfig } from "../../../src/config/load-config.ts";
import { createLogger } from "../../../src/observability/logger.ts";
import { startProcess } from "../../../src/start-process.ts";
import type { SubmissionService } from "../../../src/submission/commands.ts";

const loaded = loadConfig();
if (!loaded.ok) throw new Error(loaded.problems.join("; "));
const logger = createLogger(loaded.config.logLevel);
const tell = (service: SubmissionService): SubmissionService => ({
  submit: (command) => {
    logger.log("info", "submitted", { reason: JSON.stringify(command) });
    return service.submit(command);
  },
});
const running = await startProcess(loaded.config, logger, { withSubmissions: tell });
await running.app.listen({ host: loaded.config.host, port: loaded.config.port });
process.once("SIGTERM", async () => {
  await running.close();
  logger.flush();
  process.exit(0);
});
