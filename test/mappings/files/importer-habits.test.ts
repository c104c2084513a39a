import { describe, expect, it } from "vitest";
import type { CellType } from "../../../mappings/files/importer-cell.ts";
import { mapImporterRows } from "../../../mappings/files/importer-mapping.ts";
import { ImporterRow } from "../../../mappings/files/importer-row.ts";
import type { RecordTypeName } from "../../../src/dataset/define.ts";
import { judgeDraft } from "../../../src/dataset/judge-draft.ts";
import { dictionaryOf } from "../../../src/records/dictionaries.ts";

const known = dictionaryOf("gw-1.0");
if (known === null) throw new Error("gw-1.0 is in service");
const gw = known;

interface Case {
  readonly what: string;
  readonly type: RecordTypeName;
  readonly column: string;
  readonly text: string;
  readonly cell?: CellType;
  /** Severity, code, suggestion; null: nothing is said of it. */
  readonly expect: string | null;
  readonly system?: 1900 | 1904;
  readonly monthFirst?: boolean;
}

const EVENT = { type: "INITIATING_EVENT", column: "eventDate" } as const;
const HEIGHT = { type: "ASSESSMENT", column: "heightCm" } as const;
const CODE = { type: "INITIATING_EVENT", column: "eventType" } as const;
const PATIENT = { type: "PATIENT" } as const;

