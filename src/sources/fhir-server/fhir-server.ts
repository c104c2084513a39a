/** A session with one FHIR server: the parts of this folder put together. */
import type { SourceSettings } from "../../pull/fhir-source.ts";
import type { FhirServer, FhirServers, ServerAccess } from "../../pull/pull-ports.ts";
import { ServerFailure } from "../../pull/server-failure.ts";
import { createBackendToken, staticToken, type TokenEndpoint, type TokenSource } from "./backend-token.ts";
import { BulkExport } from "./bulk-export.ts";
import { ofStatus, toFailure } from "./call-failure.ts";
import { type CallLimits, FhirCalls } from "./fhir-calls.ts";
import { PatientFinder } from "./find-patients.ts";
import { type NetworkLimits, type NetworkRules, openPinnedNetwork, type PinnedNetwork } from "./pinned-network.ts";
import { readCapability } from "./read-capability.ts";
import { PatientReader } from "./read-patient.ts";
import { textOf } from "./resource-names.ts";
import { SearchPages } from "./search-pages.ts";
import { type ServerAddress, toServerAddress } from "./server-address.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

export type SessionLimits = CallLimits & NetworkLimits;

export const SESSION_LIMITS: SessionLimits = {
  connectMs: 10 * SECOND_MS,
  silenceMs: MINUTE_MS,
  // A page of 200 resources has some 300 kB; one of Synthea's largest bundles has 30 MB.
  answerBytes: 64 * 1024 * 1024,
  wholeMs: 2 * MINUTE_MS,
  fileMs: 120 * MINUTE_MS,
  failures: 5,
  waits: 10,
  longestWaitMs: 2 * MINUTE_MS,
  firstWaitMs: SECOND_MS,
};

export interface ServersDependencies extends NetworkRules {
  readonly limits?: SessionLimits;
  /** A token obtained elsewhere, for a server whose source has no authentication of its own. */
  readonly bearer?: string | null;
}

export function createFhirServers(dependencies: ServersDependencies): FhirServers {
  const limits = dependencies.limits ?? SESSION_LIMITS;
  return {
    open: async (access) => {
      const address = toServerAddress(access.baseUrl);
      const network = openPinnedNetwork(dependencies, limits);
      try {
        const token = createToken(access, { address, network, limits }, dependencies.bearer ?? null);
        return createSession(access, { address, network, limits }, token);
      } catch (error) {
        await network.close();
        throw error;
      }
    },
    mayCall: async (url) => {
      const network = openPinnedNetwork(dependencies, limits);
      try {
        await network.admit(toServerAddress(url).base);
        return true;
      } catch (error) {
        if (error instanceof ServerFailure) return false;
        throw error;
      } finally {
        await network.close();
      }
    },
  };
}

interface Parts {
  readonly address: ServerAddress;
  readonly network: PinnedNetwork;
  readonly limits: SessionLimits;
}

function createSession({ signal, isOnTrial, fileOrigins }: ServerAccess, parts: Parts, token: TokenSource): FhirServer {
  const calls = new FhirCalls({ ...parts, token, signal, isOnTrial });
  const pages = new SearchPages(calls, parts.address);
  const patients = new PatientReader(calls, pages);
  const finder = new PatientFinder(calls, pages);
  const exports = new BulkExport(calls, parts.address, fileOrigins);
  let serverTime: string | null = null;
  return {
    readCapability: async () => {
      try {
        const { body, headers } = await calls.request("metadata");
        serverTime = readTime(headers.get("date"));
        return readCapability(body, new Date().toISOString());
      } catch (error) {
        if (error instanceof ServerFailure && !error.isTransient && MISSING.has(error.reason)) return null;
        throw error;
      }
    },
    now: () => earlier(serverTime, new Date().toISOString()),
    findPatients: (settings: SourceSettings, types, since) => finder.find(settings, types, since),
    readPatient: (id, types, everything) => patients.read(id, types, everything),
    startExport: (settings, since) => exports.start(settings, since),
    pollExport: (statusUrl) => exports.poll(statusUrl),
    readFile: (file) => exports.readFile(file),
    endExport: (statusUrl) => exports.end(statusUrl),
    close: () => parts.network.close(),
  };
}

/** Without `metadata` a server may still be read: what it can do is then found out. */
const MISSING: ReadonlySet<string> = new Set(["NOT_FOUND", "REFUSED", "FORBIDDEN", "UNAUTHORISED"]);

function readTime(text: string | null): string | null {
  const time = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

/** A server's clock that is behind decides what it takes for changed; one that is ahead must not let us miss anything. */
const earlier = (a: string | null, b: string): string => (a !== null && a < b ? a : b);

function createToken({ auth, secret, signal }: ServerAccess, parts: Parts, bearer: string | null): TokenSource {
  if (auth === null) return staticToken(bearer);
  if (secret === null) throw new ServerFailure("UNAUTHORISED");
  return createBackendToken(auth, secret, createTokenEndpoint(parts, signal));
}

function createTokenEndpoint({ address, network, limits }: Parts, signal: AbortSignal): TokenEndpoint {
  const call = async (url: string, init: RequestInit): Promise<unknown> => {
    try {
      await network.admit(url);
      const within = AbortSignal.any([signal, AbortSignal.timeout(limits.wholeMs)]);
      const headers = { accept: "application/json", "accept-encoding": "identity", ...init.headers };
      const response = await fetch(url, { ...init, headers, redirect: "error", dispatcher: network.answers, signal: within });
      if (response.ok) return await response.json().catch(() => null);
      await response.body?.cancel();
      // That is how a token endpoint says that it does not know the client or its key.
      throw response.status === 400 ? new ServerFailure("UNAUTHORISED") : ofStatus(response.status, response.headers);
    } catch (error) {
      throw toFailure(error);
    }
  };
  return {
    discover: async () => {
      const found = await call(`${address.base}/.well-known/smart-configuration`, { method: "GET" });
      const named = typeof found === "object" && found !== null && "token_endpoint" in found ? textOf(found.token_endpoint) : "";
      if (named === "") throw new ServerFailure("UNAUTHORISED");
      return address.sameOrigin(named);
    },
    post: (url, form) => call(url, { method: "POST", body: form }),
    now: () => Date.now(),
  };
}
