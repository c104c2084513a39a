/** Load that goes on: full requests two at a time, small ones at a fixed rate, and status asked all the while. */
import type { BenchOptions } from "./bench-options.ts";
import type { Figure } from "./figures.ts";
import { type GraphqlClient, toBody } from "./graphql-client.ts";
import type { PostgresSetting } from "./measure-postgres.ts";
import {
  checkSubmitRecords,
  PATIENTS_PER_REQUEST,
  RECORDS_PER_PATIENT,
  samplePatients,
  toSubmitRecords,
} from "./sample-submissions.ts";
import { percentile } from "./statistics.ts";

const IN_FLIGHT = 2;
const STATUS_PER_SECOND = 200;
const SMALL_PATIENTS = 50;
/** 50 patients of six records, twenty times a second: 6,000 records/s. */
const SMALL_PER_SECOND = 20;
/** Patients that no other load of the bench sends. */
const FIRST_PATIENT = { large: 4_000_000, small: 6_000_000 };
const STATUS =
  "query ($id: ID!) { submission(id: $id) { id status outcome counts { received created rejected } issueGroups { code count } } }";

export const SUSTAINED_LOAD = `${PATIENTS_PER_REQUEST} patients a request, ${IN_FLIGHT} in flight, with ${STATUS_PER_SECOND} submission(id)/s by another client beside it; then ${SMALL_PATIENTS} patients a request, ${SMALL_PER_SECOND} requests/s (open loop)`;

interface Latencies {
  readonly milliseconds: number[];
  failed: number;
}

const noLatencies = (): Latencies => ({ milliseconds: [], failed: 0 });

async function timeOne(latencies: Latencies, work: () => Promise<unknown>): Promise<void> {
  const started = performance.now();
  try {
    await work();
    latencies.milliseconds.push(performance.now() - started);
  } catch {
    latencies.failed++;
  }
}

/** Calls `send` at a fixed rate whatever the answers do, until `deadline`; waits for the last of them. */
async function openLoop(perSecond: number, deadline: number, latencies: Latencies, send: (number: number) => Promise<unknown>) {
  const began = performance.now();
  const sent: Promise<void>[] = [];
  for (let number = 0; ; number++) {
    const due = began + (number * 1000) / perSecond;
    if (due > deadline) break;
    const wait = due - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    sent.push(timeOne(latencies, () => send(number)));
  }
  await Promise.all(sent);
}

interface LargeRun {
  readonly submissions: Latencies;
  readonly status: Latencies;
  readonly seconds: number;
}

let nextPatient = FIRST_PATIENT.large;

function takePatients(): number {
  nextPatient += PATIENTS_PER_REQUEST;
  return nextPatient;
}

async function runLarge(client: GraphqlClient, asking: GraphqlClient, seconds: number, surplus: number): Promise<LargeRun> {
  const submissions = noLatencies();
  const status = noLatencies();
  const began = performance.now();
  const deadline = began + seconds * 1000;
  // The first answer is waited for, so that there is something to ask for.
  let latest = checkSubmitRecords(await client.post(toSubmitRecords(samplePatients(takePatients()))), "NEW", surplus);
  const submit = async (): Promise<void> => {
    while (performance.now() < deadline) {
      const body = toSubmitRecords(samplePatients(takePatients()));
      await timeOne(submissions, async () => {
        latest = checkSubmitRecords(await client.post(body), "NEW", surplus);
      });
    }
  };
  await Promise.all([
    ...Array.from({ length: IN_FLIGHT }, submit),
    openLoop(STATUS_PER_SECOND, deadline, status, () => asking.post(toBody(STATUS, { id: latest }))),
  ]);
  return { submissions, status, seconds: (performance.now() - began) / 1000 };
}

async function runSmall(client: GraphqlClient, seconds: number): Promise<Latencies> {
  const latencies = noLatencies();
  await openLoop(SMALL_PER_SECOND, performance.now() + seconds * 1000, latencies, (number) => {
    const from = FIRST_PATIENT.small + number * PATIENTS_PER_REQUEST;
    return client.post(toSubmitRecords(samplePatients(from).slice(0, SMALL_PATIENTS)));
  });
  return latencies;
}

export async function measureSustained({ gateway }: PostgresSetting, options: BenchOptions): Promise<readonly Figure[]> {
  const [client, asking] = [await gateway.connect(), await gateway.connect("team")];
  await runLarge(client, asking, Math.min(5, options.sustainedSeconds), options.surplus);
  const large = await runLarge(client, asking, options.sustainedSeconds, options.surplus);
  const small = await runSmall(client, Math.min(60, options.sustainedSeconds));
  client.close();
  asking.close();
  const records = large.submissions.milliseconds.length * PATIENTS_PER_REQUEST * RECORDS_PER_PATIENT;
  const one = (name: string, unit: string, value: number, bound: Pick<Figure, "floor" | "ceiling"> = {}): Figure => ({
    name,
    unit,
    rounds: [value],
    ...bound,
  });
  return [
    one(`${Math.round(large.seconds)} s of full requests: records`, "records/s", records / large.seconds, { floor: 10_000 }),
    one("  acknowledgement p50", "ms", percentile(large.submissions.milliseconds, 0.5)),
    one("  acknowledgement p99", "ms", percentile(large.submissions.milliseconds, 0.99), { ceiling: 1_000 }),
    one("  failed", "requests", large.submissions.failed, { ceiling: 0 }),
    one("  submission(id) beside it", "requests/s", large.status.milliseconds.length / large.seconds, { floor: 195 }),
    one("  submission(id) p99", "ms", percentile(large.status.milliseconds, 0.99), { ceiling: 150 }),
    one("  submission(id) failed", "requests", large.status.failed, { ceiling: 0 }),
    one("50 patients a request at 6,000 records/s: p99", "ms", percentile(small.milliseconds, 0.99), { ceiling: 250 }),
    one("  failed", "requests", small.failed, { ceiling: 0 }),
  ];
}
