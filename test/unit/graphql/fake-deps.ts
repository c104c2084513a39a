/** A gateway without a database: what the ports answer is set by each test. All data are made up. */

import type { ApolloServer } from "@apollo/server";
import { HeaderMap } from "@apollo/server";
import { REFUSING_DEPS } from "../../../scripts/generate/refusing-deps.ts";
import { createApolloServer } from "../../../src/graphql/apollo-server.ts";
import { createGraphqlContext } from "../../../src/graphql/create-context.ts";
import { createDocumentStore } from "../../../src/graphql/document-store.ts";
import type { GraphqlContext, RequestFacts } from "../../../src/graphql/graphql-context.ts";
import type { Fault, GraphqlDeps } from "../../../src/graphql/graphql-deps.ts";
import { createRoleSchemas } from "../../../src/graphql/role-schema.ts";
import { buildGatewaySchema } from "../../../src/graphql/schema.ts";
import { createLiveHub } from "../../../src/graphql/streams/live-hub.ts";
import type { Actor, Role } from "../../../src/records/actor.ts";
import type { RecordResult, SubmissionHeader } from "../../../src/records/submission-record.ts";
import type { SubmitCommand } from "../../../src/submission/commands.ts";
import type { JobProgress } from "../../../src/submission/job-ports.ts";
import type { Page, RecordNode, StatusStore } from "../../../src/submission/status-ports.ts";

export const SUBMISSION_ID = "01890000-0000-7000-8000-000000000001";
export const PATIENT_ID = "01890000-0000-7000-8000-0000000000aa";

export const actorOf = (role: Role, more: Partial<Actor> = {}): Actor => ({
  clientId: "client-1",
  role,
  ods: role === "ANALYST" || role === "AUDIT_ADMIN" ? null : "RTEST",
  programmes: ["P1"],
  scopes: [],
  ...more,
});

export const pageOf = <T>(nodes: readonly T[]): Page<T> => ({
  nodes: nodes.map((node, index) => ({ cursor: String(index), node })),
  hasNextPage: false,
  totalCount: nodes.length,
});

export const headerOf = (more: Partial<SubmissionHeader> = {}): SubmissionHeader => ({
  id: SUBMISSION_ID,
  ods: "RTEST",
  programmeCode: "P1",
  clientId: "client-1",
  channel: "RECORDS",
  mode: "COMMIT",
  errorPolicy: "REJECT_FAILED",
  status: "COMPLETED",
  outcome: "ACCEPTED",
  sourceSystem: { vendor: "V", product: "P", version: "1" },
  datasetVersion: "gw-1.0",
  mappingVersion: "records/1",
  receivedAt: "2026-03-02T09:00:00.000Z",
  completedAt: "2026-03-02T09:00:01.000Z",
  counts: { received: 2, created: 1, updated: 0, unchanged: 0, withdrawn: 0, rejected: 1, held: 0, withheld: 0, warnings: 0 },
  issues: [],
  issueGroups: [],
  mappingSummary: [],
  standards: [],
  receiptDigest: "digest",
  receiptKeyId: "key-1",
  replayOf: null,
  withdrawnAt: null,
  faultId: null,
  ...more,
});

export const resultOf = (index: number, more: Partial<RecordResult> = {}): RecordResult => ({
  index,
  recordType: "PATIENT",
  outcome: "CREATED",
  sourceRecordId: `s-${index}`,
  expression: `records[${index}].patient`,
  parentIndex: null,
  matchedBy: null,
  recordId: null,
  issues: [],
  changes: [],
  links: [],
  mappingReport: [],
  ...more,
});

export const nodeOf = (more: Partial<RecordNode> = {}): RecordNode => ({
  recordType: "PATIENT",
  id: PATIENT_ID,
  parentId: null,
  version: 1,
  programmeCode: "P1",
  updatedAt: "2026-03-02T09:00:00.000Z",
  yearOfBirth: 1951,
  values: {},
  ...more,
});

export interface FakeGateway {
  readonly deps: GraphqlDeps;
  readonly serverOf: (role: Role) => ApolloServer<GraphqlContext>;
  readonly commands: SubmitCommand[];
  readonly faults: Fault[];
}

interface FakeAnswers {
  readonly submit?: GraphqlDeps["submissions"]["submit"];
  readonly status?: Partial<StatusStore>;
  readonly history?: Partial<GraphqlDeps["history"]>;
  readonly progress?: readonly (readonly [string, JobProgress])[];
  readonly webhooks?: GraphqlDeps["webhooks"];
  readonly control?: Partial<GraphqlDeps["control"]>;
}

