/** The merge rule over whole histories, against a model of fifteen lines that knows nothing of rows, indexes or decisions. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Value } from "../../../src/dataset/define.ts";
import type { CompiledItem, CompiledRecordType } from "../../../src/dataset/dictionary.ts";
import { dictionaryOf } from "../../../src/records/dictionaries.ts";
import { mergeValues, type Statement } from "../../../src/submission/merge-values.ts";

/** What a record says of one item. */
type Said =
  | { readonly says: "nothing" }
  | { readonly says: "clear" }
  | { readonly says: "known"; readonly value: Value }
  | { readonly says: "unknown"; readonly value: Value };
type History = readonly Readonly<Record<string, Said>>[];

const UNKNOWN: ReadonlySet<Value> = new Set(["NOT_STATED", "NOT_KNOWN", "UNKNOWN"]);

/** The model: one item, step by step (dataset Decision 14). */
function expectedAfter(history: readonly Said[]): Value | null {
  let value: Value | null = null;
  for (const said of history) {
    if (said.says === "nothing") continue;
    if (said.says === "clear") value = null;
    else if (said.says === "known") value = said.value;
    else if (value === null || UNKNOWN.has(value)) value = said.value;
  }
  return value;
}

const patient = (() => {
  const dictionary = dictionaryOf("gw-1.0");
  if (dictionary === null) throw new Error("gw-1.0 is in service");
  return dictionary.recordType("PATIENT");
})();

const ITEMS: Readonly<Record<string, { readonly known: readonly Value[]; readonly unknown: readonly Value[] }>> = {
  gender: { known: ["MALE", "FEMALE"], unknown: ["NOT_KNOWN"] },
  maritalStatus: { known: ["SINGLE", "MARRIED", "WIDOWED"], unknown: ["UNKNOWN"] },
  ethnicGroup: { known: ["WHITE_BRITISH", "INDIAN"], unknown: ["NOT_STATED", "NOT_KNOWN"] },
  surname: { known: ["A", "B"], unknown: [] },
  auditObjection: { known: [true, false], unknown: [] },
};

const saidOf = ({
  known,
  unknown,
}: {
  readonly known: readonly Value[];
  readonly unknown: readonly Value[];
}): fc.Arbitrary<Said> =>
  fc.oneof(
    fc.constantFrom<Said>({ says: "nothing" }, { says: "clear" }),
    fc.constantFrom(...known).map((value): Said => ({ says: "known", value })),
    ...(unknown.length === 0 ? [] : [fc.constantFrom(...unknown).map((value): Said => ({ says: "unknown", value }))]),
  );

const histories: fc.Arbitrary<History> = fc.array(
  fc.record(Object.fromEntries(Object.entries(ITEMS).map(([name, values]) => [name, saidOf(values)]))),
  { maxLength: 12 },
);

type Merge = typeof mergeValues;

function toStatement(type: CompiledRecordType, record: Readonly<Record<string, Said>>): Statement {
  const values = new Array<Value | null>(type.items.length).fill(null);
  const cleared = new Set<number>();
  for (const [name, said] of Object.entries(record)) {
    const index = type.byName.get(name)?.index ?? -1;
    if (said.says === "clear") cleared.add(index);
    else if (said.says !== "nothing") values[index] = said.value;
  }
  return { values, cleared };
}

function mergeHistory(merge: Merge, history: History): readonly (Value | null)[] {
  let row: readonly (Value | null)[] = new Array<Value | null>(patient.items.length).fill(null);
  for (const record of history) row = merge(patient, row, toStatement(patient, record), false).values;
  return row;
}

/** Whether 2,000 histories end where the model ends; the failing one where they do not. */
const checkAgainstModel = (merge: Merge) =>
  fc.check(
    fc.property(histories, (history) => {
      const row = mergeHistory(merge, history);
      return Object.keys(ITEMS).every((name) => {
        const item = patient.byName.get(name);
        return (
          item !== undefined && row[item.index] === expectedAfter(history.map((record) => record[name] ?? { says: "nothing" }))
        );
      });
    }),
    { numRuns: 2_000, seed: 14 },
  );

/** A type whose lists know no Unknown, which makes it a value like any other. */
const forgetUnknown = (type: CompiledRecordType): CompiledRecordType => ({
  ...type,
  items: type.items.map(
    (item): CompiledItem => ({ ...item, compiledList: item.compiledList && { ...item.compiledList, unknown: new Set() } }),
  ),
});

describe("the merge rule", () => {
  it("gives, for any history of statements, what the sequential model gives", () => {
    const { counterexample, failed } = checkAgainstModel(mergeValues);
    expect(counterexample).toBeNull();
    expect(failed).toBe(false);
  });

  it.each<[string, Merge]>([
    ["Unknown overwrites what is known", (type, row, stated, older) => mergeValues(forgetUnknown(type), row, stated, older)],
    [
      "what is absent empties the item",
      (type, row, stated, older) => ({ ...mergeValues(type, row, stated, older), values: stated.values }),
    ],
    [
      "clearing says nothing",
      (type, row, stated, older) => mergeValues(type, row, { values: stated.values, cleared: new Set() }, older),
    ],
  ])("is told apart from a rule by which %s", (_title, faulty) => {
    expect(checkAgainstModel(faulty).failed).toBe(true);
  });

  it("names every item it decided on, and no other", () => {
    fc.assert(
      fc.property(histories, histories, (before, [next]) => {
        const row = mergeHistory(mergeValues, before);
        const { values, decisions, changed } = mergeValues(patient, row, toStatement(patient, next ?? {}), false);
        const differing = patient.items.filter(({ index }) => values[index] !== row[index]);
        const effective = decisions.filter(({ decision }) => decision !== "UNKNOWN_IGNORED");
        return (
          changed === differing.length > 0 &&
          effective.length === differing.length &&
          effective.every(({ item, before: was, after }) => was === row[item.index] && after === values[item.index])
        );
      }),
      { numRuns: 500, seed: 15 },
    );
  });

  it("keeps, against an older source of another programme, what is known, and takes what is new", () => {
    fc.assert(
      fc.property(histories, histories, (before, [next]) => {
        const row = mergeHistory(mergeValues, before);
        const { values, olderIgnored } = mergeValues(patient, row, toStatement(patient, next ?? {}), true);
        return patient.items.every((item) => {
          const was = row[item.index] ?? null;
          const known = was !== null && !UNKNOWN.has(was);
          return known ? values[item.index] === was : !olderIgnored.includes(item);
        });
      }),
      { numRuns: 500, seed: 16 },
    );
  });
});
