/**
 * A throw-away PostgreSQL cluster from the installed binaries, for tests and measurements.
 *
 *   tsx scripts/postgres.ts -- vitest run --project db     runs the command with TEST_DATABASE_URL set, then removes the cluster
 *
 * The binaries are taken from PGBIN, else the newest of /usr/lib/postgresql, else the PATH. Durability is left on (fsync), as the
 * measurements and crash tests need it; data checksums are on as in production. Answers on loopback and asks for no password.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { chown, mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";

const run = promisify(execFile);
const DEBIAN_FOLDER = "/usr/lib/postgresql";
const START_TIMEOUT_MS = 20_000;
const START_POLL_MS = 50;
const SUPERUSER = "postgres";

export interface ThrowAwayPostgres {
  readonly url: string;
  /** The server's own folder: its files, its log ahead of them (`pg_wal`). */
  readonly data: string;
  /** Ends every process of the server at once, as a power cut would, and starts it again on the same data and port. */
  crash(): Promise<void>;
  /** Stops the server and removes its data. */
  stop(): Promise<void>;
}

/** PostgreSQL refuses to run as root: then its own account runs it, else nobody's. */
interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** The newest of this machine. @throws Error where there is none */
export function findBinary(name: string): string {
  const versions = existsSync(DEBIAN_FOLDER) ? readdirSync(DEBIAN_FOLDER).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [process.env.PGBIN, ...versions.map((version) => join(DEBIAN_FOLDER, version, "bin"))];
  const found = [...folders, ...(process.env.PATH ?? "").split(":")]
    .filter((folder) => folder !== undefined && folder !== "")
    .map((folder) => join(folder ?? "", name))
    .find((file) => existsSync(file));
  if (found === undefined)
    throw new Error(`no PostgreSQL on this machine: ${name} is neither in ${DEBIAN_FOLDER} nor on the PATH`);
  return found;
}

async function findAccount(): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null;
  const lines = (await readFile("/etc/passwd", "utf8")).split("\n").map((line) => line.split(":"));
  const line = lines.find(([name]) => name === "postgres") ?? lines.find(([name]) => name === "nobody");
  if (line === undefined) throw new Error("PostgreSQL cannot run as root, and there is no user postgres or nobody");
  return { name: line[0] ?? "", uid: Number(line[2]), gid: Number(line[3]) };
}

/** A port of the loopback interface that nobody listens on at this moment. */
export async function findFreePort(): Promise<number> {
  for (;;) {
    // Below the ports that the system hands out, so that nobody is given this one before it is used.
    const port = 15_000 + Math.floor(Math.random() * 15_000);
    if (await isFree(port)) return port;
  }
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });

async function waitUntilReady(url: string, server: ChildProcess, output: () => string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      return;
    } catch {
      if (server.exitCode !== null || Date.now() > deadline) throw new Error(`PostgreSQL did not start:\n${output()}`);
      await new Promise((resolve) => setTimeout(resolve, START_POLL_MS));
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

/** SIGINT is PostgreSQL's fast shutdown: open transactions are rolled back, connections closed. */
const stopServer = (server: ChildProcess): Promise<void> => endServer(server, "SIGINT");

function endServer(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  return new Promise((resolve) => {
    if (server.exitCode !== null || server.signalCode !== null) return resolve();
    server.once("exit", () => resolve());
    server.kill(signal);
  });
}

/** Fills the folder of a server, as whoever runs it. */
export type MakeData = (data: string, as: { readonly uid?: number; readonly gid?: number }) => Promise<void>;

const initialise: MakeData = async (data, as) => {
  const options = ["-k", "-D", data, "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C"];
  await run(findBinary("initdb"), options, { ...as, cwd: dirname(data) });
};

/**
 * Makes a cluster in a temporary folder below `parent` and starts it (about 2 s). The caller must call `stop`.
 * @param more settings besides the usual ones, as `name=value`
 * @param makeData a new cluster unless told
 */
export async function startPostgres(
  parent = tmpdir(),
  more: readonly string[] = [],
  makeData = initialise,
): Promise<ThrowAwayPostgres> {
  const account = await findAccount();
  const as = account === null ? {} : { uid: account.uid, gid: account.gid };
  const folder = await mkdtemp(join(parent, "nacr-postgres-"));
  if (account !== null) await chown(folder, account.uid, account.gid);
  const data = join(folder, "data");
  const port = await findFreePort();
  await makeData(data, as);
  const settings = ["-c", "listen_addresses=127.0.0.1", "-c", `unix_socket_directories=${folder}`, "-c", "max_connections=200"];
  for (const setting of more) settings.push("-c", setting);
  let log = "";
  const launch = (): ChildProcess => {
    const launched = spawn(findBinary("postgres"), ["-D", data, "-p", String(port), ...settings], {
      ...as,
      cwd: folder,
      stdio: ["ignore", "ignore", "pipe"],
      // A terminal's Ctrl-C must reach us first: we stop the server when the command has ended.
      detached: true,
    });
    launched.stderr?.on("data", (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-4_000);
    });
    return launched;
  };
  let server = launch();
  const stop = async () => {
    await stopServer(server);
    await rm(folder, { recursive: true, force: true });
  };
  const url = `postgresql://${SUPERUSER}@127.0.0.1:${port}/postgres`;
  try {
    await waitUntilReady(url, server, () => log);
  } catch (error) {
    await stop();
    throw error;
  }
  const crash = async (): Promise<void> => {
    // SIGQUIT is PostgreSQL's immediate shutdown: nothing is written any more, and the next start recovers from the log.
    await endServer(server, "SIGQUIT");
    server = launch();
    await waitUntilReady(url, server, () => log);
  };
  return { url, data, crash, stop };
}

async function runCommand(command: readonly string[], url: string): Promise<number> {
  const [program, ...args] = command;
  if (program === undefined) throw new Error("usage: tsx scripts/postgres.ts -- <command…>");
  const child = spawn(program, args, { stdio: "inherit", env: { ...process.env, TEST_DATABASE_URL: url } });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}

async function main(): Promise<void> {
  const command = process.argv.slice(process.argv.indexOf("--") + 1);
  const postgres = await startPostgres();
  try {
    process.exitCode = await runCommand(command, postgres.url);
  } finally {
    await postgres.stop();
  }
}

if (import.meta.main) await main();