const MUST_BE_SEEN: readonly Case[] = [
  { what: "a date as a number of days", ...EVENT, text: "45000", expect: "ERROR DATE_AS_NUMBER 2023-03-15" },
  { what: "a date with a time as a number of days", ...EVENT, text: "45000.75", expect: "ERROR DATE_AS_NUMBER 2023-03-15" },
  { what: "days counted from 1904", ...EVENT, text: "43538", system: 1904, expect: "ERROR DATE_AS_NUMBER 2023-03-15" },
  {
    what: "a number cell of a workbook without a date's format",
    ...EVENT,
    text: "45000",
    cell: "number",
    expect: "ERROR DATE_AS_NUMBER 2023-03-15",
  },
  {
    what: "a date of birth as a number, without showing it",
    ...PATIENT,
    column: "dateOfBirth",
    text: "18365",
    expect: "ERROR DATE_AS_NUMBER",
  },
  { what: "the month first", ...EVENT, text: "03/15/2023", expect: "ERROR FORMAT_INVALID 2023-03-15" },
  {
    what: "either way in a column of months first",
    ...EVENT,
    text: "03/04/2023",
    monthFirst: true,
    expect: "ERROR DATE_ORDER_UNCLEAR 2023-03-04",
  },
  { what: "a day of one digit", ...EVENT, text: "5/3/2023", expect: "ERROR FORMAT_INVALID 2023-03-05" },
  { what: "a month by name", ...EVENT, text: "15-Mar-2023", expect: "ERROR FORMAT_INVALID 2023-03-15" },
  { what: "a month by its whole name", ...EVENT, text: "15th March 2023", expect: "ERROR FORMAT_INVALID 2023-03-15" },
  { what: "an American month by name", ...EVENT, text: "March 15, 2023", expect: "ERROR FORMAT_INVALID 2023-03-15" },
  { what: "points between", ...EVENT, text: "15.03.2023", expect: "ERROR FORMAT_INVALID 2023-03-15" },
  { what: "the year first with strokes", ...EVENT, text: "2023/03/15", expect: "ERROR FORMAT_INVALID 2023-03-15" },
  { what: "the year first with nothing between", ...EVENT, text: "20230315", expect: "ERROR FORMAT_INVALID 2023-03-15" },
  { what: "a month made of a text", type: "PREVIOUS_EVENT", column: "date", text: "Mar-15", expect: "ERROR TEXT_AS_DATE" },
  { what: "an error value", ...EVENT, text: "#N/A", expect: "ERROR SPREADSHEET_ERROR" },
  { what: "an error value in a name", ...PATIENT, column: "surname", text: "#REF!", expect: "ERROR SPREADSHEET_ERROR" },
  { what: "a column that was too narrow", ...EVENT, text: "########", expect: "ERROR SPREADSHEET_ERROR" },
  {
    what: "an error cell of a workbook, whatever it shows",
    ...PATIENT,
    column: "surname",
    text: "x",
    cell: "error",
    expect: "ERROR SPREADSHEET_ERROR",
  },
  { what: "an NHS number with an exponent", ...PATIENT, column: "nhsNumber", text: "9.43477E+09", expect: "ERROR DIGITS_LOST" },
  {
    what: "an NHS number without its zero",
    ...PATIENT,
    column: "nhsNumber",
    text: "101299877",
    expect: "ERROR LEADING_ZERO_LOST",
  },
  {
    what: "a hospital number with an exponent",
    ...PATIENT,
    column: "hospitalNumber",
    text: "1E+05",
    expect: "ERROR DIGITS_LOST",
  },
  {
    what: "a hospital number that became a date",
    ...PATIENT,
    column: "hospitalNumber",
    text: "2023-03-01",
    cell: "date",
    expect: "ERROR TEXT_AS_DATE",
  },
  {
    what: "a hospital number that became a day",
    ...PATIENT,
    column: "hospitalNumber",
    text: "01-Mar",
    expect: "ERROR TEXT_AS_DATE",
  },
  { what: "an id with an exponent", ...PATIENT, column: "sourceRecordId", text: "4.5E+12", expect: "ERROR DIGITS_LOST" },
  {
    what: "a telephone number without its zero",
    ...PATIENT,
    column: "telephone",
    text: "7700 900123",
    expect: "WARNING LEADING_ZERO_LOST",
  },
  { what: "a practice that became a number", ...PATIENT, column: "gpPracticeCode", text: "8.1E+05", expect: "ERROR DIGITS_LOST" },
  { what: "a number that became a date", ...HEIGHT, text: "2023-02-01", cell: "date", expect: "ERROR TEXT_AS_DATE" },
  { what: "a number that became a day", ...HEIGHT, text: "01-Feb", expect: "ERROR TEXT_AS_DATE" },
  { what: "a decimal comma", ...HEIGHT, text: "171,5", expect: "ERROR FORMAT_INVALID 171.5" },
  { what: "a number with an exponent", ...HEIGHT, text: "1.7E+02", expect: "ERROR DIGITS_LOST" },
  {
    what: "a code with places",
    ...CODE,
    text: "1.0",
    expect: `ERROR CODE_UNKNOWN ${gw.codeLists.get("EventType")?.list.options.find(({ code }) => code === 1)?.label}`,
  },
  { what: "a code that became a day", ...CODE, text: "02-Jan", expect: "ERROR TEXT_AS_DATE" },
  {
    what: "the parent's date as a number",
    type: "TREATMENT",
    column: "initiatingEvent.eventDate",
    text: "45000",
    expect: "ERROR DATE_AS_NUMBER 2023-03-15",
  },
];

const MUST_NOT_BE_TOUCHED: readonly Case[] = [
  ...["15/03/2023", "2023-03-15", "15/03/2023 10:30", "2023-03-15T10:30:00", "03/04/2023"].map((text) => ({
    what: `the date ${text}`,
    ...EVENT,
    text,
    expect: null,
  })),
  { what: "a date cell", ...EVENT, text: "2023-03-15", cell: "date", expect: null },
  { what: "a certain date in a column of months first", ...EVENT, text: "15/03/2023", monthFirst: true, expect: null },
  { what: "a month and a year", type: "PREVIOUS_EVENT", column: "date", text: "03/2015", expect: null },
  { what: "a year", type: "PREVIOUS_EVENT", column: "date", text: "2015", cell: "number", expect: null },
  { what: "a name like a month", ...PATIENT, column: "surname", text: "March", expect: null },
  { what: "a name like an answer", ...PATIENT, column: "surname", text: "True", cell: "boolean", expect: null },
  { what: "a hospital number with an E", ...PATIENT, column: "hospitalNumber", text: "1E05", expect: null },
  { what: "a hospital number with a hash", ...PATIENT, column: "hospitalNumber", text: "#123", expect: null },
  { what: "a whole telephone number", ...PATIENT, column: "telephone", text: "07700 900123", expect: null },
  { what: "an international telephone number", ...PATIENT, column: "telephone", text: "+44 7700 900123", expect: null },
  { what: "a number", ...HEIGHT, text: "171.5", cell: "number", expect: null },
  { what: "a code", ...CODE, text: "1", cell: "number", expect: null },
  { what: "a key", ...CODE, text: "MI_STEMI", expect: null },
  { what: "a good NHS number as a number", ...PATIENT, column: "nhsNumber", text: "9990000018", cell: "number", expect: null },
];

