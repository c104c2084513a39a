import { describe, expect, it } from "vitest";
import { GatewayError } from "../../../src/errors/gateway-error.ts";
import { toIndexCursor } from "../../../src/lib/index-cursor.ts";
import { toCursor } from "../../../src/persistence/page-cursor.ts";
import {
  actorOf,
  ask,
  createFakeGateway,
  headerOf,
  nodeOf,
  OPTIONS,
  PATIENT_ID,
  pageOf,
  resultOf,
  SUBMISSION_ID,
} from "./fake-deps.ts";

const SUBMIT = `mutation($input:SubmitRecordsInput!){submitRecords(input:$input){
  id status outcome replayed organisation{odsCode name} programme{code name} progress{processed total}
  receipt{digest keyId} counts{received created rejected}
  issues{code message}
  issueGroups{code count message records{index expression}}
  mappingSummary{mapped dropped truncated lines{sourceField count}}
  records(first:1){totalCount nodes{index outcome issues{code message} changes{field before after} parent{index} truncated submission{id}} edges{cursor} pageInfo{hasNextPage endCursor}}}}`;
const input = (options: object = OPTIONS) => ({ input: { options, records: [{ sourceRecordId: "a", patient: {} }] } });

const issue = { severity: "ERROR", code: "MANDATORY_MISSING", field: "gender", expression: "records[1].patient.gender" } as const;
const results = [
  resultOf(0),
  resultOf(1, {
    outcome: "REJECTED",
    parentIndex: 0,
    issues: [issue],
    changes: [
      { field: "surname", before: "Canary", after: "Canary", decision: "REPLACED", previousSource: null },
      { field: "gender", before: null, after: "MALE", decision: "SET", previousSource: null },
    ],
  }),
];
const header = headerOf({
  issueGroups: [
    { ...issue, recordType: "PATIENT", suggestion: null, params: {}, count: 1, cascaded: 0, firstRecords: [1], causedBy: null },
  ],
  mappingSummary: [
    { sourceField: "PID-7", result: "MAPPED", recordType: "PATIENT", field: "dateOfBirth", reason: null, count: 2 },
  ],
});

