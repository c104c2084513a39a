/** Reads the environment once, names every problem at once, and wraps secrets so that they cannot be printed by mistake. */
import path from "node:path";
import { z } from "zod";
import { isCidr } from "../lib/outbound-address.ts";

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

/** `api` answers clients, `worker` works on what they sent as files. */
export type ProcessRole = "api" | "worker";

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly mode: Mode;
  /** What this thread of the process does. */
  readonly roles: ReadonlySet<ProcessRole>;
  /** Absolute path of the folder with the embedded database and the local key file. */
  readonly dataDir: string;
  /** Null: the embedded database. */
  readonly databaseUrl: Secret | null;
  /** Connections of the pool (PostgreSQL only). */
  readonly poolSize: number;
  readonly logLevel: "debug" | "info" | "warn" | "error" | "silent";
  /** The gateway's own address as its clients see it: issuer and audience of tokens. */
  readonly publicUrl: string;
  /** Networks (CIDR) that webhooks may call although they are not public. */
  readonly outboundAllow: readonly string[];
  readonly uploadStore: UploadStoreConfig;
  /** Days for which a submission's input is kept, and with it the upload it came from. */
  readonly envelopeDays: number;
  /** Absolute path of the list of FHIR servers that are read; null: there is none. */
  readonly fhirSourcesFile: string | null;
  /** Where HL7 v2 messages come in. */
  readonly mllp: MllpConfig;
  /** Folder with a site's full code tables, laid over the shipped ones; null: the shipped ones alone. */
  readonly codesDir: string | null;
}

export interface MllpConfig {
  /** Demo mode: one listener on this port of loopback; null: none. */
  readonly demoPort: number | null;
  /** Absolute path of the file that names the listeners; null: none. */
  readonly listenersFile: string | null;
}

/** Where the contents of uploads lie. */
export type UploadStoreConfig =
  | { readonly kind: "folder"; readonly folder: string }
  | {
      readonly kind: "s3";
      /** Null: Amazon's own, by the region. */
      readonly endpoint: string | null;
      readonly bucket: string;
      readonly region: string;
      readonly accessKey: string;
      readonly secret: Secret;
    };

export type LoadedConfig =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly string[] };

const LOOPBACK = new Set(["127.0.0.1", "::1", "localhost"]);

/** Entries between commas. */
const readList = (text: string): readonly string[] => text.split(",").map((entry) => entry.trim());

/** The variables, their forms and defaults; docs/configuration.md is checked against this in both directions. */
export const environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(4000),
  HOST: z.string().min(1).default("127.0.0.1"),
  NACR_MODE: z.enum(["demo", "production"]).optional(),
  NACR_ROLES: z.enum(["api,worker", "api", "worker"]).default("api,worker"),
  NACR_DATA_DIR: z.string().min(1).default(".nacr"),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\/./, "must be a postgresql:// address")
    .optional(),
  NACR_POOL_SIZE: z.coerce.number().int().min(1).max(200).default(10),
  NACR_LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
  NACR_PUBLIC_URL: z.url().optional(),
  NACR_OUTBOUND_ALLOW: z
    .string()
    .refine((text) => readList(text).every(isCidr), "must be networks as address/prefix, separated by commas")
    .optional(),
  NACR_UPLOAD_STORE: z.enum(["folder", "s3"]).default("folder"),
  NACR_S3_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  NACR_S3_BUCKET: z.string().min(1).optional(),
  NACR_S3_REGION: z.string().min(1).default("eu-west-2"),
  NACR_S3_ACCESS_KEY: z.string().min(1).optional(),
  NACR_S3_SECRET: z.string().min(1).optional(),
  NACR_ENVELOPE_DAYS: z.coerce.number().int().min(1).max(3_650).default(400),
  NACR_FHIR_SOURCES: z.string().min(1).optional(),
  MLLP_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  NACR_MLLP_LISTENERS: z.string().min(1).optional(),
  NACR_CODES_DIR: z.string().min(1).optional(),
});