function run({ type, column, text, cell, system, monthFirst }: Case) {
  const identity: Readonly<Record<string, string>> =
    type === "PATIENT" ? { hospitalNumber: "H1" } : { "patient.hospitalNumber": "H1" };
  const row = new ImporterRow(
    type,
    0,
    { ...identity, [column]: text },
    {
      types: cell === undefined ? {} : { [column]: cell },
      habits: { dateSystem: system ?? 1900, monthFirst: new Set(monthFirst === true ? [column] : []) },
    },
  );
  return mapImporterRows([row], gw).drafts;
}

const saidOf = (item: Case): string | null => {
  const [issue] = run(item)
    .flatMap((draft) => draft.issues)
    .filter(({ expression }) => expression.endsWith(`.${item.column}`));
  return issue === undefined ? null : [issue.severity, issue.code, issue.suggestion ?? ""].join(" ").trim();
};

describe("what a spreadsheet made of a value", () => {
  it.each(MUST_BE_SEEN.map((item) => [item.what, item] as const))("is seen and explained: %s", (_what, item) => {
    expect(saidOf(item)).toBe(item.expect);
  });

  it.each(MUST_NOT_BE_TOUCHED.map((item) => [item.what, item] as const))(
    "is not seen where there is nothing: %s",
    (_what, item) => {
      expect(saidOf(item)).toBeNull();
    },
  );

  it("is never taken for the value", () => {
    for (const item of MUST_BE_SEEN) {
      const name = item.column.split(".").at(-1) ?? "";
      const values = run(item).map((draft) => draft.values[name]);
      if (item.expect?.startsWith("ERROR") === true && name !== "sourceRecordId")
        expect(
          values.filter((value) => value !== undefined && value !== "H1"),
          item.what,
        ).toEqual([]);
    }
  });

  it("is said once: the dictionary does not complain of the same cell again", () => {
    for (const item of MUST_BE_SEEN) {
      const issues = run(item).flatMap(
        (draft) => judgeDraft(draft, gw.recordType(draft.recordType), "STATED", "2026-11-22").issues,
      );
      expect(
        issues.filter(({ expression }) => expression.endsWith(`.${item.column}`)),
        item.what,
      ).toHaveLength(1);
    }
  });

  it("has a code of the catalogue, and shows no value of an item that identifies", () => {
    for (const item of MUST_BE_SEEN) {
      const issues = run(item).flatMap((draft) => draft.issues);
      for (const { code, suggestion } of issues) {
        expect(gw.issueCodes.has(code)).toBe(true);
        if (item.type === "PATIENT") expect(suggestion).toBeUndefined();
      }
    }
  });
});

describe("yes and no of a cell that holds nothing else", () => {
  it.each(["TRUE", "FALSE"])("are read by every list that has them: %s", (text) => {
    const items = gw.recordTypes.flatMap((type) => type.items.map((item) => ({ type: type.name, item })));
    const asked = items.filter(
      ({ item }) => item.kind === "boolean" || (item.kind === "code" && item.compiledList?.keys.has("YES")),
    );
    expect(asked.length).toBeGreaterThan(3);
    for (const { type, item } of asked) {
      const draft = run({ what: "", type, column: item.name, text, cell: "boolean", expect: null }).at(-1);
      if (draft === undefined) throw new Error("a row gives a draft");
      const { values } = judgeDraft(draft, gw.recordType(type), "STATED", "2026-11-22");
      expect([true, false, "YES", "NO"]).toContain(values[item.index]);
    }
  });
});
