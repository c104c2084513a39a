/** Absent, empty, Unknown and clear through the whole service into stored rows: 300 patients, each with a history of its own. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { applyTable, ITEM_NAMES, type ItemName, record, toMembers } from "../../support/four-absences.ts";
import { person, recordOf } from "../../support/journey-records.ts";
import { city, provideBench } from "./submission-bench.ts";

const bench = provideBench();
const PATIENTS = 300;
const STEPS = 8;
const COLUMNS: Readonly<Record<ItemName, string>> = { ethnicGroup: "ethnic_group", maritalStatus: "marital_status" };

it("leave in the tables what the rule's table says, and the answer says so", async () => {
  const histories = fc.sample(fc.array(record, { minLength: STEPS, maxLength: STEPS }), { numRuns: PATIENTS, seed: 21 });
  const expected = histories.map(() => new Map<ItemName, string | null>());
  for (let step = 0; step < STEPS; step++) {
    const said = histories.map((history, patient) => ({ patient, record: history[step] }));
    const sent = await bench().send(
      city,
      said.map(({ patient, record: one }) =>
        recordOf(patient, { patient: person(patient, one === undefined ? {} : toMembers(one)) }),
      ),
    );
    for (const { patient, record: one } of said) {
      const known = expected[patient];
      if (one === undefined || known === undefined) throw new Error("a history of every patient");
      const changes = ITEM_NAMES.filter((name) => {
        const before = known.get(name) ?? null;
        known.set(name, applyTable(name, before, one[name]));
        return known.get(name) !== before;
      });
      const told = sent.only("PATIENT", patient).changes.filter(({ decision }) => decision !== "UNKNOWN_IGNORED");
      expect(
        told
          .map(({ field }) => field)
          .filter((field) => ITEM_NAMES.some((name) => name === field))
          .sort(),
      ).toEqual([...changes].sort());
    }
  }
  const columns = ITEM_NAMES.map((name) => `p.${COLUMNS[name]} as "${name}"`).join(", ");
  const rows = await bench().test.query(`select ${columns} from patient p order by p.id`);
  expect(rows).toEqual(expected.map((known) => Object.fromEntries(ITEM_NAMES.map((name) => [name, known.get(name) ?? null]))));
});