/** Pure but for its default: the same environment gives the same answer. An empty variable counts as absent. */
export function loadConfig(env: Readonly<Record<string, string | undefined>> = process.env): LoadedConfig {
  const stated = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ""));
  const parsed = environment.safeParse(stated);
  if (!parsed.success)
    return { ok: false, problems: parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`) };
  const config = toConfig(parsed.data);
  const problems = [...contradictions(config), ...uploadProblems(parsed.data)];
  return problems.length > 0 ? { ok: false, problems } : { ok: true, config };
}

type Environment = z.infer<typeof environment>;

const ROLES: Readonly<Record<Environment["NACR_ROLES"], ReadonlySet<ProcessRole>>> = {
  "api,worker": new Set(["api", "worker"]),
  api: new Set(["api"]),
  worker: new Set(["worker"]),
};

function toConfig(env: Environment): Config {
  return {
    host: env.HOST,
    port: env.PORT,
    mode: env.NACR_MODE ?? (env.DATABASE_URL === undefined ? "demo" : "production"),
    roles: ROLES[env.NACR_ROLES],
    dataDir: path.resolve(env.NACR_DATA_DIR),
    databaseUrl: env.DATABASE_URL === undefined ? null : new Secret(env.DATABASE_URL),
    poolSize: env.NACR_POOL_SIZE,
    logLevel: env.NACR_LOG_LEVEL,
    publicUrl: (env.NACR_PUBLIC_URL ?? `http://${env.HOST}:${env.PORT}`).replace(/\/$/, ""),
    outboundAllow: env.NACR_OUTBOUND_ALLOW === undefined ? [] : readList(env.NACR_OUTBOUND_ALLOW),
    uploadStore: toUploadStore(env),
    envelopeDays: env.NACR_ENVELOPE_DAYS,
    fhirSourcesFile: env.NACR_FHIR_SOURCES === undefined ? null : path.resolve(env.NACR_FHIR_SOURCES),
    mllp: {
      demoPort: env.MLLP_PORT ?? null,
      listenersFile: env.NACR_MLLP_LISTENERS === undefined ? null : path.resolve(env.NACR_MLLP_LISTENERS),
    },
    codesDir: env.NACR_CODES_DIR === undefined ? null : path.resolve(env.NACR_CODES_DIR),
  };
}

function toUploadStore(env: Environment): UploadStoreConfig {
  if (env.NACR_UPLOAD_STORE === "folder") return { kind: "folder", folder: path.resolve(env.NACR_DATA_DIR, "uploads") };
  return {
    kind: "s3",
    endpoint: env.NACR_S3_ENDPOINT ?? null,
    bucket: env.NACR_S3_BUCKET ?? "",
    region: env.NACR_S3_REGION,
    accessKey: env.NACR_S3_ACCESS_KEY ?? "",
    secret: new Secret(env.NACR_S3_SECRET ?? ""),
  };
}

const S3_VARIABLES = ["NACR_S3_BUCKET", "NACR_S3_ACCESS_KEY", "NACR_S3_SECRET"] as const;

/** Half a store is none, and a bucket that nobody asks for would leave the files on this machine unnoticed. */
function uploadProblems(env: Environment): readonly string[] {
  return env.NACR_UPLOAD_STORE === "s3"
    ? S3_VARIABLES.filter((name) => env[name] === undefined).map((name) => `${name}: NACR_UPLOAD_STORE is s3, which needs it`)
    : S3_VARIABLES.filter((name) => env[name] !== undefined).map((name) => `${name}: is read where NACR_UPLOAD_STORE is s3 only`);
}

function contradictions(config: Config): readonly string[] {
  const problems: string[] = [];
  if (config.mode === "demo" && !LOOPBACK.has(config.host))
    problems.push("HOST: demo mode has demo identities, so it binds to loopback only");
  if (config.mode !== "demo" && config.mllp.demoPort !== null)
    problems.push(
      "MLLP_PORT: is for demo mode, and anybody may send there; NACR_MLLP_LISTENERS names listeners with their senders",
    );
  if (config.roles.size < 2 && config.databaseUrl === null)
    problems.push("NACR_ROLES: the embedded database belongs to one process, so a role alone needs DATABASE_URL");
  return problems;
}

/** Where the commands of `nacr` look for a gateway that nobody named: on this machine, at the port the gateway would take. */
export const defaultGatewayUrl = (env: Readonly<Record<string, string | undefined>> = process.env): string =>
  `http://127.0.0.1:${env.PORT || 4000}`;
