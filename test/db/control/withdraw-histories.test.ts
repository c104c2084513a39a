/**
 * Any history of submissions over a handful of people, withdrawals of records among them, taken back: from its end, every step leads
 * exactly to the state before it; from its middle, either what that submission changed is as it was and nothing else differs, or nothing
 * was touched.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toTestNhsNumber } from "../../../src/dataset/nhs-number.ts";
import { GatewayError } from "../../../src/errors/gateway-error.ts";
import type { OrganisationActor } from "../../../src/records/actor.ts";
import type { SubmissionHeader } from "../../../src/records/submission-record.ts";
import type { SubmitChannel } from "../../../src/submission/commands.ts";
import { databaseKind } from "../../support/database.ts";
import type { Input } from "../../support/journey-records.ts";
import { both, city, optionsOf, toSent } from "../submission/submission-bench.ts";
import { type ControlBench, provideControlBench, type Snapshot } from "./control-bench.ts";

const control = provideControlBench();
/** `NACR_HISTORIES=500 NACR_SEED=7`: more than the gate has time for, and others. */
const HISTORIES = Number(process.env.NACR_HISTORIES ?? (databaseKind === "embedded" ? 2 : 12));
/** Fewer see too few withdrawals refused to say anything of them. */
const MIDDLES = Number(process.env.NACR_HISTORIES ?? (databaseKind === "embedded" ? 4 : 24));
const SEED = Number(process.env.NACR_SEED ?? 20_261);
/** The first history that fails is told: looking for a smaller one took longer than the test may, which then said nothing but that. */
const runs = (numRuns: number) => ({ numRuns, seed: SEED, endOnFailure: true });
const TIMEOUT_MS = Math.max(120_000, HISTORIES * 3_000);

const of = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
/** A few say that there is no such record. */
const marked = (entry: fc.Arbitrary<Input>): fc.Arbitrary<Input> =>
  fc.tuple(entry, fc.nat({ max: 6 })).map(([value, number]) => (number === 0 ? { ...value, withdraw: true } : value));
