/** The gateway's own program on a PostgreSQL of its own, with everything kept that either of them writes anywhere. */
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, closeSync, openSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { findFreePort, startPostgres, type ThrowAwayPostgres } from "../../../scripts/postgres.ts";

const PROGRAMS = {
  gateway: fileURLToPath(new URL("../../../src/main.ts", import.meta.url)),
  leaking: fileURLToPath(new URL("./leaking-gateway-program.ts", import.meta.url)),
  nacr: fileURLToPath(new URL("../../../src/cli/main.ts", import.meta.url)),
};
const START_TIMEOUT_MS = 60_000;
/** The most talkative settings: what a server says with these, it says with no others. Nothing of the log ahead is thrown away. */
const TALKATIVE = [
  "logging_collector=on",
  "log_filename=server.log",
  "log_rotation_size=0",
  "log_rotation_age=0",
  "log_statement=all",
  "log_parameter_max_length=-1",
  "log_parameter_max_length_on_error=-1",
  "log_min_error_statement=error",
  "log_error_verbosity=verbose",
  "wal_keep_size=64GB",
  "max_wal_size=16GB",
];

/** Where everything of a run is. */
export interface Ground {
  readonly postgres: ThrowAwayPostgres;
  readonly folder: string;
  readonly dataDir: string;
  readonly mesh: string;
  query(text: string, values?: readonly unknown[]): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** A connection of its own, to be ended by whoever asks. */
  connect(): Promise<pg.Client>;
  remove(): Promise<void>;
}

export async function openGround(): Promise<Ground> {
  const folder = await mkdtemp(join(tmpdir(), "nacr-canaries-"));
  const postgres = await startPostgres(tmpdir(), TALKATIVE);
  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    return client;
  };
  const client = await connect();
  const dataDir = join(folder, "data");
  await mkdir(dataDir, { mode: 0o700 });
  chmodSync(folder, 0o700);
  return {
    postgres,
    folder,
    dataDir,
    mesh: join(folder, "mesh"),
    connect,
    query: async (text, values = []) => (await client.query(text, [...values])).rows,
    remove: async () => {
      await client.end();
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface RunningGateway {
  readonly url: string;
  readonly mllpPort: number;
  /** Everything it printed, by whatever means and thread. */
  readonly logFile: string;
  /** SIGTERM, as an operator would. */
  stop(): Promise<void>;
}

const environmentOf = ({ postgres, dataDir, mesh }: Ground): Readonly<Record<string, string>> => ({
  PATH: process.env.PATH ?? "",
  DATABASE_URL: postgres.url,
  NACR_MODE: "demo",
  NACR_DEMO_JOURNEYS: "0",
  NACR_DATA_DIR: dataDir,
  NACR_LOG_LEVEL: "debug",
  NACR_OUTBOUND_ALLOW: "127.0.0.0/8",
  NACR_MESH_FOLDER: mesh,
  NACR_MESH_MAILBOX: "X26CAN001",
  NACR_COST_PER_MINUTE: "1000000000",
  NACR_REQUESTS_PER_MINUTE: "10000000",
});

/** @param program `leaking` is the control: it tells in its log what it was sent. */
export async function startGateway(ground: Ground, program: "gateway" | "leaking" = "gateway"): Promise<RunningGateway> {
  const [port, mllpPort] = [await findFreePort(), await findFreePort()];
  const logFile = join(ground.folder, `${program}.log`);
  const log = openSync(logFile, "a", 0o600);
  const child = spawn(process.execPath, ["--import", "tsx", PROGRAMS[program]], {
    stdio: ["ignore", log, log],
    env: { ...environmentOf(ground), PORT: String(port), MLLP_PORT: String(mllpPort) },
  });
  closeSync(log);
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await gone;
  };
  const url = `http://127.0.0.1:${port}`;
  await waitUntilReady(url, child).catch(async (error: unknown) => {
    child.kill("SIGKILL");
    await gone;
    throw error;
  });
  return { url, mllpPort, logFile, stop };
}

async function waitUntilReady(url: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    await answer?.body?.cancel();
    if (answer?.ok === true) return;
    if (child.exitCode !== null || Date.now() > deadline) throw new Error("the gateway did not start");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** What `nacr` prints on the host of the gateway. */
export function runNacr(ground: Ground, args: readonly string[]): AsyncIterable<Uint8Array> {
  return outputOf(process.execPath, ["--import", "tsx", PROGRAMS.nacr, ...args], environmentOf(ground));
}

/** The output of a command as it comes. @throws Error where it fails */
export async function* outputOf(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = { PATH: process.env.PATH ?? "" },
): AsyncIterable<Uint8Array> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], env });
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  yield* child.stdout;
  const code = await ended;
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${complaint.slice(0, 500)}`);
}