export function fakeStatus(answers: Partial<StatusStore> = {}): StatusStore {
  return {
    submission: async (_actor, id) => (id === SUBMISSION_ID ? headerOf() : null),
    submissionsByIds: async (_actor, ids) => ids.map((id) => headerOf({ id })),
    submissions: async () => pageOf([headerOf()]),
    results: async (_actor, requests) => requests.map(() => pageOf([resultOf(0)])),
    resultsAt: async (_actor, places) => places.map(({ index }) => resultOf(index)),
    recordStatus: async () => [{ submissionId: SUBMISSION_ID, result: resultOf(0) }],
    patient: async () => nodeOf(),
    patients: async () => pageOf([nodeOf()]),
    children: async () => [],
    eventsAfter: async (_actor, _code, sequence) => ({ events: [], last: sequence, hasMore: false }),
    lastSequence: async () => 0,
    ...answers,
  };
}

const fakeHistory: GraphqlDeps["history"] = {
  history: async () => pageOf([]),
  patientAsOf: async () => nodeOf(),
  childrenAsOf: async () => [],
};

export function createFakeGateway(answers: FakeAnswers = {}): FakeGateway {
  const commands: SubmitCommand[] = [];
  const faults: Fault[] = [];
  const organisation = { odsCode: "RTEST", name: "Test Trust", programmes: [{ code: "P1", name: "Programme one" }] };
  const status = fakeStatus(answers.status);
  const jobProgress: GraphqlDeps["jobProgress"] = { progress: async () => new Map(answers.progress) };
  const deps: GraphqlDeps = {
    // What no test of the schema asks for refuses.
    ...REFUSING_DEPS,
    chargeCost: () => ({ taken: true, left: 1, waitSeconds: 0, budget: "costPerMinute", perMinute: 1 }),
    submissions: {
      submit: async (command) => {
        commands.push(command);
        return answers.submit
          ? await answers.submit(command)
          : { header: headerOf(), replayed: false, results: [resultOf(0), resultOf(1)] };
      },
    },
    submitFile: async () => ({ header: headerOf(), replayed: false, results: null }),
    previewMapping: async () => ({ mappingVersion: "records/1", records: [], issues: [], mappingReport: [], mappingSummary: [] }),
    status,
    history: { ...fakeHistory, ...answers.history },
    simulateRules: async () => ({ sources: [], persons: 0, links: [], endCursor: null }),
    mappingTrend: async () => [],
    jobProgress,
    live: createLiveHub({ status, jobProgress }),
    registrations: { ...REFUSING_DEPS.registrations, unseenBreakGlass: async () => [] },
    organisations: { organisationsOf: async () => [organisation], organisation: async () => organisation },
    webhooks: answers.webhooks ?? REFUSING_DEPS.webhooks,
    control: { ...REFUSING_DEPS.control, withdrawals: async () => [], ...answers.control },
    mergedPatients: async () => new Map(),
    accessLog: {
      ofPatient: async () => pageOf([]),
      ofProgramme: async () => pageOf([]),
      numbersOf: async () => new Map(),
    },
    recordWithdrawals: async () => [],
    reportFault: (fault) => void faults.push(fault),
  };
  const schemaOf = createRoleSchemas(buildGatewaySchema(deps));
  const servers = new Map<Role, ApolloServer<GraphqlContext>>();
  const serverOf = (role: Role): ApolloServer<GraphqlContext> => {
    const known = servers.get(role);
    if (known !== undefined) return known;
    const server = createApolloServer(deps, schemaOf(role), createDocumentStore());
    server.startInBackgroundHandlingStartupErrorsByLoggingAndFailingAllRequests();
    servers.set(role, server);
    return server;
  };
  return { deps, serverOf, commands, faults };
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: HeaderMap;
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>> | undefined;
  readonly error: {
    readonly message: string;
    readonly path?: readonly unknown[];
    readonly extensions: Readonly<Record<string, unknown>>;
  };
}

interface HttpQuestion {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly role?: Role;
  readonly facts?: Partial<RequestFacts>;
  readonly method?: "GET" | "POST";
  readonly accept?: string;
}

/** One request through the Apollo of the caller's role as the HTTP layer sends it, without a socket. */
export async function ask({ deps, serverOf }: FakeGateway, question: HttpQuestion): Promise<HttpAnswer> {
  const { query, variables = {}, role = "SUBMITTER", method = "POST", accept = "application/json" } = question;
  const search = `?query=${encodeURIComponent(query)}&variables=${encodeURIComponent(JSON.stringify(variables))}`;
  const headers = new HeaderMap([
    ["content-type", "application/json"],
    ["accept", accept],
  ]);
  const facts = { actor: actorOf(role), correlationId: "corr-0001", idempotencyKeyHeader: null, bodyBytes: 0, ...question.facts };
  const response = await serverOf(facts.actor.role).executeHTTPGraphQLRequest({
    httpGraphQLRequest: {
      method,
      headers,
      search: method === "GET" ? search : "",
      body: method === "GET" ? undefined : { query, variables },
    },
    context: async () => createGraphqlContext(deps, facts),
  });
  const text = response.body.kind === "complete" ? response.body.string : "";
  const body = JSON.parse(text);
  return { status: response.status ?? 200, headers: response.headers, text, data: body.data, error: body.errors?.[0] };
}

export const OPTIONS = { idempotencyKey: "k-1", programmeCode: "P1", sourceSystem: { vendor: "V", product: "P", version: "1" } };
