/**
 * Any history of submissions, corrections, clears and withdrawals (of submissions and of records) over a handful of people: every record, read whole after each step, is
 * read the same at the end as of that step. And what would not be noticed by such a test is: history without its withdrawals.
 */
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { Value } from "../../../src/dataset/define.ts";
import { toTestNhsNumber } from "../../../src/dataset/nhs-number.ts";
import type { OrganisationActor } from "../../../src/records/actor.ts";
import type { FieldHistory } from "../../../src/submission/history-ports.ts";
import type { RecordNode } from "../../../src/submission/status-ports.ts";
import { databaseKind } from "../../support/database.ts";
import type { Input } from "../../support/journey-records.ts";
import { both, city, hill, optionsOf } from "../submission/submission-bench.ts";
import { provideHistoryBench, type Tree, team } from "./history-bench.ts";

const at = provideHistoryBench();
/** The embedded database takes three times as long for each: how much a few meet is left to PostgreSQL. */
const STEPS = databaseKind === "embedded" ? 20 : 45;

const of = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
/** A few say that there is no such record. */
const marked = (entry: fc.Arbitrary<Input>): fc.Arbitrary<Input> =>
  fc.tuple(entry, fc.nat({ max: 9 })).map(([value, number]) => (number === 0 ? { ...value, withdraw: true } : value));
const listOf = (entry: fc.Arbitrary<Input>): fc.Arbitrary<readonly Input[]> => fc.array(marked(entry), { maxLength: 2 });

const day = of("2026-01-02", "2026-01-03", "2026-01-04");
const idOf = (kind: string): fc.Arbitrary<string | null> => of(`${kind}-1`, `${kind}-2`, null);
const drug = fc.record({ class: of("STATIN", "ASPIRIN"), taking: of("YES", "NO", null) });
const assessment = fc.record({
  number: of(1, 2),
  date: of("2026-01-28"),
  weightKg: of(70, 71.5, null),
  clear: of(["weightKg"], [], []),
  drugs: listOf(drug),
});
const rehabilitation = fc.record({
  referralDate: day,
  coreStartDate: of("2026-02-01", "2026-02-02", null),
  components: of(["EXERCISE_GROUP", "EDUCATION"], ["EDUCATION"], null),
  assessments: listOf(assessment),
});
const treatment = fc.record({ sourceRecordId: idOf("t"), type: of("PCI", "CABG"), date: day, clear: of(["date"], [], []) });
const eventOf = (n: number) =>
  fc.record({
    sourceRecordId: idOf(`${n}-e`),
    eventType: of("MI_STEMI", "MI_NSTEMI"),
    eventDate: of("2026-01-02"),
    riskLevel: of("LOW", "HIGH", null),
    treatments: listOf(treatment),
    rehabilitations: listOf(rehabilitation),
  });
/** What is known of one person differs from sender to sender, but for what identifies. */
const recordOf = (n: number) =>
  fc.record({
    sourceRecordId: of(`p-${n}`),
    patient: marked(
      fc.record({
        nhsNumber: of(toTestNhsNumber(n)),
        hospitalNumber: of(`H${n}`, `H${n}-new`, null),
        dateOfBirth: of("1951-03-14"),
        gender: of("MALE", "FEMALE"),
        maritalStatus: of("SINGLE", "MARRIED", null),
        surname: of("Lark", "Wren", null),
        clear: of(["hospitalNumber"], ["maritalStatus"], ["surname"], [], []),
      }),
    ),
    initiatingEvents: listOf(eventOf(n)),
    comorbidities: listOf(fc.record({ type: of("DIABETES", "ASTHMA") })),
  });
const patientRecord = fc.nat({ max: 6 }).chain((n) => recordOf(n + 1));
const submission = fc.record({
  actor: of(city, hill, both),
  payload: fc.array(patientRecord, { minLength: 1, maxLength: 2 }),
});
const withdrawal = fc.record({ withdraws: fc.nat({ max: 60 }) });
/** Some of the steps take back one of the submissions before, or withdraw one of the records; the number says which. */
const step = fc.oneof(
  { weight: 4, arbitrary: submission },
  { weight: 2, arbitrary: withdrawal },
  { weight: 3, arbitrary: fc.nat({ max: 5 }) },
);
type Step = { readonly actor: OrganisationActor; readonly payload: readonly Input[] } | { readonly withdraws: number } | number;

/** What was read after a step, at its instant. */
interface Moment {
  readonly now: string;
  readonly trees: ReadonlyMap<string, Tree>;
}

const moments: Moment[] = [];
const seen = { patients: new Set<string>(), withdrawn: 0, refused: 0 };

/** The latest submissions are the ones that can be withdrawn most often. */
async function withdrawOne(sent: string[], place: number): Promise<void> {
  const [id] = sent.splice(Math.max(0, sent.length - 1 - place), 1);
  if (id === undefined) return;
  const done = await at()
    .withdraw(team, id)
    .then(
      () => true,
      () => false,
    );
  seen[done ? "withdrawn" : "refused"] += 1;
}

