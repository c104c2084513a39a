/**
 * Any records of a few people, any merges among them, taken back in any order by unmerging or by withdrawing: every table is as it was.
 * While they are merged, nothing that is sent again of any of them makes a new row.
 */
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { createUuid7 } from "../../../src/lib/uuid7.ts";
import { createUnitRunner } from "../../../src/persistence/unit-runner.ts";
import type { OrganisationActor } from "../../../src/records/actor.ts";
import { createPatientMerging, type PatientMerging } from "../../../src/submission/merge-patients.ts";
import { databaseKind } from "../../support/database.ts";
import { event, type Input, person, recordOf, rehabilitation } from "../../support/journey-records.ts";
import { provideControlBench } from "../control/control-bench.ts";
import { city } from "../submission/submission-bench.ts";

const control = provideControlBench();
const HISTORIES = databaseKind === "embedded" ? 2 : 12;
/** Withdrawals wait for nobody, and take their time on the embedded database. */
const TIMEOUT_MS = 240_000;
const PEOPLE = 4;
const team: OrganisationActor = { ...city, clientId: "person-1", role: "CLINICAL_TEAM" };

let merging: PatientMerging;
beforeAll(() => {
  const { bench } = control();
  merging = createPatientMerging({
    store: { transaction: createUnitRunner(bench.stores) },
    clock: { now: () => bench.now, today: () => bench.now.slice(0, 10) },
    newId: createUuid7(),
    dictionary: bench.stores.dictionary,
  });
});

const of = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const events = fc.uniqueArray(
  fc.record({ eventDate: of("2026-01-02", "2026-01-05", "2026-03-03"), treated: fc.boolean(), rehabilitated: fc.boolean() }),
  { maxLength: 2, selector: ({ eventDate }) => eventDate },
);
const people = fc.array(fc.record({ events, diabetic: fc.boolean() }), { minLength: PEOPLE, maxLength: PEOPLE });
/** Who is merged into whom, by their places; of a pair that cannot be merged any more nothing is done. */
const pairs = fc.array(fc.tuple(fc.nat({ max: PEOPLE - 1 }), fc.nat({ max: PEOPLE - 1 })), { minLength: 1, maxLength: 3 });
const backs = fc.array(fc.boolean(), { minLength: 4, maxLength: 4 });

type Person = Readonly<{
  events: readonly Readonly<{ eventDate: string; treated: boolean; rehabilitated: boolean }>[];
  diabetic: boolean;
}>;

const toRecord = (seed: number, { events: own, diabetic }: Person): Input =>
  recordOf(seed, {
    patient: person(seed, { dateOfBirth: seed % 2 === 0 ? "1951-03-14" : "1951-03-15" }),
    initiatingEvents: own.map(({ eventDate, treated, rehabilitated }) =>
      event({
        eventDate,
        treatments: treated ? [{ type: "PCI", date: eventDate }] : [],
        rehabilitations: rehabilitated
          ? [rehabilitation({ referralDate: "2026-03-08", coreStartDate: "2026-03-20", assessments: [] })]
          : [],
      }),
    ),
    comorbidities: diabetic ? [{ type: "DIABETES" }] : [],
  });

const later = (): void => {
  const { bench } = control();
  bench.now = new Date(Date.parse(bench.now) + 60_000).toISOString();
};

const everything = async () => {
  const links = await control().bench.test.query("select to_jsonb(m)::text as row from identity.patient_merge m order by 1");
  return { rows: await control().snapshot(), links: links.map(({ row }) => row) };
};

interface Done {
  readonly winner: string;
  readonly loser: string;
  readonly submissionId: string;
}

async function mergeAll(ids: readonly string[], wanted: readonly (readonly [number, number])[]): Promise<readonly Done[]> {
  const done: Done[] = [];
  for (const [first, second] of wanted) {
    const [winner, loser] = [ids[first] ?? "", ids[second] ?? ""];
    later();
    const command = { actor: team, programmeCode: null, winner, loser, reason: "Registered twice" };
    const answer = await merging.merge(command).catch((error: unknown) => {
      expect(error).toMatchObject({ code: winner === loser ? "BAD_USER_INPUT" : "CONFLICT" });
    });
    if (!answer) continue;
    // It is merged into the one that the winner is itself merged into by now.
    const [row] = await control().bench.test.query(
      "select merged_into::text as id from identity.patient_merge where patient_id = $1::uuid",
      [loser],
    );
    done.push({ winner: String(row?.id), loser, submissionId: answer.header.id });
  }
  return done;
}

describe("patients merged and taken apart", () => {
  it(
    "leave every table as it was, and while they are one nothing is made twice",
    async () => {
      let seed = 100;
      let merges = 0;
      await fc.assert(
        fc.asyncProperty(people, pairs, backs, async (stated, wanted, unmerged) => {
          const { bench } = control();
          const records = stated.map((one) => toRecord(++seed, one));
          const ids: string[] = [];
          for (const record of records) ids.push(String((await bench.send(city, [record])).only("PATIENT").recordId));
          const before = await everything();
          const done = await mergeAll(ids, wanted);
          merges += done.length;
          bench.remembers = false;
          const again = await bench.send(city, records, { mode: "VALIDATE_ONLY" });
          expect(again.outcomes.filter((outcome) => /CREATED|REJECTED/.test(outcome))).toEqual([]);
          for (const [place, { winner, loser, submissionId }] of [...done.entries()].reverse()) {
            later();
            const apart = { actor: team, programmeCode: null, winner, loser, reason: "They are sisters" };
            if (unmerged[place]) await merging.unmerge(apart);
            else await control().withdraw(team, submissionId);
          }
          expect(await everything()).toEqual(before);
          const alone = await bench.send(city, records);
          expect(alone.outcomes.every((outcome) => outcome.endsWith("UNCHANGED"))).toBe(true);
        }),
        { numRuns: HISTORIES, seed: 20_261_122, endOnFailure: true },
      );
      expect(merges).toBeGreaterThan(HISTORIES / 2);
      expect(await control().historyFaults()).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
