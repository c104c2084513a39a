/** Reads the environment once, names every problem at once, and wraps secrets so that they cannot be printed by mistake. */
import path from "node:path";
import { inspect } from "node:util";
import { z } from "zod";
import { NDO_STAGES } from "../consent/release-policy.ts";
import { isCidr } from "../lib/outbound-address.ts";
import { type ConsentConfig, consentProblems, toConsentConfig } from "./consent-config.ts";
import { readSecretFiles, secretProblems } from "./secret-variables.ts";

/** A secret that prints as `[secret]` wherever it is logged, inspected or put into JSON. */
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
  [inspect.custom](): string {
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
  /** Null: the gateway speaks plain HTTP, and TLS is the business of the proxy in front. */
  readonly tls: TlsConfig | null;
  /** What one client may ask of this process. */
  readonly budget: { readonly requestsPerMinute: number; readonly costPerMinute: number };
  /** Absolute path of the file that the head of the audit trail is written to; null: none is kept. */
  readonly auditAnchorFile: string | null;
  /** Days for which the files of an extract are kept. */
  readonly extractDays: number;
  /** Years for which the audit trail is kept. */
  readonly auditYears: number;
  /** Absolute path of the list of issuers whose people may come in; null: none. */
  readonly identityProvidersFile: string | null;
  /** Hours from a Guardian's or administrator's confirmation until it is in force. */
  readonly trustDelayHours: number;
  /** Demo mode: journeys of the generated cut that the first start publishes; 0: none. */
  readonly demoJourneys: number;
  readonly consent: ConsentConfig;
}

/** PEM files by their absolute paths. */
export interface TlsConfig {
  /** The gateway's own certificate with its chain, and its key. */
  readonly certFile: string;
  readonly keyFile: string;
  /** Authorities one of which must have signed the certificate that every caller comes with; null: none is asked for. */
  readonly clientCaFile: string | null;
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
  DATABASE_URL_FILE: z.string().min(1).optional(),
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
  NACR_S3_SECRET_FILE: z.string().min(1).optional(),
  NACR_ENVELOPE_DAYS: z.coerce.number().int().min(1).max(3_650).default(400),
  NACR_FHIR_SOURCES: z.string().min(1).optional(),
  MLLP_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  NACR_MLLP_LISTENERS: z.string().min(1).optional(),
  NACR_CODES_DIR: z.string().min(1).optional(),
  NACR_TLS_CERT: z.string().min(1).optional(),
  NACR_TLS_KEY: z.string().min(1).optional(),
  NACR_TLS_CLIENT_CA: z.string().min(1).optional(),
  NACR_REQUESTS_PER_MINUTE: z.coerce.number().int().min(60).max(10_000_000).default(30_000),
  NACR_COST_PER_MINUTE: z.coerce.number().int().min(60_000).max(1_000_000_000).default(600_000),
  NACR_AUDIT_ANCHOR: z.string().min(1).default("audit-anchor.ndjson"),
  NACR_IDENTITY_PROVIDERS: z.string().min(1).optional(),
  NACR_TRUST_DELAY_HOURS: z.coerce.number().int().min(0).max(720).default(24),
  NACR_DEMO_JOURNEYS: z.coerce.number().int().min(0).max(1_000_000).default(20_000),
  NACR_EXTRACT_DAYS: z.coerce.number().int().min(1).max(3_650).default(90),
  NACR_AUDIT_YEARS: z.coerce.number().int().min(1).max(100).default(8),
  NACR_LEDGER_FILE: z.string().min(1).default("objections.ledger"),
  NACR_NDO_APPLY_AT: z.enum(NDO_STAGES).default("BOTH"),
  NACR_NDO_EVIDENCE: z.string().min(1).optional(),
  NACR_NDO_CACHE_DAYS: z.coerce.number().int().min(1).max(21).default(7),
  NACR_MESH_FOLDER: z.string().min(1).optional(),
  NACR_MESH_MAILBOX: z
    .string()
    .refine((text) => /^[A-Z0-9]{4,20}$/.test(text), "must be a mailbox id of capital letters and digits")
    .optional(),
});

/** Pure but for its default: the same environment gives the same answer. An empty variable counts as absent. */
export function loadConfig(env: Readonly<Record<string, string | undefined>> = process.env): LoadedConfig {
  const stated = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ""));
  const secrets = readSecretFiles(stated);
  const loose = [...secrets.problems, ...secretProblems(secrets.env, new Set(Object.keys(environment.shape)))];
  const parsed = environment.safeParse(secrets.env);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    return { ok: false, problems: [...wrong, ...loose] };
  }
  const config = toConfig(parsed.data);
  const problems = [
    ...loose,
    ...contradictions(config),
    ...uploadProblems(parsed.data),
    ...consentProblems(parsed.data),
    ...tlsProblems(parsed.data),
  ];
  return problems.length > 0 ? { ok: false, problems } : { ok: true, config };
}

type Environment = z.infer<typeof environment>;