describe("submitting", () => {
  it("answers from what is in hand, without reading the store", async () => {
    const refuse = () => Promise.reject(new Error("read"));
    const gateway = createFakeGateway({
      submit: async () => ({ header, replayed: false, results }),
      status: { results: refuse, resultsAt: refuse, submissionsByIds: refuse },
    });
    const { data, error } = await ask(gateway, { query: SUBMIT, variables: input() });
    expect(error).toBeUndefined();
    expect(data?.submitRecords).toMatchObject({
      id: SUBMISSION_ID,
      replayed: false,
      organisation: { odsCode: "RTEST", name: "Test Trust" },
      programme: { code: "P1", name: "Programme one" },
      progress: { processed: 2, total: 2 },
      issueGroups: [{ code: "MANDATORY_MISSING", count: 1, records: [{ index: 1, expression: "records[1].patient" }] }],
      mappingSummary: { mapped: 2, dropped: 0, truncated: false, lines: [{ sourceField: "PID-7", count: 2 }] },
      records: {
        totalCount: 2,
        nodes: [{ index: 0 }],
        edges: [{ cursor: "MA" }],
        pageInfo: { hasNextPage: true, endCursor: "MA" },
      },
    });
  });

  it("renders each issue's text, and hides both sides of an identifying change", async () => {
    const gateway = createFakeGateway({ submit: async () => ({ header, replayed: false, results }) });
    const query = SUBMIT.replace("records(first:1)", 'records(after:"MA",outcome:[REJECTED])');
    const { data, text } = await ask(gateway, { query, variables: input() });
    expect(data?.submitRecords).toMatchObject({
      records: {
        totalCount: 1,
        nodes: [
          {
            issues: [{ code: "MANDATORY_MISSING", message: expect.stringContaining("Gender") }],
            changes: [
              { field: "surname", before: null, after: null },
              { field: "gender", before: null, after: "MALE" },
            ],
            parent: { index: 0 },
          },
        ],
      },
    });
    expect(text).not.toContain("Canary");
  });

  it("gives out the positions the store understands, and takes no others", async () => {
    expect([0, 7, 2_999].map(toIndexCursor)).toEqual([0, 7, 2_999].map((index) => toCursor(index)));
    const gateway = createFakeGateway({ submit: async () => ({ header, replayed: false, results }) });
    for (const after of ["0", "MQ==", "!", ""]) {
      const query = SUBMIT.replace("records(first:1)", `records(after:${JSON.stringify(after)})`);
      expect((await ask(gateway, { query, variables: input() })).error.extensions).toMatchObject({
        code: "BAD_USER_INPUT",
        path: "after",
      });
    }
  });

  it("a replayed answer is marked, in the body and in a header, and read from the store", async () => {
    const gateway = createFakeGateway({ submit: async () => ({ header, replayed: true, results: null }) });
    const { data, headers } = await ask(gateway, { query: SUBMIT, variables: input() });
    expect(data?.submitRecords).toMatchObject({ replayed: true });
    expect(headers.get("idempotency-replayed")).toBe("true");
  });

  it("takes the key from the argument or the header, and refuses none or two different ones", async () => {
    const { idempotencyKey: _, ...without } = OPTIONS;
    const gateway = createFakeGateway();
    const withHeader = (options: object, idempotencyKeyHeader: string | null) =>
      ask(gateway, { query: SUBMIT, variables: input(options), facts: { idempotencyKeyHeader } });
    expect((await withHeader(without, "from-header")).error).toBeUndefined();
    expect((await withHeader(OPTIONS, "k-1")).error).toBeUndefined();
    expect(gateway.commands.map(({ options }) => options.idempotencyKey)).toEqual(["from-header", "k-1"]);
    for (const refused of [
      await withHeader(without, null),
      await withHeader(OPTIONS, "k-2"),
      await withHeader({ ...OPTIONS, idempotencyKey: "" }, null),
    ])
      expect(refused.error.extensions.code).toBe("BAD_USER_INPUT");
    expect((await withHeader({ ...OPTIONS, idempotencyKey: "k".repeat(256) }, null)).error.extensions).toMatchObject({
      code: "LIMIT_EXCEEDED",
    });
    expect((await withHeader({ ...without, mode: "VALIDATE_ONLY" }, null)).error).toBeUndefined();
  });

  it("refuses two submissions in one operation, also through a fragment", async () => {
    const twice =
      "mutation($a:SubmitRecordsInput!){submitRecords(input:$a){id} ...f} fragment f on Mutation{b:submitRecords(input:$a){id}}";
    const gateway = createFakeGateway();
    const { error } = await ask(gateway, { query: twice, variables: { a: input().input } });
    expect(error.extensions).toMatchObject({ code: "LIMIT_EXCEEDED", limit: "submitFieldsPerOperation" });
    expect(gateway.commands).toEqual([]);
  });

  it("a vendor app submits only with the scope for it", async () => {
    const gateway = createFakeGateway();
    const as = (scopes: string[]) =>
      ask(gateway, { query: SUBMIT, variables: input(), facts: { actor: actorOf("VENDOR_APP", { scopes }) } });
    expect((await as([])).error.extensions.code).toBe("FORBIDDEN");
    expect((await as(["submissions:write"])).error).toBeUndefined();
  });

  it("refuses a bundle over its limit with 413, and measures only where the body could hold one", async () => {
    const query = "mutation($i:SubmitFhirInput!){submitFhir(input:$i){id}}";
    const send = (resources: unknown, bodyBytes: number) =>
      ask(createFakeGateway(), { query, variables: { i: { options: OPTIONS, resources } }, facts: { bodyBytes } });
    const large = { text: "x".repeat(10 * 1024 * 1024) };
    const refused = await send(large, 11 * 1024 * 1024);
    expect([refused.status, refused.error.extensions.limit]).toEqual([413, "bundleBytes"]);
    expect((await send({ small: true }, 11 * 1024 * 1024)).status).toBe(200);
  });
});

const STATUSES = [
  ["IDEMPOTENCY_KEY_REUSED", 422],
  ["CONFLICT", 409],
  ["RATE_LIMITED", 429],
  ["OVERLOADED", 503],
  ["DATABASE_UNAVAILABLE", 503],
  ["LIMIT_EXCEEDED", 200],
  ["FORBIDDEN", 200],
] as const;

