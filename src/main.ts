/** The program: reads the environment, starts the gateway, stops it on a signal without dropping a request in hand. */
import "reflect-metadata";
import type { FastifyInstance } from "fastify";
import { type Config, loadConfig } from "./config/load-config.ts";
import { createLogger, describeFailure, type Logger } from "./observability/logger.ts";
import { startProcess } from "./start-process.ts";
import { explainRefusal } from "./wiring/explain-refusal.ts";
import type { RunningProcess } from "./worker/running-process.ts";

/** While this long, answers carry `Connection: close`, so that clients come back elsewhere; then the rest is drained. */
const ANNOUNCE_CLOSE_MS = 300;
/** A request that is not done by then will not be: the process ends anyway. */
const FORCE_EXIT_MS = 30_000;

function refuse(problems: readonly string[]): never {
  console.error(`The gateway does not start:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
  process.exit(1);
}

function stopOnSignals(running: RunningProcess, logger: Logger): void {
  let stopping = false;
  const stop = async (signal: string): Promise<void> => {
    if (stopping) return;
    stopping = true;
    logger.log("info", "stopping", { signal });
    setTimeout(() => process.exit(1), FORCE_EXIT_MS).unref();
    await announceClose(running.app);
    await running.close();
    logger.flush();
    process.exit(0);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void stop(signal));
}

async function announceClose(app: FastifyInstance): Promise<void> {
  // Before Fastify's own listener, which may answer at once.
  app.server.prependListener("request", (_request, response) => response.setHeader("connection", "close"));
  await new Promise((resolve) => setTimeout(resolve, ANNOUNCE_CLOSE_MS));
}

function greet(url: string, { mode, dataDir, roles }: Config, databaseKind: string): void {
  console.log(`NACR Gateway, ${mode} mode, ${databaseKind} database${databaseKind === "embedded" ? ` in ${dataDir}` : ""}`);
  if (!roles.has("api")) return console.log(`  A worker: it answers ${url}/healthz, /readyz and /metrics only.`);
  console.log(`  GraphQL   ${url}/graphql\n  Explorer  ${url}/explorer`);
  if (mode === "demo") console.log("  Token     npm run --silent nacr -- token --as submitter\n  Demo      npm run demo");
  if (databaseKind === "embedded")
    console.log(
      "  The embedded database does not flush every commit to the disk: a power cut can lose the last of them. For evaluation and small sites.",
    );
}

async function run(): Promise<void> {
  const loaded = loadConfig();
  if (!loaded.ok) refuse(loaded.problems);
  const { config } = loaded;
  const logger = createLogger(config.logLevel);
  // A failure nobody awaited is a fault to be logged without its message, never printed with whatever it holds.
  process.on("unhandledRejection", (error) => logger.log("error", "unhandled", describeFailure(error)));
  const running = await startProcess(config, logger);
  await running.app.listen({ host: config.host, port: config.port });
  const address = running.app.server.address();
  // Port 0 lets the system choose one.
  const port = typeof address === "object" && address !== null ? address.port : config.port;
  stopOnSignals(running, logger);
  logger.log("info", "started", { host: config.host, port, mode: config.mode });
  greet(`${config.tls === null ? "http" : "https"}://${config.host}:${port}`, config, running.databaseKind);
}

function explain(error: unknown): string {
  const reason = explainRefusal(error);
  if (reason !== null) return reason;
  const { errorName, errorCode, stack } = describeFailure(error);
  if (errorCode === "EADDRINUSE") return "PORT: another program is listening on this port";
  return `an unexpected failure: ${errorName ?? "unknown"} ${errorCode ?? ""}\n${stack ?? ""}`;
}

run().catch((error: unknown) => refuse([explain(error)]));
