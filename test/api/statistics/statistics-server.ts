/** The real edge, GraphQL and gate over agreements in memory and a sample cut, at whatever time a test likes. Bearers are people's names. */

import type { Agreement } from "../../../src/agreements/agreement.ts";
import { createAgreementGate } from "../../../src/agreements/agreement-gate.ts";
import type { LoggedUse } from "../../../src/agreements/ports.ts";
import type { Terms } from "../../../src/agreements/terms.ts";
import { createHttpServer } from "../../../src/http/http-server.ts";
import { EVENT_GROUPS, NATIONS } from "../../../src/national/national-groups.ts";
import type { Actor } from "../../../src/records/actor.ts";
import { MEASURES } from "../../../src/statistics/cube/declaration.ts";
import type { PublishedCuts } from "../../../src/statistics/cuts/cut-ports.ts";
import { createAskStatistics } from "../../../src/statistics/questions/ask-statistics.ts";
import { createExportStatistics } from "../../../src/statistics/questions/export-statistics.ts";
import { createListPublishedTables } from "../../../src/statistics/questions/published-tables.ts";
import { ASKED_DIMENSIONS } from "../../../src/statistics/questions/question-words.ts";
import { refuseDocument } from "../../../src/wiring/edge.ts";
import { wireGraphql } from "../../../src/wiring/live.ts";
import { AGREEMENT_ID, ANALYST, NOW, signedAgreement, soundTerms, testId } from "../../support/agreements.ts";
import { sampleCuts } from "../../support/sample-cuts.ts";
import { createFakeGateway } from "../../unit/graphql/fake-deps.ts";

export const PURPOSE = "SERVICE_EVALUATION";
/** The same, with rows of England and of heart attacks only. */
export const NARROW_ID = "DARS-NIC-64572-NARRO";

const actor = (clientId: string, role: Actor["role"]): Actor => ({ clientId, role, ods: null, programmes: [], scopes: [] });
const ACTORS: Readonly<Record<string, Actor>> = {
  analyst: actor(ANALYST.clientId, "ANALYST"),
  stranger: actor("analyst-2", "ANALYST"),
  admin: actor("admin-1", "AUDIT_ADMIN"),
};

export const everything = (change: Partial<Terms> = {}): Terms =>
  soundTerms({
    measures: MEASURES.map(({ key }) => key),
    dimensions: ASKED_DIMENSIONS.map(({ key }) => key),
    nations: [...NATIONS],
    eventGroups: [...EVENT_GROUPS],
    years: [2023, 2024],
    ...change,
  });

export interface StatisticsServer {
  readonly url: string;
  /** Lines of the agreements' logs. */
  readonly uses: LoggedUse[];
  /** Our own, that were reported. */
  readonly faults: readonly unknown[];
  /** Sets the time; ISO. */
  at(now: string): void;
  ask(query: string, variables?: Readonly<Record<string, unknown>>, bearer?: string): Promise<Told>;
  get(path: string, bearer?: string): Promise<Response>;
  close(): Promise<void>;
}
export interface Told {
  readonly status: number;
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>> | null;
  /** Of the first error. */
  readonly refusal: Readonly<Record<string, unknown>> & { readonly code?: string };
}

export async function startStatisticsServer(
  published: PublishedCuts = sampleCuts(),
  agreements: readonly Agreement[] = [
    signedAgreement(everything()),
    signedAgreement(everything({ nations: ["ENGLAND"], eventGroups: ["MI"] }), NOW, NARROW_ID),
  ],
): Promise<StatisticsServer> {
  let now = NOW;
  const uses: LoggedUse[] = [];
  const store = {
    find: async (id: string) => agreements.find((agreement) => agreement.id === id) ?? null,
    recordUse: async (use: LoggedUse) => void uses.push(use),
    recordEntry: async () => undefined,
  };
  const gate = createAgreementGate({ store, clock: { now: () => now }, newId: testId });
  const ask = createAskStatistics({ gate, published });
  const { deps, faults } = createFakeGateway();
  const listTables = createListPublishedTables(published);
  const graphql = wireGraphql({ ...deps, statistics: { ...deps.statistics, ask, published, listTables } });
  const unused = () => Promise.reject(new Error("This server has statistics only."));
  const app = await createHttpServer({
    config: { mode: "production", host: "127.0.0.1", port: 0, publicUrl: "https://gateway.test" },
    admitRequest: () => ({ taken: true, left: 1, waitSeconds: 0, perMinute: 1 }),
    verifyToken: async (token) => ACTORS[token] ?? null,
    tokens: { requestToken: unused },
    demoOidc: null,
    demoToken: null,
    checkReadiness: async () => undefined,
    observer: { requestDone: () => undefined, failed: () => undefined, metrics: unused },
    refuseDocument,
    ...graphql,
    uploads: { receive: unused, find: unused, remove: unused, tus: unused },
    reports: { reportJson: unused, reportCsv: unused, failedRows: unused },
    reportFiles: { programmeCsv: unused, programmePage: unused, progressPage: unused, importer: unused },
    exportStatistics: createExportStatistics(ask),
    extracts: { download: unused },
  });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  const headers = (bearer: string) => ({ authorization: `Bearer ${bearer}`, "content-type": "application/json" });
  return {
    url,
    uses,
    faults,
    at: (time) => {
      now = time;
    },
    ask: async (query, variables = {}, bearer = "analyst") =>
      readTold(
        await fetch(`${url}/graphql`, { method: "POST", headers: headers(bearer), body: JSON.stringify({ query, variables }) }),
      ),
    get: (path, bearer = "analyst") => fetch(`${url}${path}`, { headers: headers(bearer) }),
    close: () => app.close(),
  };
}

export async function readTold(response: Response): Promise<Told> {
  const text = await response.text();
  const body: { data?: Told["data"]; errors?: readonly { extensions: Told["refusal"] }[] } = JSON.parse(text);
  return { status: response.status, text, data: body.data ?? null, refusal: body.errors?.[0]?.extensions ?? {} };
}

/** A question in the words of the API; the purpose and the agreement may be others. */
export const inputOf = (change: Readonly<Record<string, unknown>> = {}) => ({
  agreement: AGREEMENT_ID,
  purpose: PURPOSE,
  measure: "STARTED",
  dimensions: ["REGION", "SEX"],
  ...change,
});

export const TABLE = `
  measure auditYear dimensions suppressedCells footnotes citation cut { number } profile { id version }
  rows { categories { dimension category label } value { display number suppressed } } exports { format path }`;
export const QUERY = `query ($input: StatisticsInput!) { statistics(input: $input) { ${TABLE} } }`;
