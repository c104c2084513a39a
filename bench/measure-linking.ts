/** What linking costs: the same load with the triggers and the linker at work, and without, in turn. */
import type pg from "pg";
import { addDays } from "../src/lib/calendar-date.ts";
import { expectEqual } from "./answer-check.ts";
import type { BenchOptions } from "./bench-options.ts";
import type { Figure } from "./figures.ts";
import { type GraphqlClient, sendAll } from "./graphql-client.ts";
import type { PostgresSetting } from "./measure-postgres.ts";
import { cpuSeconds } from "./process-cpu.ts";
import {
  checkSubmitRecords,
  PATIENTS_PER_REQUEST,
  RECORDS_PER_REQUEST,
  samplePatient,
  samplePatients,
  toSubmitRecords,
} from "./sample-submissions.ts";
import { sum, timed } from "./statistics.ts";

export const LINKING_LOAD =
  "500 patients (3,000 records) a request, 2 in flight; one in ten known to another organisation, one in ten with two events";

const IN_FLIGHT = 2;
const KNOWN_EVERY = 10;
/** Patients that no other load of the bench sends. */
const FIRST_PATIENT = 300_000;
const OTHER_PROGRAMME = "CR-COAST";
const TABLES = ["identity.patient_identity", "public.initiating_event", "public.treatment"];
const POLL_MS = 20;

/** Marking and linking, or neither. */
type State = "enable" | "disable";

async function switchLinking(database: pg.Client, state: State): Promise<void> {
  for (const table of TABLES)
    for (const trigger of ["link_inserted", "link_updated"])
      await database.query(`alter table ${table} ${state} trigger ${trigger}`);
}

