/** The gateway as its operators run it: a process of its own, started from `src/main.ts`, reached by HTTP only. */
import { type ChildProcess, spawn } from "node:child_process";
import { type FileHandle, mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findFreePort } from "../scripts/postgres.ts";
import { GraphqlClient } from "./graphql-client.ts";

const START_TIMEOUT_MS = 60_000;
const POLL_MS = 100;
const ROOT = new URL("..", import.meta.url).pathname;
/** The default, so that every request writes its log line. */
export const LOG_LEVEL = "info";

export interface GatewayOptions {
  /** Of an empty PostgreSQL database; null: the embedded database in a temporary folder. */
  readonly databaseUrl: string | null;
  /** Where Node leaves a CPU profile of the gateway when it ends; null: none, as profiling costs some speed. */
  readonly profileFolder: string | null;
  /** Another gateway whose database, keys and uploads it shares. Default: a data folder of its own. */
  readonly beside?: GatewayProcess | undefined;
  /** More of the environment. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface GatewayProcess {
  readonly pid: number;
  readonly url: string;
  readonly dataDir: string;
  /** A client with a token of a demo identity, the submitter unless told, renewed while the client is in use. */
  connect(as?: string): Promise<GraphqlClient>;
  stop(): Promise<void>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
}

function launch(port: number, dataDir: string, log: FileHandle, options: GatewayOptions): ChildProcess {
  const { databaseUrl, profileFolder, environment: more = {} } = options;
  const { DATABASE_URL: _ours, ...environment } = process.env;
  const profiling = profileFolder === null ? [] : ["--cpu-prof", `--cpu-prof-dir=${profileFolder}`];
  return spawn(process.execPath, [...profiling, "--import", "tsx", "src/main.ts"], {
    cwd: ROOT,
    stdio: ["ignore", log.fd, "inherit"],
    env: {
      ...environment,
      PORT: String(port),
      NACR_MODE: "demo",
      NACR_DEMO_JOURNEYS: "0",
      NACR_DATA_DIR: dataDir,
      NACR_LOG_LEVEL: LOG_LEVEL,
      ...(databaseUrl === null ? {} : { DATABASE_URL: databaseUrl }),
      ...more,
    },
  });
}

async function waitUntilReady(url: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.ok) return;
    if (child.exitCode !== null || Date.now() > deadline) throw new Error("the gateway did not start");
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** What went wrong inside the gateway, so that a wrong answer can be explained. */
async function printFaults(logFile: string): Promise<void> {
  const lines = (await readFile(logFile, "utf8")).split("\n").filter((line) => line.includes('"fault"'));
  for (const line of lines.slice(0, 3)) console.error(line);
}

/** A token of a demo identity. */
export async function requestToken(url: string, as: string): Promise<string> {
  const response = await fetch(`${url}/demo/token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ as }),
  });
  const { access_token: token }: { access_token: string } = JSON.parse(await response.text());
  return token;
}

/** Starts a gateway on an empty database and waits until it is ready. The caller must call `stop`. */
export async function startGateway(options: GatewayOptions): Promise<GatewayProcess> {
  const dataDir = options.beside?.dataDir ?? (await mkdtemp(join(tmpdir(), "nacr-bench-")));
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const logFile = join(dataDir, `gateway-${port}.log`);
  const log = await open(logFile, "w");
  const child = launch(port, dataDir, log, options);
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await ended;
    await log.close();
    await printFaults(logFile);
    if (options.beside === undefined) await rm(dataDir, { recursive: true, force: true });
  };
  try {
    await waitUntilReady(url, child);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    pid: child.pid ?? 0,
    url,
    dataDir,
    connect: async (as = "submitter") => GraphqlClient.connect(url, () => requestToken(url, as)),
    stop,
    kill: async () => {
      child.kill("SIGKILL");
      await stop();
    },
  };
}