describe("HTTP status of GraphQL errors", () => {
  it.each(STATUSES)("%s answers %i", async (code, status) => {
    const retryable = status === 409 || status === 429 || status === 503;
    const gateway = createFakeGateway({
      submit: async () =>
        Promise.reject(new GatewayError(code, "No.", { retryable, ...(retryable ? { retryAfterSeconds: 3 } : {}) })),
    });
    const answer = await ask(gateway, { query: SUBMIT, variables: input() });
    expect(answer.status).toBe(status);
    expect(answer.error.extensions.code).toBe(code);
    expect(answer.headers.get("retry-after")).toBe(retryable ? "3" : undefined);
    expect(gateway.faults).toEqual([]);
  });

  it.each([
    ["{unknown}", "GRAPHQL_VALIDATION_FAILED"],
    ["{viewer{", "GRAPHQL_PARSE_FAILED"],
  ])("%s is 400 in the newer media type and 200 in the older one", async (query, code) => {
    const gateway = createFakeGateway();
    const newer = await ask(gateway, { query, accept: "application/graphql-response+json" });
    const older = await ask(gateway, { query });
    expect([newer.status, older.status, newer.error.extensions.code]).toEqual([400, 200, code]);
  });

  it("a fault of ours is masked, carries the correlation id and is reported once with its cause", async () => {
    const cause = new Error("canary");
    const gateway = createFakeGateway({ submit: async () => Promise.reject(cause) });
    const { error, text } = await ask(gateway, { query: SUBMIT, variables: input() });
    expect(error.extensions).toEqual({ code: "INTERNAL_SERVER_ERROR", retryable: true, correlationId: "corr-0001" });
    expect(text).not.toContain("canary");
    expect(gateway.faults).toEqual([{ correlationId: "corr-0001", error: cause }]);
  });
});