/** Until the linker has nothing to do. */
async function waitUntilLinked(database: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await database.query<{ due: boolean }>("select exists (select from link.due) as due");
    if (rows[0]?.due !== true) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

interface Sample {
  readonly initiatingEvents: readonly [
    { readonly eventType: string; readonly eventDate: string; readonly treatments: unknown; readonly rehabilitations: unknown },
  ];
}

/** Nearer, the submission itself would warn of it. */
const DAYS_APART = 200;

/** An earlier event in the place of the treatment, so that the number of records is the same. */
function withTwoEvents(record: object & Sample): object {
  const [{ treatments: _treatments, rehabilitations, ...event }] = record.initiatingEvents;
  const earlier = { eventType: event.eventType, eventDate: addDays(event.eventDate, -DAYS_APART) };
  return { ...record, initiatingEvents: [{ ...event, rehabilitations }, earlier] };
}

function patientsOf(from: number): readonly object[] {
  const records: readonly (object & Sample)[] = JSON.parse(JSON.stringify(samplePatients(from)));
  return records.map((record, position) => (position % KNOWN_EVERY === 1 ? withTwoEvents(record) : record));
}

/** The patients of these requests that another organisation knows, too. */
async function sendKnown(client: GraphqlClient, from: number, requests: number): Promise<void> {
  for (let request = 0; request < requests; request += KNOWN_EVERY) {
    const first = from + request * PATIENTS_PER_REQUEST;
    const last = from + Math.min(request + KNOWN_EVERY, requests) * PATIENTS_PER_REQUEST;
    const known: object[] = [];
    for (let seed = first + 2; seed < last; seed += KNOWN_EVERY)
      known.push(samplePatient(seed, { invalid: false, numbered: true }));
    const answer = await client.post(toSubmitRecords(known, OTHER_PROGRAMME));
    const isWhole = answer.includes('"status":"COMPLETED"') && answer.includes('"rejected":0');
    expectEqual("the other organisation's submission is accepted whole", isWhole, true);
  }
}

interface Round {
  readonly recordsPerSecond: number;
  /** Until everything was linked as well. */
  readonly untilLinked: number;
  /** Processor time of gateway and PostgreSQL for a request. */
  readonly cpuMs: number;
}

class LinkingLoad {
  readonly #setting: PostgresSetting;
  readonly #options: BenchOptions;
  #next = FIRST_PATIENT;

  constructor(setting: PostgresSetting, options: BenchOptions) {
    this.#setting = setting;
    this.#options = options;
  }

  async run(state: State): Promise<Round> {
    const { gateway, written } = this.#setting;
    const { submissions, surplus } = this.#options;
    const from = this.#next;
    this.#next += submissions * PATIENTS_PER_REQUEST;
    const [client, other] = [await gateway.connect(), await gateway.connect("submitter2")];
    await switchLinking(written, state);
    await sendKnown(other, from, submissions);
    await waitUntilLinked(written);
    const bodies = Array.from({ length: submissions }, (_, number) =>
      toSubmitRecords(patientsOf(from + number * PATIENTS_PER_REQUEST)),
    );
    const before = await this.#readCpu();
    const { result: sent, seconds: untilLinked } = await timed(async () => {
      const answered = await timed(() => sendAll([client], bodies, IN_FLIGHT));
      await waitUntilLinked(written);
      return answered;
    });
    const cpu = (await this.#readCpu()) - before;
    for (const answer of sent.result) checkSubmitRecords(answer, "NEW", surplus);
    client.close();
    other.close();
    const records = submissions * RECORDS_PER_REQUEST;
    return { recordsPerSecond: records / sent.seconds, untilLinked: records / untilLinked, cpuMs: (cpu * 1_000) / submissions };
  }

  async #readCpu(): Promise<number> {
    const { serverPid, gateway } = this.#setting;
    return sum(await Promise.all([serverPid, gateway.pid].map(cpuSeconds)));
  }
}

/** @throws WrongAnswer where nothing was linked */
async function countLinked(database: pg.Client): Promise<void> {
  const { rows } = await database.query<{ persons: number; episodes: number }>(
    `select (select count(*)::integer from link.pair where kind = 'PERSON' and state = 'LINKED') as persons,
       (select count(*)::integer from link.pair where kind = 'EPISODE' and state = 'LINKED') as episodes`,
  );
  const [counted] = rows;
  expectEqual("something was linked", [(counted?.persons ?? 0) > 0, (counted?.episodes ?? 0) > 0], [true, true]);
}

export async function measureLinking(setting: PostgresSetting, options: BenchOptions): Promise<readonly Figure[]> {
  const load = new LinkingLoad(setting, options);
  // The compiler is at work for the first twenty requests or so.
  for (let sent = 0; sent < options.warmUps; sent += options.submissions) await load.run("enable");
  const rounds: { readonly on: Round; readonly off: Round }[] = [];
  for (let round = 0; round < options.rounds; round++) {
    const first = await load.run(round % 2 === 0 ? "enable" : "disable");
    const second = await load.run(round % 2 === 0 ? "disable" : "enable");
    rounds.push(round % 2 === 0 ? { on: first, off: second } : { on: second, off: first });
  }
  await switchLinking(setting.written, "enable");
  await countLinked(setting.written);
  return [
    {
      name: "submitRecords, new patients, with linking ÷ without",
      unit: "ratio",
      rounds: rounds.map(({ on, off }) => on.recordsPerSecond / off.recordsPerSecond),
      floor: 0.85,
    },
    {
      name: "  the same until everything is linked",
      unit: "ratio",
      rounds: rounds.map(({ on, off }) => on.untilLinked / off.untilLinked),
    },
    {
      name: "  processor time of gateway and PostgreSQL, with ÷ without",
      unit: "ratio",
      rounds: rounds.map(({ on, off }) => on.cpuMs / off.cpuMs),
    },
    { name: "  with linking", unit: "records/s", rounds: rounds.map(({ on }) => on.recordsPerSecond) },
    { name: "  without", unit: "records/s", rounds: rounds.map(({ off }) => off.recordsPerSecond) },
  ];
}