const listOf = (entry: fc.Arbitrary<Input>): fc.Arbitrary<readonly Input[]> => fc.array(marked(entry), { maxLength: 2 });
const record = (members: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<Input> =>
  fc.record(members, { requiredKeys: [] });

const day = of("2026-01-02", "2026-01-03", "2026-01-04");
const idOf = (kind: string): fc.Arbitrary<string | null> => of(`${kind}-1`, `${kind}-2`, null);

const assessment = record({ sourceRecordId: idOf("m"), number: of(1, 2), date: day, weightKg: of(70, 71.5, null) });
const rehabilitation = record({
  sourceRecordId: idOf("r"),
  programmeCode: of("N-CITY", "N-HILL", null),
  referralDate: day,
  coreStartDate: day,
  components: of(["EXERCISE", "EDUCATION"], ["EDUCATION"], null),
  assessments: listOf(assessment),
});
const event = fc.record({
  sourceRecordId: idOf("e"),
  eventType: of("MI_STEMI", "MI_NSTEMI"),
  eventDate: day,
  treatments: listOf(record({ sourceRecordId: idOf("t"), type: of("PCI", "CABG"), date: day, clear: of(["date"], [], []) })),
  rehabilitations: listOf(rehabilitation),
});
const patientRecord = fc.record({
  sourceRecordId: fc.nat({ max: 8 }).map((n) => `p-${n}`),
  patient: marked(
    record({
      nhsNumber: of(toTestNhsNumber(1), toTestNhsNumber(2), toTestNhsNumber(3)),
      hospitalNumber: of("H1", "H2", "H3", null),
      dateOfBirth: of("1951-03-14", "1951-03-14", null),
      gender: of("MALE", "FEMALE"),
      maritalStatus: of("SINGLE", "MARRIED", null),
      surname: of("Lark", "Wren", null),
      clear: of(["hospitalNumber"], ["maritalStatus"], [], []),
    }),
  ),
  initiatingEvents: listOf(event),
  comorbidities: listOf(record({ type: of("DIABETES", "ASTHMA") })),
});
const submission = fc.tuple(
  of<SubmitChannel>("RECORDS", "HL7V2"),
  of(city, both),
  fc.array(patientRecord, { minLength: 1, maxLength: 2 }),
);
/** A number: one of the records that are stored then is withdrawn. */
const step = fc.oneof({ weight: 3, arbitrary: submission }, { weight: 1, arbitrary: fc.nat({ max: 40 }) });
type Step = readonly [SubmitChannel, OrganisationActor, readonly Input[]] | number;

interface Done {
  readonly id: string;
  readonly before: Snapshot;
  readonly after: Snapshot;
}

/** The clock goes on, so that no two submissions are received at one time. */
async function submit(control: ControlBench, step: Step): Promise<Done> {
  const { bench, snapshot } = control;
  bench.now = new Date(Date.parse(bench.now) + 60_000).toISOString();
  const before = await snapshot();
  return { id: (await take(control, step)).id, before, after: await snapshot() };
}

async function take({ bench, withdrawRecord }: ControlBench, step: Step): Promise<SubmissionHeader> {
  const withdrawn = typeof step === "number" ? await withdrawRecord(team, step) : null;
  if (withdrawn !== null) return withdrawn;
  const [channel, actor, payload] = typeof step === "number" ? (["RECORDS", both, []] as const) : step;
  return toSent(await bench.submit({ channel, actor, payload, options: optionsOf(actor) })).header;
}

/** Both senders' submissions, and rows of both programmes. */
const team: OrganisationActor = { ...both, role: "CLINICAL_TEAM" };

async function submitAll(steps: readonly Step[]): Promise<readonly Done[]> {
  const done: Done[] = [];
  for (const each of steps) done.push(await submit(control(), each));
  return done;
}

async function withdrawAll(done: readonly Done[]): Promise<void> {
  for (const { id, before } of [...done].reverse()) {
    await control().withdraw(team, id);
    expect(await control().snapshot()).toEqual(before);
  }
}

/**
 * Once one was withdrawn from the middle, the way back is no longer the way there: a patient that came back by it may hold the id of one
 * whom a later submission removed, and goes before that one can come back. Every round gives up at least one.
 */
async function withdrawWhatIsLeft(done: readonly Done[]): Promise<void> {
  for (let left = [...done].reverse(); left.length > 0; ) {
    const refused: Done[] = [];
    for (const each of left)
      await control()
        .withdraw(team, each.id)
        .catch((error: unknown) => {
          if (!(error instanceof GatewayError && error.code === "CONFLICT")) throw error;
          refused.push(each);
        });
    expect(refused.length).toBeLessThan(left.length);
    left = refused;
  }
}

/** Who wrote a row last may be somebody else than before, where others wrote it too. */
const WRITERS: ReadonlySet<string> = new Set(["submission_id", "programme_code", "source_time"]);

/** The rows as a withdrawal of `done` must leave them: `now`, with what it had changed as it was before. */
function expectWithdrawn({ before, after }: Done, now: Snapshot): Snapshot {
  const expected = new Map(now);
  for (const [key, row] of before) if (!after.has(key)) expected.set(key, row);
  for (const [key, row] of after) {
    const old = before.get(key);
    if (old === undefined) expected.delete(key);
    else {
      const back = Object.entries(row).flatMap(([field]) =>
        Object.is(JSON.stringify(row[field]), JSON.stringify(old[field])) ? [] : [[field, old[field]]],
      );
      // What it left as it was may be gone since.
      if (back.length > 0) expected.set(key, { ...now.get(key), ...Object.fromEntries(back) });
    }
  }
  return expected;
}

function withoutWriters(rows: Snapshot): Snapshot {
  return new Map(
    [...rows].map(([key, row]) => [
      key,
      Object.fromEntries(Object.entries(row).filter(([field]) => !WRITERS.has(field) || key.startsWith("rehabilitation"))),
    ]),
  );
}

describe("a history of submissions", () => {
  it("taken back from its end leads to every state before, and history agrees with the rows", {
    timeout: TIMEOUT_MS,
  }, async () => {
    const steps = fc.array(step, { minLength: 3, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(steps, async (each) => {
        const done = await submitAll(each);
        await withdrawAll(done);
        expect(await control().historyFaults()).toEqual([]);
      }),
      runs(HISTORIES),
    );
    expect(await control().bench.count("record_tombstone")).toBeGreaterThan(2);
  });

  it("gives up one from its middle whole, or not at all", { timeout: TIMEOUT_MS }, async () => {
    const seen = { given: 0, refused: 0 };
    const steps = fc.tuple(fc.array(step, { minLength: 3, maxLength: 5 }), fc.nat());
    await fc.assert(
      fc.asyncProperty(steps, async ([each, place]) => {
        const done = await submitAll(each);
        const chosen = done[place % (done.length - 1)];
        if (chosen === undefined) throw new Error("a history has a middle");
        const now = await control().snapshot();
        const refused = await control()
          .withdraw(team, chosen.id)
          .then(
            () => false,
            () => true,
          );
        const expected = refused ? now : expectWithdrawn(chosen, now);
        expect(withoutWriters(await control().snapshot())).toEqual(withoutWriters(expected));
        seen[refused ? "refused" : "given"]++;
        // Where nothing was given up, the way back is the way there.
        await (refused ? withdrawAll(done) : withdrawWhatIsLeft(done));
        expect(await control().snapshot()).toEqual(done[0]?.before);
        expect(await control().historyFaults()).toEqual([]);
      }),
      runs(MIDDLES),
    );
    // How much a few meet is left to PostgreSQL, which takes a third of the time for each.
    if (databaseKind === "postgresql") expect(Math.min(seen.given, seen.refused)).toBeGreaterThan(2);
  });

  it("that lost its identities on the way back is found out (control)", async () => {
    const { bench, snapshot } = control();
    const done = await submit(control(), [
      "RECORDS",
      city,
      [
        {
          sourceRecordId: "p-0",
          patient: { nhsNumber: toTestNhsNumber(9), hospitalNumber: "H9", dateOfBirth: "1951-03-14", gender: "MALE" },
        },
      ],
    ]);
    const patient = [...done.after.keys()]
      .find((key) => key.startsWith("patient") && !done.before.has(key))
      ?.slice("patient ".length);
    await submit(control(), [
      "RECORDS",
      city,
      [{ sourceRecordId: "p-0", patient: { nhsNumber: toTestNhsNumber(9), hospitalNumber: "H8" } }],
    ]);
    const changed = await bench.test.query(
      "select hospital_hmac, sealed from identity.patient_identity where patient_id = $1::uuid",
      [patient],
    );
    const [{ id } = { id: "" }] = await bench.test.query("select submission_id::text as id from patient where id = $1::uuid", [
      patient,
    ]);
    await control().withdraw(city, String(id));
    expect(await snapshot()).toEqual(done.after);
    await bench.test.query(
      "update identity.patient_identity set hospital_hmac = $2, sealed = $3 where patient_id = $1::uuid returning ods",
      [patient, changed[0]?.hospital_hmac, changed[0]?.sealed],
    );
    expect(await snapshot()).not.toEqual(done.after);
    expect(await control().historyFaults()).not.toEqual([]);
  });
});