const ROLES: Readonly<Record<Environment["NACR_ROLES"], ReadonlySet<ProcessRole>>> = {
  "api,worker": new Set(["api", "worker"]),
  api: new Set(["api"]),
  worker: new Set(["worker"]),
};

function toConfig(env: Environment): Config {
  const scheme = env.NACR_TLS_CERT === undefined ? "http" : "https";
  return {
    host: env.HOST,
    port: env.PORT,
    mode: env.NACR_MODE ?? (env.DATABASE_URL === undefined ? "demo" : "production"),
    roles: ROLES[env.NACR_ROLES],
    dataDir: path.resolve(env.NACR_DATA_DIR),
    databaseUrl: env.DATABASE_URL === undefined ? null : new Secret(env.DATABASE_URL),
    poolSize: env.NACR_POOL_SIZE,
    logLevel: env.NACR_LOG_LEVEL,
    publicUrl: (env.NACR_PUBLIC_URL ?? `${scheme}://${env.HOST}:${env.PORT}`).replace(/\/$/, ""),
    outboundAllow: env.NACR_OUTBOUND_ALLOW === undefined ? [] : readList(env.NACR_OUTBOUND_ALLOW),
    uploadStore: toUploadStore(env),
    envelopeDays: env.NACR_ENVELOPE_DAYS,
    fhirSourcesFile: env.NACR_FHIR_SOURCES === undefined ? null : path.resolve(env.NACR_FHIR_SOURCES),
    mllp: {
      demoPort: env.MLLP_PORT ?? null,
      listenersFile: env.NACR_MLLP_LISTENERS === undefined ? null : path.resolve(env.NACR_MLLP_LISTENERS),
    },
    tls: toTls(env),
    budget: { requestsPerMinute: env.NACR_REQUESTS_PER_MINUTE, costPerMinute: env.NACR_COST_PER_MINUTE },
    codesDir: env.NACR_CODES_DIR === undefined ? null : path.resolve(env.NACR_CODES_DIR),
    auditAnchorFile: path.resolve(env.NACR_DATA_DIR, env.NACR_AUDIT_ANCHOR),
    extractDays: env.NACR_EXTRACT_DAYS,
    auditYears: env.NACR_AUDIT_YEARS,
    identityProvidersFile: env.NACR_IDENTITY_PROVIDERS === undefined ? null : path.resolve(env.NACR_IDENTITY_PROVIDERS),
    trustDelayHours: env.NACR_TRUST_DELAY_HOURS,
    demoJourneys: env.NACR_DEMO_JOURNEYS,
    consent: toConsentConfig(env),
  };
}

function toTls({ NACR_TLS_CERT: cert, NACR_TLS_KEY: key, NACR_TLS_CLIENT_CA: clientCa }: Environment): TlsConfig | null {
  if (cert === undefined || key === undefined) return null;
  const clientCaFile = clientCa === undefined ? null : path.resolve(clientCa);
  return { certFile: path.resolve(cert), keyFile: path.resolve(key), clientCaFile };
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

/** Half of it would be plain HTTP where somebody counts on TLS. */
function tlsProblems(env: Environment): readonly string[] {
  const { NACR_TLS_CERT: cert, NACR_TLS_KEY: key, NACR_TLS_CLIENT_CA: clientCa } = env;
  const problems: string[] = [];
  if ((cert === undefined) !== (key === undefined)) problems.push("NACR_TLS_CERT: and NACR_TLS_KEY need each other");
  if (clientCa !== undefined && cert === undefined) problems.push("NACR_TLS_CLIENT_CA: needs NACR_TLS_CERT and NACR_TLS_KEY");
  if (cert !== undefined && toConfig(env).mode === "demo")
    problems.push("NACR_TLS_CERT: demo mode answers this machine alone, by plain HTTP");
  return problems;
}

/** By TLS, or never leaving this machine. */
function isSafeAddress(text: string): boolean {
  const { protocol, hostname } = new URL(text);
  return protocol === "https:" || LOOPBACK.has(hostname.replace(/^\[|\]$/g, ""));
}

function contradictions(config: Config): readonly string[] {
  const problems: string[] = [];
  if (config.mode === "demo" && !LOOPBACK.has(config.host))
    problems.push("HOST: demo mode has demo identities, so it binds to loopback only");
  if (config.mode !== "demo" && config.mllp.demoPort !== null)
    problems.push(
      "MLLP_PORT: is for demo mode, and anybody may send there; NACR_MLLP_LISTENERS names listeners with their senders",
    );
  if (config.mode === "production" && !isSafeAddress(config.publicUrl))
    problems.push("NACR_PUBLIC_URL: is a http:// address of another machine; clients would send their tokens readable for all");
  if (config.roles.size < 2 && config.databaseUrl === null)
    problems.push("NACR_ROLES: the embedded database belongs to one process, so a role alone needs DATABASE_URL");
  return problems;
}

/** Where the commands of `nacr` look for a gateway that nobody named: on this machine, at the port the gateway would take. */
export const defaultGatewayUrl = (env: Readonly<Record<string, string | undefined>> = process.env): string =>
  `http://127.0.0.1:${env.PORT || 4000}`;