describe("reading", () => {
  it("an id that cannot be one of ours names nothing and never reaches the store", async () => {
    const refuse = () => Promise.reject(new Error("read"));
    const gateway = createFakeGateway({ status: { submission: refuse, patient: refuse } });
    const { data } = await ask(gateway, { query: `{submission(id:"1 or 1=1"){id} patientRecord(id:"x"){id}}` });
    expect(data).toEqual({ submission: null, patientRecord: null });
  });

  it("pages are 1 to 100 long", async () => {
    const gateway = createFakeGateway();
    expect((await ask(gateway, { query: "{submissions(first:101){totalCount}}" })).error.extensions).toMatchObject({
      code: "LIMIT_EXCEEDED",
      limit: "pageSize",
    });
    expect((await ask(gateway, { query: "{submissions(first:0){totalCount}}" })).error.extensions).toMatchObject({
      code: "BAD_USER_INPUT",
    });
    expect((await ask(gateway, { query: "{submissions(first:100){totalCount}}" })).error).toBeUndefined();
  });

  it("refuses a bad position for its own list only, and reads the others together", async () => {
    const asked: number[] = [];
    const gateway = createFakeGateway({
      status: {
        submission: async (_actor, submissionId) => headerOf({ id: submissionId }),
        results: async (_actor, requests) => {
          asked.push(requests.length);
          return requests.map(({ submissionId }) => pageOf([resultOf(Number(submissionId.at(-1)))]));
        },
      },
    });
    const id = (last: number) => `${SUBMISSION_ID.slice(0, -1)}${last}`;
    const list = (last: number, after = "") => `s${last}: submission(id: "${id(last)}") { records${after} { nodes { index } } }`;
    const query = `{ ${list(1)} ${list(2, '(after: "!")')} ${list(3)} }`;
    const { data, error } = await ask(gateway, { query });
    expect(data).toEqual({ s1: { records: { nodes: [{ index: 1 }] } }, s2: null, s3: { records: { nodes: [{ index: 3 }] } } });
    expect(error).toMatchObject({ path: ["s2", "records"], extensions: { code: "BAD_USER_INPUT", path: "after" } });
    expect(asked).toEqual([2]);
  });

  it("identifying items are returned to the clinical team alone", async () => {
    const values = { nhsNumber: "9990000018", surname: "Canary", gender: "MALE" };
    const asked: boolean[] = [];
    const patient = async (_actor: unknown, _lookup: unknown, withIdentity: boolean) => {
      asked.push(withIdentity);
      return nodeOf({ values });
    };
    const gateway = createFakeGateway({ status: { patient } });
    const read = (role: "CLINICAL_TEAM" | "SUBMITTER", items: string) =>
      ask(gateway, { query: `{patientRecord(nhsNumber:"999 000 0018"){patient{${items} gender yearOfBirth}}}`, role });
    const seen = { patient: { gender: "MALE", yearOfBirth: 1951 } };
    expect((await read("CLINICAL_TEAM", "nhsNumber surname")).data?.patientRecord).toEqual({
      patient: { ...values, yearOfBirth: 1951 },
    });
    expect((await read("SUBMITTER", "nhsNumber")).error.extensions.code).toBe("GRAPHQL_VALIDATION_FAILED");
    expect((await read("SUBMITTER", "")).data?.patientRecord).toEqual(seen);
    expect(asked).toEqual([true, false]);
  });

  it("a vendor app may read by id with its scope, and may not name a patient", async () => {
    const actor = actorOf("VENDOR_APP", { scopes: ["records:read"] });
    const read = (argument: string) => ask(createFakeGateway(), { query: `{patientRecord(${argument}){id}}`, facts: { actor } });
    expect((await read(`id:"${PATIENT_ID}"`)).data).toEqual({ patientRecord: { id: PATIENT_ID } });
    for (const argument of ['nhsNumber:"9990000018"', 'hospitalNumber:"H1"', `id:"${PATIENT_ID}",nhsNumber:"9990000018"`])
      expect((await read(argument)).error.extensions.code).toBe("GRAPHQL_VALIDATION_FAILED");
  });

  it("a patient is named by exactly one argument", async () => {
    for (const query of ["{patientRecord{id}}", '{patientRecord(nhsNumber:"1",hospitalNumber:"2"){id}}'])
      expect((await ask(createFakeGateway(), { query })).error.extensions.code).toBe("BAD_USER_INPUT");
  });

  it("children of all parents on a level are read in one call", async () => {
    const calls: string[] = [];
    const other = "01890000-0000-7000-8000-0000000000bb";
    const gateway = createFakeGateway({
      status: {
        patients: async () => pageOf([nodeOf(), nodeOf({ id: other })]),
        children: async (_actor, recordType, parents) => {
          calls.push(`${recordType} ${parents.length}`);
          return parents.map((parentId, index) => nodeOf({ recordType, id: `${recordType}-${index}`, parentId, values: {} }));
        },
      },
    });
    const query =
      "{patientRecords{nodes{initiatingEvents{id treatments{id} rehabilitations{assessments{drugs{id}}}} comorbidities{id}}}}";
    const { error } = await ask(gateway, { query });
    expect(error).toBeUndefined();
    expect(calls).toEqual(["INITIATING_EVENT 2", "COMORBIDITY 2", "TREATMENT 2", "REHABILITATION 2", "ASSESSMENT 2", "DRUG 2"]);
  });

  it("operations that name a patient are refused on GET with 405; others are answered (control)", async () => {
    const gateway = createFakeGateway();
    const refused = await ask(gateway, { method: "GET", query: '{recordStatus(sourceRecordId:"a"){index}}' });
    expect([refused.status, refused.headers.get("allow"), refused.error.extensions.code]).toEqual([
      405,
      "POST",
      "BAD_USER_INPUT",
    ]);
    expect((await ask(gateway, { method: "GET", query: "{viewer{role}}" })).status).toBe(200);
  });

  it("viewer, dataset and limits say what they publish", async () => {
    const { data } = await ask(createFakeGateway(), {
      query:
        "{viewer{role organisations{odsCode programmes{code}}} dataset{version recordTypes{name fields{name mandatory}}} datasetVersions{version default stored sunset} limits{patientsPerRequest pageSize}}",
    });
    expect(data).toMatchObject({
      viewer: { role: "SUBMITTER", organisations: [{ odsCode: "RTEST", programmes: [{ code: "P1" }] }] },
      dataset: { version: "gw-1.1" },
      datasetVersions: [
        { version: "gw-1.0", default: true, stored: false, sunset: null },
        { version: "gw-1.1", default: false, stored: true, sunset: null },
      ],
      limits: { patientsPerRequest: 500, pageSize: 100 },
    });
  });

  it("a preview checks pasted records like a submission", async () => {
    const preview = (format: string, content: unknown) =>
      ask(createFakeGateway(), {
        query: "query($i:PreviewMappingInput!){previewMapping(input:$i){mappingVersion}}",
        variables: { i: { format, content } },
      });
    expect((await preview("RECORDS", '{"patient":{"gender":"Male"}}')).error).toBeUndefined();
    expect((await preview("RECORDS", { patient: { gendr: "x" } })).error.extensions).toMatchObject({
      code: "BAD_USER_INPUT",
      path: "records[0].patient",
    });
    expect((await preview("RECORDS", "{not json")).error.extensions.code).toBe("BAD_USER_INPUT");
    expect((await preview("HL7V2", [1])).error.extensions.code).toBe("BAD_USER_INPUT");
    expect((await preview("HL7V2", "MSH|")).error).toBeUndefined();
  });
});
