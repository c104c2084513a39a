/** `submission(id)` against a query whose resolver returns a constant: one server, the same token, gate, logging and metrics. */

import { expectEqual } from "./answer-check.ts";
import type { BenchOptions } from "./bench-options.ts";
import type { Figure } from "./figures.ts";
import { type GraphqlClient, sendAll, toBody } from "./graphql-client.ts";
import type { PostgresSetting } from "./measure-postgres.ts";
import { checkSubmitRecords, RECORDS_PER_REQUEST, samplePatients, toSubmitRecords } from "./sample-submissions.ts";

const CONNECTIONS = 4;
export const STATUS_LOAD = `${CONNECTIONS} connections, each asking again as soon as it is answered; baseline { limits { patientsPerRequest } }`;
/** Patients that no other load of the bench sends. */
const FIRST_PATIENT = 800_000;

const SUBMISSION = `query ($id: ID!) { submission(id: $id) {
  id status outcome counts { received created updated unchanged rejected held withheld warnings }
  issueGroups { code severity recordType field count cascaded message suggestion } } }`;
const CONSTANT = "{ limits { patientsPerRequest } }";

interface SubmissionAnswer {
  readonly data: { readonly submission: { readonly id: string; readonly counts: { readonly received: number } } };
}

/** @returns requests a second; every answer must be the expected text. */
async function ask(client: GraphqlClient, body: Buffer, expected: string, seconds: number): Promise<number> {
  const started = performance.now();
  const deadline = started + seconds * 1000;
  let done = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() < deadline) {
      const answer = await client.post(body);
      if (answer !== expected) expectEqual("answer", answer, expected);
      done++;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  return (done * 1000) / (performance.now() - started);
}

/** Sends a submission and reads it back. @returns the body that asks for it and the answer's text */
async function prepare(client: GraphqlClient, surplus: number): Promise<{ readonly body: Buffer; readonly expected: string }> {
  const [submitted = ""] = await sendAll([client], [toSubmitRecords(samplePatients(FIRST_PATIENT))], 1);
  const id = checkSubmitRecords(submitted, "NEW", 0);
  const body = toBody(SUBMISSION, { id });
  const expected = await client.post(body);
  const { data }: SubmissionAnswer = JSON.parse(expected);
  expectEqual("submission", [data.submission.id, data.submission.counts.received], [id, RECORDS_PER_REQUEST + surplus]);
  return { body, expected };
}

interface Round {
  readonly status: number;
  readonly constant: number;
}

export async function measureStatus({ gateway }: PostgresSetting, options: BenchOptions): Promise<readonly Figure[]> {
  const client = await gateway.connect();
  const { body, expected } = await prepare(client, options.surplus);
  const constant = toBody(CONSTANT);
  const constantAnswer = await client.post(constant);
  const runRound = async (seconds: number): Promise<Round> => ({
    status: await ask(client, body, expected, seconds),
    constant: await ask(client, constant, constantAnswer, seconds),
  });
  await runRound(options.statusSeconds);
  const rounds: Round[] = [];
  for (let round = 0; round < options.rounds; round++) rounds.push(await runRound(options.statusSeconds));
  client.close();
  return [
    { name: "submission(id) ÷ constant resolver", unit: "ratio", rounds: rounds.map((r) => r.status / r.constant), floor: 0.6 },
    { name: "submission(id)", unit: "requests/s", rounds: rounds.map((r) => r.status) },
    { name: "baseline: constant resolver", unit: "requests/s", rounds: rounds.map((r) => r.constant) },
  ];
}
