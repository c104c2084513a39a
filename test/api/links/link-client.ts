/** Two organisations' teams over HTTP: what they send, are shown of links, and decide. Links are worked out after a commit, so reads wait. */
import { expect } from "vitest";
import type { DemoIdentity, GraphqlAnswer } from "../../support/gateway.ts";
import type { Input } from "../../support/journey-records.ts";
import type { Submitter } from "../submission/submitting.ts";

export interface EndAnswer {
  readonly organisation: { readonly odsCode: string; readonly name: string };
  readonly own: boolean;
  readonly recordId: string | null;
  readonly patientRecordId: string | null;
  readonly eventType: string | null;
  readonly eventDate: string | null;
  readonly treatments: readonly { readonly type: string; readonly date: string }[] | null;
}

export interface LinkAnswer {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly rule: string | null;
  readonly says: string | null;
  readonly madeBy: string;
  readonly since: string;
  readonly heldBackBy: readonly string[];
  readonly a: EndAnswer;
  readonly b: EndAnswer;
  readonly decisions: readonly {
    readonly organisation: { readonly odsCode: string };
    readonly clientId: string | null;
    readonly decision: string;
    readonly reason: string | null;
  }[];
}

export interface PatientAnswer {
  readonly id: string;
  readonly initiatingEvents: readonly { readonly id: string; readonly eventDate: string }[];
}

const END = "{ organisation { odsCode name } own recordId patientRecordId eventType eventDate treatments { type date } }";
export const LINK = `{ id kind state rule says confidence madeBy since heldBackBy a ${END} b ${END}
  decisions { organisation { odsCode name } clientId decision at reason } }`;
export const GROUP = `{ patientRecordIds since events ${END} links ${LINK}
  proposals { link ${LINK} onConfirming { episode ${END} leaving ${END} conflicts } } }`;

/** A link is there within some tenths of a second after what it follows from. */
const WAIT_MS = 10_000;
const PAUSE_MS = 50;

export type Team = "team" | "team2";

export function teamsOf(submitter: () => Submitter) {
  const ask = <Data>(as: DemoIdentity, query: string, variables: Input = {}): Promise<GraphqlAnswer<Data>> =>
    submitter().gateway.gql<Data>(as, query, variables);

  /** @throws Error where the answer holds a fault */
  const read = async <Data>(as: DemoIdentity, query: string, variables: Input = {}): Promise<Data> => {
    const { data, errors, text } = await ask<Data>(as, query, variables);
    if (data === null || errors.length > 0) throw new Error(`refused: ${text.slice(0, 400)}`);
    return data;
  };

  const linksOf = async (as: Team, recordId: string): Promise<readonly LinkAnswer[]> =>
    (
      await read<{ recordLinks: { nodes: readonly LinkAnswer[] } }>(
        as,
        `query ($id: ID!) { recordLinks(recordId: $id) { nodes ${LINK} } }`,
        { id: recordId },
      )
    ).recordLinks.nodes;

  return {
    ask,
    read,
    linksOf,
    /** @throws Error where it was not accepted */
    send: async (as: "submitter" | "submitter2", record: Input): Promise<void> => {
      const answer = await submitter().records([record], {}, as);
      if (answer.outcome !== "ACCEPTED" && answer.outcome !== "ACCEPTED_WITH_WARNINGS")
        throw new Error(`${answer.outcome}: ${JSON.stringify(answer.issueGroups)}`);
    },
    patient: async (as: Team, nhsNumber: unknown): Promise<PatientAnswer> => {
      const found = await read<{ patientRecord: PatientAnswer }>(
        as,
        "query ($n: String!) { patientRecord(nhsNumber: $n) { id initiatingEvents { id eventDate } } }",
        { n: nhsNumber },
      );
      return { ...found.patientRecord, initiatingEvents: found.patientRecord.initiatingEvents.toSorted(byDate) };
    },
    /** Waits until the record has as many links. */
    awaitLinks: async (as: Team, recordId: string, count = 1): Promise<readonly LinkAnswer[]> =>
      await expect
        .poll(() => linksOf(as, recordId), { timeout: WAIT_MS, interval: PAUSE_MS })
        .toHaveLength(count)
        .then(() => linksOf(as, recordId)),
    decide: (as: DemoIdentity, name: "confirmLink" | "rejectLink" | "unlink", id: string, reason = "Seen in the notes") =>
      ask<Readonly<Record<string, LinkAnswer>>>(
        as,
        `mutation ($id: ID!, $reason: String!) { ${name}(id: $id, reason: $reason) ${LINK} }`,
        { id, reason },
      ),
    linkRecords: (as: DemoIdentity, input: Input) =>
      ask<{ readonly linkRecords: LinkAnswer }>(
        as,
        `mutation ($input: LinkRecordsInput!) { linkRecords(input: $input) ${LINK} }`,
        { input },
      ),
  };
}

const byDate = (one: { readonly eventDate: string }, other: { readonly eventDate: string }): number =>
  one.eventDate < other.eventDate ? -1 : 1;
