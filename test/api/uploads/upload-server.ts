/** The HTTP edge with uploads behind it and nothing else: bearers are names, times are short, several may share one storage. */
import type { FastifyInstance } from "fastify";
import type { HttpDependencies, RequestLog } from "../../../src/http/http-ports.ts";
import { createHttpServer } from "../../../src/http/http-server.ts";
import type { Actor } from "../../../src/records/actor.ts";
import { createTusDoor } from "../../../src/sources/uploads/tus-door.ts";
import type { UploadDependencies } from "../../../src/sources/uploads/upload-dependencies.ts";
import { createUploadDoor, type NameReader } from "../../../src/sources/uploads/upload-door.ts";
import { sender } from "../../support/uploads.ts";

const person = (role: Actor["role"], scopes: readonly string[] = []): Actor => ({
  ...sender("RAA", `client-${role}`),
  role,
  scopes,
});

/** By the bearer that stands for each. */
const ACTORS: Readonly<Record<string, Actor>> = {
  submitter: sender("RAA"),
  colleague: sender("RAA", "client-RAA-2"),
  stranger: sender("RBB"),
  team: person("CLINICAL_TEAM"),
  vendor: person("VENDOR_APP", ["submissions:write"]),
  reader: person("VENDOR_APP", ["submissions:read"]),
  guardian: person("CALDICOTT_GUARDIAN"),
  analyst: { ...person("ANALYST"), ods: null },
};

export interface UploadServer {
  readonly url: string;
  readonly app: FastifyInstance;
  readonly logs: readonly RequestLog[];
  readonly faults: readonly unknown[];
  close(): Promise<void>;
}

const noReport = () => Promise.reject(new Error("This server has uploads only."));

export async function startUploadServer(
  dependencies: UploadDependencies,
  recordTypeOf: NameReader = () => null,
  arrivalTimes: HttpDependencies["arrivalTimes"] = { requestMs: 400, silenceMs: 300 },
): Promise<UploadServer> {
  const logs: RequestLog[] = [];
  const faults: unknown[] = [];
  const door = createUploadDoor(dependencies, recordTypeOf);
  const app = await createHttpServer({
    config: { mode: "production", host: "127.0.0.1", port: 0, publicUrl: "https://gateway.test" },
    admitRequest: () => ({ taken: true, left: 1, waitSeconds: 0, perMinute: 1 }),
    verifyToken: async (token) => ACTORS[token] ?? null,
    tokens: { requestToken: async () => ({ status: 400, body: { error: "invalid_request" } }) },
    demoOidc: null,
    demoToken: null,
    checkReadiness: async () => undefined,
    observer: {
      requestDone: (request) => logs.push(request),
      failed: (error) => faults.push(error),
      metrics: async () => ({ contentType: "text/plain", body: "" }),
    },
    refuseDocument: () => null,
    mountGraphql: async () => undefined,
    streams: { openEventStream: async () => null, openSocket: () => async () => undefined },
    uploads: { ...door, tus: createTusDoor(dependencies, door, recordTypeOf) },
    reports: { reportJson: noReport, reportCsv: noReport, failedRows: noReport },
    reportFiles: { programmeCsv: noReport, programmePage: noReport, progressPage: noReport, importer: noReport },
    exportStatistics: noReport,
    extracts: { download: noReport },
    arrivalTimes,
  });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  return { url, app, logs, faults, close: () => app.close() };
}