/** The submission that did it; none where nothing is stored. */
async function withdrawStored(place: number): Promise<readonly string[]> {
  const header = await at().withdrawRecord(team, place);
  return header === null ? [] : [header.id];
}

async function readMoment(now: string): Promise<Moment> {
  const rows = await at().bench.test.query("select id::text as id from patient order by id");
  for (const { id } of rows) seen.patients.add(String(id));
  return { now, trees: await at().trees(seen.patients, null) };
}

/** What differs from what was read at its time: `step patient`. */
async function differences(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [position, { now, trees }] of moments.entries()) {
    const then = await at().trees(seen.patients, now);
    for (const id of seen.patients) if (!isDeepStrictEqual(then.get(id), trees.get(id))) found.push(`${position} ${id}`);
  }
  return found;
}

const flatten = ({ node, below }: Tree): readonly RecordNode[] => [node, ...below.flatMap(flatten)];

/** What the entries up to an instant leave: of each item the latest. */
function valuesAt(entries: readonly FieldHistory[], instant: string): Readonly<Record<string, Value>> {
  const latest = new Map<string, Value | null>();
  for (const { field, after, at: written } of entries.toReversed()) if (written <= instant) latest.set(field, after);
  return Object.fromEntries([...latest].flatMap(([field, value]) => (value === null ? [] : [[field, value]])));
}

beforeAll(async () => {
  const steps: readonly Step[] = fc.sample(step, { numRuns: STEPS, seed: 20_264 });
  const sent: string[] = [];
  for (const each of steps) {
    const now = at().tick();
    if (typeof each === "number") await withdrawOne(sent, each);
    else if ("withdraws" in each) sent.push(...(await withdrawStored(each.withdraws)));
    else sent.push((await at().bench.submit({ ...each, options: optionsOf(each.actor) })).header.id);
    moments.push(await readMoment(now));
  }
});

describe("a record as of an instant", () => {
  it("is what was read then, whatever came after", async () => {
    expect(await differences()).toEqual([]);
  });

  it.skipIf(databaseKind === "embedded")(
    "was something else at many of these instants, and some were taken back whole (the histories are worth their name)",
    async () => {
      const states = [...seen.patients].map((id) => new Set(moments.map(({ trees }) => JSON.stringify(trees.get(id) ?? null))));
      expect(Math.max(...states.map(({ size }) => size))).toBeGreaterThan(6);
      expect(seen.withdrawn).toBeGreaterThan(5);
      expect(await at().bench.count("record_tombstone where restored_at is null")).toBeGreaterThan(2);
      expect(await at().bench.count("record_tombstone where restored_at is not null")).toBeGreaterThan(1);
      expect(moments.at(-1)?.trees.size).toBeLessThan(seen.patients.size);
      const removedBelow = await at().bench.test.query(
        "select count(*)::int as n from record_change where withdrawal and parent_before is not null",
      );
      expect(removedBelow[0]?.n).toBeGreaterThan(5);
    },
  );

  it("holds between two instants, and not before the first", async () => {
    const place = moments.findIndex(({ trees }, i) => i > STEPS / 3 && !isDeepStrictEqual(trees, moments[i - 1]?.trees));
    const [before, moment] = moments.slice(place - 1);
    const start = Date.parse(moment?.now ?? "");
    const treesAt = (instant: number) => at().trees(seen.patients, new Date(instant).toISOString());
    expect(await treesAt(Date.parse("2020-01-01"))).toEqual(new Map());
    expect(await treesAt(start - 1)).toEqual(before?.trees);
    expect(await treesAt(start)).toEqual(moment?.trees);
    expect(await treesAt(start + 30_000)).toEqual(moment?.trees);
  });

  it("is what the entries of its history up to then come to, for every record below too (control: not without the first)", async () => {
    const nodes = Map.groupBy(
      moments.flatMap(({ now, trees }) => [...trees.values()].flatMap(flatten).map((node) => ({ now, node }))),
      ({ node }) => node.id,
    );
    const faults = { of: { all: 0, butOne: 0 }, records: nodes.size };
    for (const [id, read] of nodes) {
      const entries = await at().entries(id, { withIdentity: true });
      for (const { now, node } of read) {
        const known = Object.fromEntries(Object.entries(node.values).filter(([, value]) => value !== null));
        if (!isDeepStrictEqual(valuesAt(entries, now), known)) faults.of.all += 1;
        if (!isDeepStrictEqual(valuesAt(entries.slice(0, -1), now), known)) faults.of.butOne += 1;
      }
    }
    expect(faults.records).toBeGreaterThan(STEPS / 2);
    expect(faults.of.all).toBe(0);
    expect(faults.of.butOne).toBeGreaterThan(faults.records / 2);
  });

  it("is known of lines from before they said when a row was written", async () => {
    await at().bench.test.query("update record_change set written_before = null");
    expect(await differences()).toEqual([]);
  });

  it("is not what was read then to a reader that forgets withdrawals (control)", async () => {
    await at().bench.test.query("delete from record_change where withdrawal");
    expect((await differences()).length).toBeGreaterThan(0);
  });
});
