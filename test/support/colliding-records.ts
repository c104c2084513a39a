/**
 * Any patient records over a handful of people, numbers, ids and dates, where most of what can collide does: values that are absent,
 * empty, Unknown, known, bad or cleared, keys that are corrected, records that are withdrawn, versions that are stale.
 */
import fc from "fast-check";
import { toTestNhsNumber } from "../../src/dataset/nhs-number.ts";
import type { Input } from "./journey-records.ts";

const of = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const listOf = (entry: fc.Arbitrary<Input>, most = 3): fc.Arbitrary<readonly Input[]> => fc.array(entry, { maxLength: most });
/** Every member may be absent. */
const record = (members: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<Input> =>
  fc.record(members, { requiredKeys: [] });
/** Said once in so many records. */
const seldom = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ arbitrary: fc.constant(undefined), weight: 24 }, { arbitrary: value, weight: 1 });
/** What fits together, more often than what does not: what is refused at the top says nothing of what is below. */
const mostly = (good: fc.Arbitrary<Input>, any: fc.Arbitrary<Input>): fc.Arbitrary<Input> =>
  fc.oneof({ arbitrary: good, weight: 2 }, { arbitrary: any, weight: 1 });

/** Of January to April, so that audit years change; a few beyond any rule. */
const day = of("2026-01-02", "2026-01-03", "2026-01-20", "2026-03-10", "2026-04-02", "1950-01-01", "2026-02-30", "", null);
const goodDay = of("2026-01-02", "2026-01-03", "2026-02-10", "2026-03-29", "2026-04-02");
const dates = fc.oneof({ arbitrary: goodDay, weight: 6 }, { arbitrary: day, weight: 1 });

/** What any record may say besides its values. */
const corrections = (key?: fc.Arbitrary<Input>): Readonly<Record<string, fc.Arbitrary<unknown>>> => ({
  withdraw: seldom(fc.constant(true)),
  expectedVersion: seldom(fc.nat({ max: 3 })),
  ...(key === undefined ? {} : { replaces: seldom(key) }),
});

const ids = (kind: string): fc.Arbitrary<string | null> => of(`${kind}-1`, `${kind}-2`, `${kind}-3`, null, null, null);

const drug = record({ class: of("ASPIRIN", "ANTICOAGULANT", "NO_SUCH_CLASS"), taking: of("YES", "NO", "UNKNOWN") });
const assessment = record({
  sourceRecordId: ids("m"),
  number: of(1, 2, 3, 4),
  date: dates,
  weightKg: of<unknown>(70, 71, "seventy", "", null),
  smokingStatus: of("NEVER", "UNKNOWN", null),
  clear: of(["weightKg"], [], [], []),
  drugs: listOf(drug, 2),
  ...corrections(),
});
const rehabilitation = record({
  sourceRecordId: ids("r"),
  programmeCode: of("N-CITY", "N-HILL", null, null),
  referralDate: dates,
  coreStartDate: dates,
  coreEndDate: dates,
  agreedToTakePart: of("YES", "NO", "UNKNOWN", null),
  clear: of(["referralDate"], ["coreStartDate"], [], [], []),
  assessments: listOf(assessment),
  ...corrections(),
});
/** Referral, core and assessments in their order. */
const goodRehabilitation = fc.record({
  referralDate: of("2026-01-08", "2026-01-20", "2026-02-10"),
  coreStartDate: of("2026-02-12", "2026-03-29", "2026-04-02"),
  coreEndDate: of("2026-05-10", "2026-06-01", null),
  assessments: fc
    .subarray([1, 2, 3])
    .map((numbers) => numbers.map((number) => ({ number, date: number === 1 ? "2026-02-11" : "2026-06-01" }))),
});
const treatment = record({
  sourceRecordId: ids("t"),
  type: of("BYPASS_SURGERY", "PCI", "PRIMARY_PCI", "UNKNOWN"),
  date: dates,
  clear: of(["date"], [], [], []),
  ...corrections(),
});
const anyEvent = record({
  sourceRecordId: ids("e"),
  eventType: of("MI_STEMI", "MI_NSTEMI", "ANGINA", "HEART_FAILURE", "UNKNOWN", "USE_TREATMENT", "NO_SUCH_TYPE"),
  eventDate: dates,
  referralDate: dates,
  riskLevel: of("HIGH", "LOW", "UNKNOWN", "", null),
  clear: of(["riskLevel"], ["referralDate"], [], [], []),
  treatments: listOf(treatment),
  rehabilitations: listOf(rehabilitation, 2),
  ...corrections(record({ eventType: of("MI_STEMI", "MI_NSTEMI"), eventDate: goodDay })),
});

const goodEvent = fc.record({
  eventType: of("MI_STEMI", "MI_NSTEMI", "ANGINA", "HEART_FAILURE"),
  eventDate: of("2026-01-02", "2026-01-03", "2026-01-06"),
  treatments: listOf(fc.record({ type: of("PCI", "BYPASS_SURGERY"), date: of("2026-01-06", "2026-01-07") }), 2),
  rehabilitations: listOf(mostly(goodRehabilitation, rehabilitation), 2),
});
const event = mostly(goodEvent, anyEvent);

const numbers = [1, 2, 3].map((seed) => toTestNhsNumber(seed));
const anyPatient = record({
  nhsNumber: of(...numbers, null, "123"),
  hospitalNumber: of("H1", "H2", "H3", null),
  dateOfBirth: of("1951-03-14", "1951-03-14", "1951-03-14", "1960-01-01", null),
  gender: of("MALE", "FEMALE", "NOT_KNOWN"),
  ethnicGroup: of("WHITE_BRITISH", "NOT_STATED", "", null),
  maritalStatus: of("MARRIED", "UNKNOWN", null),
  clear: of(["nhsNumber"], ["hospitalNumber"], ["ethnicGroup"], [], [], [], [], []),
  ...corrections(record({ nhsNumber: of(...numbers), dateOfBirth: of("1951-03-14", "1960-01-01") })),
});

const goodPatient = fc.record({ person: of(0, 1, 2), gender: of("MALE", "FEMALE") }).map(({ person, ...more }) => ({
  nhsNumber: numbers[person],
  hospitalNumber: `H${person + 1}`,
  dateOfBirth: "1951-03-14",
  ...more,
}));

/** One patient's record as `submitRecords` takes it. */
const patientRecord = fc.record({
  sourceRecordId: fc.nat({ max: 40 }).map((n) => `p-${n}`),
  patient: mostly(goodPatient, anyPatient),
  initiatingEvents: listOf(event),
  comorbidities: listOf(record({ sourceRecordId: ids("c"), type: of("DIABETES", "ASTHMA") }), 2),
});

/** Payloads of `submitRecords`: always the same ones. */
export const sampleColliding = (runs: number, seed: number): readonly (readonly Input[])[] =>
  // Through JSON, as it is sent: what is undefined is not there.
  JSON.parse(JSON.stringify(fc.sample(fc.array(patientRecord, { minLength: 1, maxLength: 4 }), { numRuns: runs, seed })));
