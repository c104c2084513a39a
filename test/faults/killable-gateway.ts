/** Starts gateways as child processes on one database and one data folder, and kills them as a power cut would. */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const CHILD = fileURLToPath(new URL("./gateway-child.ts", import.meta.url));
const START_TIMEOUT_MS = 60_000;

export interface KillableOptions {
  readonly port: number;
  readonly databaseUrl: string;
  readonly dataDir: string;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface KillableGateway {
  readonly url: string;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
}

function spawnChild({ port, databaseUrl, dataDir, environment = {} }: KillableOptions): ChildProcess {
  return spawn(process.execPath, ["--import", "tsx", CHILD], {
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      PATH: process.env.PATH ?? "",
      HOST: "127.0.0.1",
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      NACR_MODE: "demo",
      NACR_DEMO_JOURNEYS: "0",
      NACR_DATA_DIR: dataDir,
      ...environment,
    },
  });
}

/** Waits until it serves. */
export async function startKillable(options: KillableOptions): Promise<KillableGateway> {
  const child = spawnChild(options);
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await gone;
  };
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("a gateway did not start in time")), START_TIMEOUT_MS);
    child.once("exit", () => reject(new Error("a gateway ended while it started")));
    let said = "";
    // Its worker's thread may log before it serves.
    child.stdout?.on("data", (chunk) => {
      said += String(chunk);
      if (!said.includes("ready\n")) return;
      clearTimeout(timer);
      resolve();
    });
  }).catch(async (error: unknown) => {
    await kill();
    throw error;
  });
  return { url: `http://127.0.0.1:${options.port}`, kill };
}
