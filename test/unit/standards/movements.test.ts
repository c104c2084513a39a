/** Movements against a model that counts every rehabilitation before and after, and knows nothing of what one contributes to another. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contributionsOf, type RehabilitationFacts } from "../../../src/standards/contributions.ts";
import { joinMovements, listMovements, type RehabilitationChange } from "../../../src/standards/movements.ts";

const date = fc.constantFrom("2025-03-20", "2025-03-31", "2025-04-01", "2025-06-10", null);
const facts: fc.Arbitrary<RehabilitationFacts> = fc.record({
  eventType: fc.constantFrom("MI_STEMI", "HEART_FAILURE", "ANGINA", null),
  eventReferralDate: date,
  treatmentTypes: fc.subarray(["PCI", "BYPASS_SURGERY"]),
  referralDate: date,
  coreStartDate: date,
  coreEndDate: date,
  assessments: fc
    .subarray([1, 2, 3])
    .chain((numbers) => fc.tuple(...numbers.map((number) => date.map((on) => ({ number, date: on }))))),
});
const absent = fc.option(facts, { nil: null });
const changes: fc.Arbitrary<readonly RehabilitationChange[]> = fc.array(fc.record({ before: absent, after: absent }), {
  maxLength: 8,
});

type Side = keyof RehabilitationChange;

/** How many are counted, how many of them with a value above 0, and all values, by standard and year. */
function countAll(list: readonly RehabilitationChange[], side: Side): ReadonlyMap<string, readonly number[]> {
  const values = new Map<string, number[]>();
  for (const change of list) {
    const known = change[side];
    for (const { standard, auditYear, value } of known === null ? [] : contributionsOf(known)) {
      const key = `${standard} ${auditYear}`;
      values.set(key, [...(values.get(key) ?? []), value]);
    }
  }
  return values;
}

const sum = (values: readonly number[] = []): number => values.reduce((total, value) => total + value, 0);

describe("movements", () => {
  it("lead from the counts before to those after", () => {
    fc.assert(
      fc.property(changes, (list) => {
        const [before, after] = [countAll(list, "before"), countAll(list, "after")];
        const moved = new Map(listMovements(list).map((line) => [`${line.standard} ${line.auditYear}`, line]));
        for (const key of new Set([...before.keys(), ...after.keys(), ...moved.keys()])) {
          const { entered, left, met, unmet } = moved.get(key) ?? { entered: 0, left: 0, met: 0, unmet: 0 };
          expect(entered - left, key).toBe((after.get(key)?.length ?? 0) - (before.get(key)?.length ?? 0));
          if (key.startsWith("ASSESSMENT")) expect(met - unmet, key).toBe(sum(after.get(key)) - sum(before.get(key)));
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it("are none where nothing changes, and the other way round where it is undone", () => {
    fc.assert(
      fc.property(changes, (list) => {
        expect(listMovements(list.map(({ after }) => ({ before: after, after })))).toEqual([]);
        const undone = listMovements(list.map(({ before, after }) => ({ before: after, after: before })));
        expect(undone).toEqual(
          listMovements(list).map((line) => ({
            ...line,
            entered: line.left,
            left: line.entered,
            met: line.unmet,
            unmet: line.met,
          })),
        );
      }),
    );
  });

  it("of two runs add up to those of both", () => {
    fc.assert(
      fc.property(changes, changes, (one, other) => {
        expect(joinMovements(listMovements(one), listMovements(other))).toEqual(listMovements([...one, ...other]));
      }),
    );
  });

  it("tell a wait that only became longer from one that came in (control)", () => {
    const before: RehabilitationFacts = {
      eventType: "MI_STEMI",
      eventReferralDate: null,
      treatmentTypes: [],
      referralDate: "2025-05-01",
      coreStartDate: "2025-06-01",
      coreEndDate: null,
      assessments: [],
    };
    const line = { standard: "MI_PCI_WAIT", auditYear: 2025, entered: 0, left: 0, met: 0, unmet: 0, changed: 0 };
    const later = { ...before, referralDate: "2025-04-20" };
    expect(listMovements([{ before, after: later }])).toEqual([{ ...line, changed: 1 }]);
    expect(listMovements([{ before: { ...before, referralDate: null }, after: later }])).toEqual([{ ...line, entered: 1 }]);
  });
});
