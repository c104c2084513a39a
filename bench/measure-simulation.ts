/** Proposed rules over what is stored: records simulated in a second, and what a submission waits for it. */
import { expectEqual } from "./answer-check.ts";
import type { BenchOptions } from "./bench-options.ts";
import type { Figure } from "./figures.ts";
import { type GraphqlClient, sendAll, toBody } from "./graphql-client.ts";
import type { PostgresSetting } from "./measure-postgres.ts";
import {
  checkSubmitRecords,
  PATIENTS_PER_REQUEST,
  RECORDS_PER_REQUEST,
  samplePatient,
  samplePatients,
  toSubmitRecords,
} from "./sample-submissions.ts";
import { median, timed } from "./statistics.ts";

export const SIMULATION_LOAD =
  "requests of 500 patients (3,000 records) stored, then one rule more over all of them, page by page; single patients sent meanwhile";

/** Patients that no other load of the bench sends. */
const FIRST_PATIENT = 700_000;
const FIRST_SINGLE = 780_000;
const SIMULATE = `query ($input: SimulateRulesInput!, $after: String) { simulateRules(input: $input, after: $after) {
  sources { records rejectedByBoth } pageInfo { endCursor } } }`;
const PROPOSAL = { changes: { items: [{ recordType: "ASSESSMENT", item: "weightKg", expected: [35, 150] }] } };

interface SimulationAnswer {
  readonly data: {
    readonly simulateRules: {
      readonly sources: readonly { readonly records: number }[];
      readonly pageInfo: { readonly endCursor: string | null };
    };
  };
}

/** @returns records that were judged twice */
async function simulate(client: GraphqlClient, receivedTo: string): Promise<number> {
  let records = 0;
  for (let after: string | null = null; ; ) {
    const text = await client.post(toBody(SIMULATE, { input: { proposal: PROPOSAL, receivedTo }, after }));
    const { data }: SimulationAnswer = JSON.parse(text);
    for (const source of data.simulateRules.sources) records += source.records;
    after = data.simulateRules.pageInfo.endCursor;
    if (after === null) return records;
  }
}

export async function measureSimulation({ gateway }: PostgresSetting, options: BenchOptions): Promise<readonly Figure[]> {
  const [client, other] = [await gateway.connect(), await gateway.connect()];
  const requests = Array.from({ length: options.submissions }, (_, number) =>
    toSubmitRecords(samplePatients(FIRST_PATIENT + number * PATIENTS_PER_REQUEST)),
  );
  for (const answer of await sendAll([client], requests, 1)) checkSubmitRecords(answer, "NEW", 0);
  const receivedTo = new Date().toISOString();
  let single = FIRST_SINGLE;
  const sendSingle = async (): Promise<number> => {
    const patient = samplePatient(single++, { invalid: false, numbered: true });
    const { seconds } = await timed(() => other.post(toSubmitRecords([patient])));
    return seconds * 1_000;
  };
  const [rates, alone, beside]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < options.rounds; round++) {
    const before: number[] = [];
    for (let count = 0; count < 20; count++) before.push(await sendSingle());
    alone.push(median(before));
    let isOver = false;
    const run = timed(() => simulate(client, receivedTo)).finally(() => {
      isOver = true;
    });
    const meanwhile: number[] = [];
    while (!isOver) meanwhile.push(await sendSingle());
    const { result, seconds } = await run;
    beside.push(median(meanwhile));
    rates.push(result / seconds);
    expectEqual("records simulated", result, options.submissions * RECORDS_PER_REQUEST + options.surplus);
  }
  client.close();
  other.close();
  return [
    { name: "simulated, judged twice", unit: "records/s", rounds: rates },
    { name: "one patient submitted meanwhile, median", unit: "ms", rounds: beside },
    { name: "baseline: one patient submitted alone, median", unit: "ms", rounds: alone },
  ];
}
