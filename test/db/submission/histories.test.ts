/**
 * Any history of submissions over a handful of people, numbers, ids and dates, where most of what can collide does: every one of them
 * is answered (no key of the database is ever met by surprise), and the dry run before it says what it will answer.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { toTestNhsNumber } from "../../../src/dataset/nhs-number.ts";
import type { RecordResult } from "../../../src/records/submission-record.ts";
import type { SubmitChannel } from "../../../src/submission/commands.ts";
import { databaseKind } from "../../support/database.ts";
import type { Input } from "../../support/journey-records.ts";
import { both, city, optionsOf, provideBench, toSent } from "./submission-bench.ts";

const bench = provideBench();
/** The embedded database takes three times as long for each. */
const SUBMISSIONS = databaseKind === "embedded" ? 40 : 100;

const of = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const listOf = (entry: fc.Arbitrary<Input>): fc.Arbitrary<readonly Input[]> => fc.array(entry, { maxLength: 3 });
const record = (members: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<Input> =>
  fc.record(members, { requiredKeys: [] });

const day = of("2026-01-02", "2026-01-03", "2026-01-04", "1950-01-01", null);
const idOf = (kind: string): fc.Arbitrary<string | null> => of(`${kind}-1`, `${kind}-2`, `${kind}-3`, null, null, null);

const assessment = record({ sourceRecordId: idOf("m"), number: of(1, 2, 3), date: day, weightKg: of(70, 71, null) });
const rehabilitation = record({
  sourceRecordId: idOf("r"),
  programmeCode: of("N-CITY", "N-HILL", null, null),
  referralDate: day,
  coreStartDate: day,
  clear: of(["referralDate"], [], [], []),
  assessments: listOf(assessment),
});
const treatment = record({
  sourceRecordId: idOf("t"),
  type: of("PCI", "PRIMARY_PCI"),
  date: day,
  clear: of(["date"], [], [], []),
});
const event = fc.record({
  sourceRecordId: idOf("e"),
  eventType: of("MI_STEMI", "MI_NSTEMI", "UNKNOWN", "USE_TREATMENT"),
  eventDate: day,
  treatments: listOf(treatment),
  rehabilitations: listOf(rehabilitation),
});
const patientRecord = fc.record({
  sourceRecordId: fc.nat({ max: 40 }).map((n) => `p-${n}`),
  patient: record({
    nhsNumber: of(toTestNhsNumber(1), toTestNhsNumber(2), null),
    hospitalNumber: of("H1", "H2", null),
    dateOfBirth: of("1951-03-14", "1951-03-14", "1951-03-14", "1960-01-01", null),
    gender: of("MALE", "FEMALE", "NOT_KNOWN"),
    clear: of(["nhsNumber"], ["hospitalNumber"], [], [], [], []),
  }),
  initiatingEvents: listOf(event),
  comorbidities: listOf(record({ sourceRecordId: idOf("c"), type: of("DIABETES", "ASTHMA") })),
});

/** What a dry run and its commit have in common: everything but the ids of rows that are new. */
const comparable = (results: readonly RecordResult[]): readonly object[] =>
  results.map(({ recordId, ...result }) => ({ ...result, recordId: result.matchedBy === null ? null : recordId }));

/** The histories are worth their name only if they meet what they are meant to meet. */
function expectAll(seen: ReadonlySet<string>): void {
  expect([...seen]).toEqual(
    expect.arrayContaining([
      ...["CREATED", "UPDATED", "UNCHANGED", "REJECTED", "REJECTED_PARENT"],
      ...["SOURCE_RECORD_ID", "NHS_NUMBER", "HOSPITAL_NUMBER", "NATURAL_KEY"],
      ...["KEY_CONFLICT", "MANDATORY_MISSING", "DATE_ORDER", "CONDITION_NOT_MET", "NOT_AUTHORISED_FOR_ORGANISATION"],
      ...["PROBABLE_DUPLICATE_EVENT", "UNKNOWN_IGNORED"],
    ]),
  );
}

it("answers any history of records and of messages, each step as its dry run foretold, and leaves versions without a gap", async () => {
  const submissions = fc.sample(
    fc.tuple(of<SubmitChannel>("RECORDS", "HL7V2"), of(city, both), fc.array(patientRecord, { minLength: 1, maxLength: 4 })),
    {
      numRuns: SUBMISSIONS,
      seed: 2026,
    },
  );
  const seen = new Set<string>();
  for (const [step, [channel, actor, payload]] of submissions.entries()) {
    const options = optionsOf(actor);
    const dry = toSent(await bench().submit({ channel, actor, payload, options: { ...options, mode: "VALIDATE_ONLY" } }));
    const wet = toSent(await bench().submit({ channel, actor, payload, options }));
    expect(comparable(wet.results), `submission ${step}`).toEqual(comparable(dry.results));
    for (const { outcome, matchedBy, issues } of wet.results)
      for (const word of [outcome, matchedBy, ...issues.map(({ code }) => code)]) if (word !== null) seen.add(word);
  }
  if (databaseKind === "postgresql") expectAll(seen);
  const gaps = await bench().test.query(
    `select count(*)::int as n from (
       select r.version, (select count(*) from record_change c where c.record_id = r.id) as changes
       from (select id, version from patient union all select id, version from initiating_event union all select id, version from treatment
             union all select id, version from rehabilitation union all select id, version from assessment) r) x
     where x.changes <> x.version - 1`,
  );
  expect(gaps).toEqual([{ n: 0 }]);
});
