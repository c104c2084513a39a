/**
 * A gateway in this process, on a port of its own and a database of its own (in memory; on PostgreSQL where TEST_DATABASE_URL names a
 * server), with every log line kept. Calls go over HTTP, as a client's do.
 */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config } from "../../src/config/load-config.ts";
import { createGateway, type Gateway } from "../../src/gateway.ts";
import type { KeyManagement } from "../../src/keys/key-management.ts";
import { createForgettingKeyManagement } from "../../src/keys/local-key-file.ts";
import { createLogger } from "../../src/observability/logger.ts";
import { openTestDatabase, type TestDatabase } from "./database.ts";

/** The address tokens are issued for; nobody connects to it. */
export const PUBLIC_URL = "https://gateway.test";

/** The demo identities, by the name that `nacr token --as` takes. */
export type DemoIdentity =
  | "submitter"
  | "submitter2"
  | "vendor"
  | "team"
  | "team2"
  | "guardian"
  | "analyst"
  | "admin"
  | "newcomer";

export interface TestGatewayOptions {
  /** Settings that differ from demo mode on a free loopback port. */
  readonly config?: Partial<Config>;
  /** A database that several gateways share; the test closes it. */
  readonly database?: TestDatabase;
  /** Gateways on one database need the same one. */
  readonly keyManagement?: KeyManagement;
}

export interface GraphqlError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: Readonly<Record<string, unknown>> & { readonly code: string };
}

export interface GraphqlAnswer<Data> {
  readonly status: number;
  readonly headers: Headers;
  /** The body as it came. */
  readonly text: string;
  /** Null where the answer has none; its shape is the test's claim. */
  readonly data: Data | null;
  readonly errors: readonly GraphqlError[];
}

export interface TestGateway {
  readonly url: string;
  readonly database: TestDatabase;
  /** The open MLLP listeners. */
  readonly mllp: Gateway["mllp"];
  /** Every log line so far, as JSON text. */
  readonly logs: readonly string[];
  /** An access token of a demo identity, asked for once. */
  token(as: DemoIdentity): Promise<string>;
  /** One request to `POST /graphql`; null for nobody: no bearer is sent. */
  gql<Data = Readonly<Record<string, unknown>>>(
    as: DemoIdentity | null,
    query: string,
    variables?: Readonly<Record<string, unknown>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<GraphqlAnswer<Data>>;
  /** Stops the gateway, and the database where the gateway has one of its own. */
  close(): Promise<void>;
}

const BASE_CONFIG: Omit<Config, "uploadStore"> = {
  host: "127.0.0.1",
  port: 0,
  mode: "demo",
  roles: new Set(["api", "worker"]),
  dataDir: "memory://",
  databaseUrl: null,
  poolSize: 5,
  logLevel: "info",
  publicUrl: PUBLIC_URL,
  outboundAllow: [],
  envelopeDays: 400,
  fhirSourcesFile: null,
  mllp: { demoPort: null, listenersFile: null },
  codesDir: null,
  tls: null,
  // Tests ask as fast as they can.
  budget: { requestsPerMinute: 10_000_000, costPerMinute: 1_000_000_000 },
  auditAnchorFile: null,
  extractDays: 90,
  auditYears: 8,
  identityProvidersFile: null,
  trustDelayHours: 0,
  demoJourneys: 0,
  consent: { ledgerFile: null, ndo: { applyAt: "BOTH", cacheDays: 7 }, mesh: null },
};

/** Starts one; the caller closes it. */
export async function startTestGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const database = options.database ?? (await openTestDatabase());
  const logs: string[] = [];
  const uploads = await mkdtemp(join(tmpdir(), "nacr-uploads-"));
  const config: Config = { ...BASE_CONFIG, uploadStore: { kind: "folder", folder: uploads }, ...options.config };
  const logger = createLogger(config.logLevel, { write: (line) => logs.push(line) });
  const gateway = await createGateway(config, logger, {
    database: database.database,
    keyManagement: options.keyManagement ?? createForgettingKeyManagement(),
  });
  const url = await gateway.app.listen({ host: config.host, port: config.port });
  const token = rememberTokens(url);
  return {
    url,
    database,
    mllp: gateway.mllp,
    logs,
    token,
    gql: async (as, query, variables, headers) =>
      postGraphql(url, { query, variables }, { ...(as ? { authorization: `Bearer ${await token(as)}` } : {}), ...headers }),
    close: async () => {
      await gateway.close();
      await rm(uploads, { recursive: true });
      if (options.database === undefined) await database.close();
    },
  };
}

function rememberTokens(url: string): TestGateway["token"] {
  const tokens = new Map<DemoIdentity, Promise<string>>();
  return (as) => {
    const token = tokens.get(as) ?? requestDemoToken(url, as);
    tokens.set(as, token);
    return token;
  };
}

/** Of any gateway in demo mode, also one in a process of its own. */
export async function requestDemoToken(url: string, as: DemoIdentity): Promise<string> {
  const answer = await fetch(`${url}/demo/token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ as }),
  });
  const { access_token }: { access_token?: string } = JSON.parse(await answer.text());
  if (access_token === undefined) throw new Error(`no demo token for ${as}: ${answer.status}`);
  return access_token;
}

/** `POST /graphql` with any bearer in the headers. */
async function postGraphql<Data>(
  url: string,
  operation: { readonly query: string; readonly variables?: Readonly<Record<string, unknown>> | undefined },
  headers: Readonly<Record<string, string>>,
): Promise<GraphqlAnswer<Data>> {
  const answer = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/graphql-response+json, application/json", ...headers },
    body: JSON.stringify(operation),
  });
  const text = await answer.text();
  const body: { data?: Data | null; errors?: readonly GraphqlError[] } = JSON.parse(text);
  return { status: answer.status, headers: answer.headers, text, data: body.data ?? null, errors: body.errors ?? [] };
}
