/** A session with a fixture server, with the waits of real life cut short. */
import type { LookupAddress } from "node:dns";
import type { JWK } from "jose";
import { createAddressRule } from "../../../src/lib/outbound-address.ts";
import { DEFAULT_TYPES, type SourceAuth, type SourceSettings } from "../../../src/pull/fhir-source.ts";
import type { FhirServer } from "../../../src/pull/pull-ports.ts";
import { ServerFailure } from "../../../src/pull/server-failure.ts";
import { createFhirServers, SESSION_LIMITS, type SessionLimits } from "../../../src/sources/fhir-server/fhir-server.ts";
import { type FixtureOptions, type FixtureServer, madeUpPatient, startFhirServer } from "../../support/fhir-server.ts";

const LOOPBACK = ["127.0.0.0/8"];
const FAST: SessionLimits = {
  ...SESSION_LIMITS,
  connectMs: 2_000,
  silenceMs: 1_000,
  wholeMs: 1_500,
  firstWaitMs: 1,
  longestWaitMs: 2_000,
};

export interface SessionOptions {
  readonly allow?: readonly string[];
  readonly resolve?: (host: string) => Promise<readonly LookupAddress[]>;
  readonly auth?: SourceAuth | null;
  readonly secret?: JWK | null;
  readonly fileOrigins?: readonly string[];
  readonly isOnTrial?: boolean;
  readonly limits?: Partial<SessionLimits>;
  readonly signal?: AbortSignal;
}

export const settingsOf = (more: Partial<SourceSettings> = {}): SourceSettings => ({
  mode: "AUTO",
  types: DEFAULT_TYPES,
  cohort: [],
  groupId: null,
  fileOrigins: [],
  auth: null,
  ...more,
});

/** Runs `work` in a session and closes it. */
export async function inSession<T>(
  baseUrl: string,
  work: (server: FhirServer) => Promise<T>,
  options: SessionOptions = {},
): Promise<T> {
  const servers = createFhirServers({
    judge: createAddressRule(options.allow ?? LOOPBACK),
    resolve: options.resolve ?? (async (host) => [{ address: host, family: 4 }]),
    limits: { ...FAST, ...options.limits },
  });
  const server = await servers.open({
    baseUrl,
    auth: options.auth ?? null,
    secret: options.secret ?? null,
    fileOrigins: options.fileOrigins ?? [],
    isOnTrial: options.isOnTrial ?? false,
    signal: options.signal ?? new AbortController().signal,
  });
  try {
    return await work(server);
  } finally {
    await server.close();
  }
}

/** Why the work failed. @throws Error where it did not, or not for the server's reason */
export async function reasonOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ServerFailure) return error.reason;
    throw error;
  }
  throw new Error("nothing failed");
}

const open: FixtureServer[] = [];

/** A server of so many made-up patients; `closeServers` closes it. */
export async function startServer(options: FixtureOptions = {}, patients = 3): Promise<FixtureServer> {
  const server = await startFhirServer(options);
  open.push(server);
  for (let number = 1; number <= patients; number += 1) server.resources.push(...madeUpPatient(number));
  return server;
}

/** After each test. */
export async function closeServers(): Promise<void> {
  for (const server of open.splice(0)) await server.close();
}
