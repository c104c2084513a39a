/** Load that goes on: full requests two at a time, small ones at a fixed rate, and status asked all the while. */
import type { BenchOptions } from "./bench-options.ts";
import type { Figure } from "./figures.ts";
import { clientInTurn, type GraphqlClient } from "./graphql-client.ts";
import { connectAll, type PostgresSetting } from "./measure-postgres.ts";
import { type Latencies, noLatencies, openLoop, timeOne } from "./open-loop.ts";
import {
  checkSubmitRecords,
  NUMBERED_PATIENTS,
  PATIENTS_PER_REQUEST,
  RECORDS_PER_PATIENT,
  RequestTexts,
} from "./sample-submissions.ts";
import { percentile } from "./statistics.ts";
import { askForStatus } from "./status-asker.ts";

const IN_FLIGHT = 2;
const STATUS_PER_SECOND = 200;
const SMALL_PATIENTS = 50;
/** 50 patients of six records, twenty times a second: 6,000 records/s. */
const SMALL_PER_SECOND = 20;
/** Patients that no other load of the bench sends. */
const FIRST_PATIENT = { large: 4_000_000, small: 6_000_000 };

export const SUSTAINED_LOAD = `${PATIENTS_PER_REQUEST} patients a request, ${IN_FLIGHT} in flight, with ${STATUS_PER_SECOND} submission(id)/s by another client, from a thread of its own; then ${SMALL_PATIENTS} patients a request, ${SMALL_PER_SECOND} requests/s (open loop)`;

interface LargeRun {
  readonly submissions: Latencies;
  readonly status: Latencies;
  readonly seconds: number;
}

const LARGE = {
  numbered: new RequestTexts(FIRST_PATIENT.large),
  others: new RequestTexts(FIRST_PATIENT.large, { numbered: false }),
};
let taken = 0;

/** A request of new patients, and whether they have NHS numbers. */
function takePatients(): { readonly body: Buffer; readonly numbered: boolean } {
  taken += PATIENTS_PER_REQUEST;
  const numbered = taken < NUMBERED_PATIENTS;
  return { body: LARGE[numbered ? "numbered" : "others"].body(FIRST_PATIENT.large + taken), numbered };
}

async function runLarge(
  { gateway }: PostgresSetting,
  clients: readonly GraphqlClient[],
  seconds: number,
  surplus: number,
): Promise<LargeRun> {
  const submissions = noLatencies();
  const began = performance.now();
  const deadline = began + seconds * 1000;
  // The first answer is waited for, so that there is something to ask for.
  const { body, numbered } = takePatients();
  const first = checkSubmitRecords(await clientInTurn(clients, 0).post(body), "NEW", surplus, numbered);
  const submit = async (client: GraphqlClient): Promise<void> => {
    while (performance.now() < deadline) {
      const { body, numbered } = takePatients();
      await timeOne(submissions, async () => checkSubmitRecords(await client.post(body), "NEW", surplus, numbered));
    }
  };
  const questions = { url: gateway.url, as: "team", submissionId: first, perSecond: STATUS_PER_SECOND, seconds };
  const [status] = await Promise.all([
    askForStatus(questions),
    ...Array.from({ length: IN_FLIGHT }, (_, number) => submit(clientInTurn(clients, number))),
  ]);
  return { submissions, status, seconds: (performance.now() - began) / 1000 };
}

async function runSmall(clients: readonly GraphqlClient[], seconds: number): Promise<Latencies> {
  const latencies = noLatencies();
  const texts = new RequestTexts(FIRST_PATIENT.small, { patients: SMALL_PATIENTS });
  await openLoop(SMALL_PER_SECOND, seconds, latencies, (number) =>
    clientInTurn(clients, number).post(texts.body(FIRST_PATIENT.small + number * PATIENTS_PER_REQUEST)),
  );
  return latencies;
}

export async function measureSustained(setting: PostgresSetting, options: BenchOptions): Promise<readonly Figure[]> {
  const clients = await connectAll(setting);
  await runLarge(setting, clients, Math.min(5, options.sustainedSeconds), options.surplus);
  const large = await runLarge(setting, clients, options.sustainedSeconds, options.surplus);
  const small = await runSmall(clients, Math.min(60, options.sustainedSeconds));
  for (const client of clients) client.close();
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
    one("  submission(id) beside it", "requests/s", large.status.milliseconds.length / options.sustainedSeconds, {
      floor: STATUS_PER_SECOND,
    }),
    one("  submission(id) p99", "ms", percentile(large.status.milliseconds, 0.99), { ceiling: 150 }),
    one("  submission(id) failed", "requests", large.status.failed, { ceiling: 0 }),
    one("50 patients a request at 6,000 records/s: p99", "ms", percentile(small.milliseconds, 0.99), { ceiling: 250 }),
    one("  failed", "requests", small.failed, { ceiling: 0 }),
  ];
}
