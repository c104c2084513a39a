/** Submitting over HTTP, and reading the answer of every record. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll } from "vitest";
import type { DemoIdentity, GraphqlAnswer, GraphqlError, TestGateway, TestGatewayOptions } from "../../support/gateway.ts";
import { startTestGateway } from "../../support/gateway.ts";

export const ANSWER = `id status outcome replayed mode channel datasetVersion
  counts { received created updated unchanged withdrawn rejected held withheld warnings }
  issues { severity code field expression message }
  issueGroups { code severity field count cascaded message suggestion causedBy records { index expression } }
  records(first: 100) {
    totalCount pageInfo { hasNextPage endCursor }
    nodes { index sourceRecordId recordType outcome expression matchedBy parent { index }
      issues { severity code field expression message suggestion causedBy }
      changes { field before after decision previousSource { submissionId programmeCode } }
      mappingReport { sourceField result field reason } }
  }`;

export interface IssueAnswer {
  readonly severity: string;
  readonly code: string;
  readonly field: string | null;
  readonly expression: string;
  readonly message: string;
  readonly suggestion: string | null;
  readonly causedBy: number | null;
}

export interface RecordAnswer {
  readonly index: number;
  readonly sourceRecordId: string | null;
  readonly recordType: string;
  readonly outcome: string;
  readonly expression: string;
  readonly matchedBy: string | null;
  readonly issues: readonly IssueAnswer[];
  readonly changes: readonly { readonly field: string; readonly before: string | null; readonly after: string | null }[];
}

export interface SubmissionAnswer {
  readonly id: string;
  readonly status: string;
  readonly outcome: string;
  readonly replayed: boolean;
  readonly counts: Readonly<Record<string, number>>;
  readonly issues: readonly IssueAnswer[];
  readonly issueGroups: readonly { readonly code: string; readonly count: number; readonly cascaded: number }[];
  readonly records: { readonly totalCount: number; readonly nodes: readonly RecordAnswer[] };
}

/** A submission's answer, or what refused the request. */
export interface Submitted {
  readonly http: GraphqlAnswer<Readonly<Record<string, SubmissionAnswer>>>;
  /** @throws Error where the request was refused */
  readonly answer: SubmissionAnswer;
  /** @throws Error where the request was not refused */
  readonly error: GraphqlError;
}

type Members = Readonly<Record<string, unknown>>;
const CHANNELS = { submitRecords: "records", submitFhir: "resources", submitHl7v2: "messages" } as const;
const PROGRAMMES: Readonly<Partial<Record<DemoIdentity, string>>> = { submitter2: "CR-COAST" };

export const optionsOf = (as: DemoIdentity, more: Members = {}): Members => ({
  idempotencyKey: randomUUID(),
  programmeCode: PROGRAMMES[as] ?? "CR-VALLEY",
  sourceSystem: { vendor: "Test", product: "Bench", version: "1" },
  ...more,
});

export interface Submitter {
  readonly gateway: TestGateway;
  submit(
    channel: keyof typeof CHANNELS,
    payload: unknown,
    options?: Members,
    as?: DemoIdentity,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Submitted>;
  records(records: readonly unknown[], options?: Members, as?: DemoIdentity): Promise<SubmissionAnswer>;
}

function toSubmitted(http: Submitted["http"], channel: string): Submitted {
  return {
    http,
    get answer() {
      const answer = http.data?.[channel];
      if (answer === undefined) throw new Error(`refused: ${http.text.slice(0, 300)}`);
      return answer;
    },
    get error() {
      const [error] = http.errors;
      if (error === undefined) throw new Error("the request was not refused");
      return error;
    },
  };
}

export function submitterOf(gateway: TestGateway): Submitter {
  const submit: Submitter["submit"] = async (channel, payload, options = {}, as = "submitter", headers = {}) => {
    const type = `${channel[0]?.toUpperCase()}${channel.slice(1)}Input`;
    const query = `mutation ($input: ${type}!) { ${channel}(input: $input) { ${ANSWER} } }`;
    const input = { options: optionsOf(as, options), [CHANNELS[channel]]: payload };
    return toSubmitted(await gateway.gql(as, query, { input }, headers), channel);
  };
  return {
    gateway,
    submit,
    records: async (records, options, as) => (await submit("submitRecords", records, options, as)).answer,
  };
}

/** One gateway for all tests of a file. */
export function provideSubmitter(options: TestGatewayOptions = {}): () => Submitter {
  let submitter: Submitter | null = null;
  beforeAll(async () => {
    submitter = submitterOf(await startTestGateway(options));
  });
  afterAll(async () => {
    await submitter?.gateway.close();
  });
  return () => {
    if (submitter === null) throw new Error("the gateway runs only while tests do");
    return submitter;
  };
}

/** An ADT message about the person of a seed; `more` replaces fields of PID by number. */
export function adtMessage(nhsNumber: string, hospitalNumber: string, more: Readonly<Record<number, string>> = {}): string {
  const fields = Array.from({ length: 31 }, (_, field) => more[field] ?? "");
  fields[3] ||= `${hospitalNumber}^^^LOCAL^MR~${nhsNumber}^^^NHS^NH`;
  fields[5] ||= "CANARYSURNAME^ANNE";
  fields[7] ||= "19510314";
  fields[8] ||= "1";
  return `MSH|^~\\&|PAS|WARD|GW|NACR|20260301120000||ADT^A31|1|P|2.4\rPID|${fields.slice(1).join("|")}`;
}
