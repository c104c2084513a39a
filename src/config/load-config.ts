/** Reads the environment once, names every problem at once, and wraps secrets so that they cannot be printed by mistake. */
import path from "node:path";
import { z } from "zod";

/** A secret that prints as `[secret]` wherever it is logged or put into JSON. */
export class Secret {
  readonly #value: string;
  constructor(value: string) {
    this.#value = value;
  }
  /** The one way to read it; call sites are easy to find. */
  reveal(): string {
    return this.#value;
  }
  toString(): string {
    return "[secret]";
  }
  toJSON(): string {
    return "[secret]";
  }
}

export type Mode = "demo" | "production";

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly mode: Mode;
  /** Absolute path of the folder with the embedded database and the local key file. */
  readonly dataDir: string;
  /** Null: the embedded database. */
  readonly databaseUrl: Secret | null;
  /** Connections of the pool (PostgreSQL only). */
  readonly poolSize: number;
  readonly logLevel: "debug" | "info" | "warn" | "error" | "silent";
  /** The gateway's own address as its clients see it: issuer and audience of tokens. */
  readonly publicUrl: string;
}

export type LoadedConfig =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly string[] };

const LOOPBACK = new Set(["127.0.0.1", "::1", "localhost"]);

/** The variables, their forms and defaults; docs/configuration.md is checked against this in both directions. */
export const environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(4000),
  HOST: z.string().min(1).default("127.0.0.1"),
  NACR_MODE: z.enum(["demo", "production"]).optional(),
  NACR_DATA_DIR: z.string().min(1).default(".nacr"),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\/./, "must be a postgresql:// address")
    .optional(),
  NACR_POOL_SIZE: z.coerce.number().int().min(1).max(200).default(10),
  NACR_LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
  NACR_PUBLIC_URL: z.url().optional(),
});

/** Pure but for its default: the same environment gives the same answer. An empty variable counts as absent. */
export function loadConfig(env: Readonly<Record<string, string | undefined>> = process.env): LoadedConfig {
  const stated = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ""));
  const parsed = environment.safeParse(stated);
  if (!parsed.success)
    return { ok: false, problems: parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`) };
  const config = toConfig(parsed.data);
  const problems = contradictions(config);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, config };
}

type Environment = z.infer<typeof environment>;

function toConfig(env: Environment): Config {
  return {
    host: env.HOST,
    port: env.PORT,
    mode: env.NACR_MODE ?? (env.DATABASE_URL === undefined ? "demo" : "production"),
    dataDir: path.resolve(env.NACR_DATA_DIR),
    databaseUrl: env.DATABASE_URL === undefined ? null : new Secret(env.DATABASE_URL),
    poolSize: env.NACR_POOL_SIZE,
    logLevel: env.NACR_LOG_LEVEL,
    publicUrl: (env.NACR_PUBLIC_URL ?? `http://${env.HOST}:${env.PORT}`).replace(/\/$/, ""),
  };
}

function contradictions(config: Config): readonly string[] {
  const problems: string[] = [];
  if (config.mode === "demo" && !LOOPBACK.has(config.host))
    problems.push("HOST: demo mode has demo identities, so it binds to loopback only");
  return problems;
}

/** Where the commands of `nacr` look for a gateway that nobody named: on this machine, at the port the gateway would take. */
export const defaultGatewayUrl = (env: Readonly<Record<string, string | undefined>> = process.env): string =>
  `http://127.0.0.1:${env.PORT || 4000}`;
