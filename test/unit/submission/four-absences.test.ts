/** Absent, empty, Unknown and clear through mapping, dictionary and merge, against the rule as a table. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAPPINGS } from "../../../mappings/index.ts";
import type { Value } from "../../../src/dataset/define.ts";
import { judgeDraft } from "../../../src/dataset/judge-draft.ts";
import { dictionaryOf } from "../../../src/records/dictionaries.ts";
import { mergeValues } from "../../../src/submission/merge-values.ts";
import { applyTable, ITEM_NAMES, type RecordSaid, record, type Said, toMembers } from "../../support/four-absences.ts";

const HISTORIES = 10_000;

const dictionary = dictionaryOf("gw-1.0");
if (dictionary === null) throw new Error("gw-1.0 is in service");
const patient = dictionary.recordType("PATIENT");
const known = dictionary;

type Row = readonly (Value | null)[];

/** One record on its way into a row, as a submission takes it. */
function mergeRecord(row: Row, said: RecordSaid): Row {
  const sent = [
    { sourceRecordId: "p", patient: { hospitalNumber: "H1", dateOfBirth: "1951-03-14", gender: "MALE", ...toMembers(said) } },
  ];
  const [draft] = MAPPINGS.RECORDS(sent, { dictionary: known, profile: null, detectTestData: false })?.drafts ?? [];
  if (draft === undefined) throw new Error("a record makes a draft");
  return mergeValues(patient, row, judgeDraft(draft, patient, "STATED", "2026-06-30"), false).values;
}

type Merge = (row: Row, said: RecordSaid) => Row;

/** Whether every record of a history leaves what the table says. */
function agrees(merge: Merge, history: readonly RecordSaid[]): boolean {
  let row: Row = new Array<Value | null>(patient.items.length).fill(null);
  const expected = new Map<string, string | null>();
  return history.every((said) => {
    row = merge(row, said);
    return ITEM_NAMES.every((name) => {
      expected.set(name, applyTable(name, expected.get(name) ?? null, said[name]));
      return (row[patient.byName.get(name)?.index ?? -1] ?? null) === expected.get(name);
    });
  });
}

const check = (merge: Merge, numRuns: number) =>
  fc.check(
    fc.property(fc.array(record, { maxLength: 8 }), (history) => agrees(merge, history)),
    { numRuns, seed: 20 },
  );

/** A sender that says one thing where it means another. */
const confusing =
  (from: Said["says"], to: Said): Merge =>
  (row, said) =>
    mergeRecord(row, {
      ethnicGroup: said.ethnicGroup.says === from ? to : said.ethnicGroup,
      maritalStatus: said.maritalStatus,
    });

describe("absent, empty, Unknown and clear", () => {
  it("leave what the table says, over any history of records", () => {
    const { failed, counterexample } = check(mergeRecord, HISTORIES);
    expect(counterexample).toBeNull();
    expect(failed).toBe(false);
  });

  it.each<[string, Merge]>([
    ["absent and cleared", confusing("ABSENT", { says: "CLEAR" })],
    ["empty and cleared", confusing("EMPTY", { says: "CLEAR" })],
    ["empty and Unknown", confusing("EMPTY", { says: "UNKNOWN", value: "NOT_STATED" })],
    ["Unknown and absent", confusing("UNKNOWN", { says: "ABSENT" })],
    ["Unknown and cleared", confusing("UNKNOWN", { says: "CLEAR" })],
    ["Unknown and known", confusing("UNKNOWN", { says: "KNOWN", value: "INDIAN" })],
    ["cleared and absent", confusing("CLEAR", { says: "ABSENT" })],
    ["cleared and Unknown", confusing("CLEAR", { says: "UNKNOWN", value: "NOT_STATED" })],
  ])("are told apart: %s (control)", (_pair, confused) => {
    expect(check(confused, 500).failed).toBe(true);
  });
});
