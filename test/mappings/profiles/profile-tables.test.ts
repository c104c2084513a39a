import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EXAMPLE_PROFILES } from "../../../mappings/files/profile-examples.ts";
import { mapProfileRows } from "../../../mappings/files/profile-mapping.ts";
import { bindTable, ProfileRow, readKeys } from "../../../mappings/files/profile-table.ts";
import type { MappedSource } from "../../../src/records/draft-record.ts";
import { compile } from "./mapping-case.ts";

const [, , dendrite] = EXAMPLE_PROFILES;
if (dendrite === undefined) throw new Error("the example of several tables is missing");
const tables = compile(dendrite);

const TABLES: Readonly<Record<string, { readonly header: string; readonly rows: readonly string[] }>> = {
  Assessments: {
    header: "AssessmentKey,RehabKey,Stage,AssessmentDate,Height,Weight,WeightUnit,HbA1cPercent,AssessedBy",
    rows: ["A1,R1,Pre,01/02/2026,175,150,lb,7.0,XX", "A2,R1,Post,01/04/2026,175,68,kg,6.5,XX"],
  },
  Rehab: { header: "RehabKey,EventKey,ReferralDate,StartDate,Mode", rows: ["R1,E1,05/01/2026,20/01/2026,Group"] },
  Events: { header: "EventKey,PatientKey,EventType,EventDate", rows: ["E1,P1,Acute MI - STEMI,03/01/2026"] },
  Patients: { header: "PatientKey,NHSNo,DOB,Sex", rows: ["P1,9990000018,01/02/1950,M"] },
};

const cellsOf = (line: string) => line.split(",").map((text) => ({ type: "text", text }) as const);

/** Rows in the order of the file's tables, as a reader that gathers by keys hands them over: all of one patient. */
function mapTables(names: readonly string[]): MappedSource {
  const rows = names.flatMap((name) => {
    const { header = "", rows: lines = [] } = TABLES[name] ?? {};
    const { bound } = bindTable(tables, { name, place: name, header: header.split(","), dateSystem: 1900 });
    if (bound === null) throw new Error(`${name} is not bound`);
    return lines.map((line) => new ProfileRow(bound, 0, cellsOf(line)));
  });
  return mapProfileRows(rows, tables, undefined);
}

describe("tables that are joined by their keys", () => {
  it("become one patient's records, whatever order the tables stand in", () => {
    const wanted = [
      ["PATIENT", null],
      ["INITIATING_EVENT", "PATIENT"],
      ["REHABILITATION", "INITIATING_EVENT"],
      ["ASSESSMENT", "REHABILITATION"],
      ["ASSESSMENT", "REHABILITATION"],
    ];
    for (const order of [Object.keys(TABLES), Object.keys(TABLES).toReversed()]) {
      const { drafts, issues } = mapTables(order);
      expect(drafts.map(({ recordType, parent }) => [recordType, parent?.recordType ?? null])).toEqual(wanted);
      expect([...issues, ...drafts.flatMap((draft) => draft.issues)]).toEqual([]);
      expect(drafts.at(-2)?.values).toMatchObject({ number: 1, weightKg: 68.04, hba1cMmolMol: 53.01 });
    }
  });

  it("share keys along the way from an assessment to its patient", () => {
    const keys = Object.entries(TABLES).map(([name, { header, rows }]) => {
      const { bound } = bindTable(tables, { name, place: name, header: header.split(","), dateSystem: 1900 });
      return bound === null ? [] : readKeys(bound, cellsOf(rows[0] ?? ""));
    });
    expect(keys).toEqual([
      ["REHABILITATION R1", "ASSESSMENT A1"],
      ["INITIATING_EVENT E1", "REHABILITATION R1"],
      ["PATIENT P1", "INITIATING_EVENT E1"],
      ["PATIENT P1", "nhsNumber 9990000018"],
    ]);
  });

  it("name a patient nobody knows where the tables above are missing", () => {
    const { drafts } = mapTables(["Assessments"]);
    expect(drafts.map(({ recordType, issues }) => [recordType, issues[0]?.code])).toEqual([
      ["ASSESSMENT", "PATIENT_UNIDENTIFIED"],
      ["ASSESSMENT", "PATIENT_UNIDENTIFIED"],
    ]);
  });

  it("are passed over where the profile does not know them", () => {
    const { bound, issues } = bindTable(tables, {
      name: "Staff",
      place: "table Staff",
      header: ["Name", "Grade"],
      dateSystem: 1900,
    });
    expect(bound).toBeNull();
    expect(issues).toMatchObject([{ severity: "WARNING", code: "COLUMNS_UNRECOGNISED", expression: "table Staff" }]);
  });
});

describe("whatever the cells hold", () => {
  const [solus] = EXAMPLE_PROFILES;
  const wide = compile(solus ?? {});
  const header = [...(wide.tables[0]?.columns.values() ?? []), "Notes", "Of nobody's"];
  const { bound } = bindTable(wide, { name: "", place: "row 1", header, dateSystem: 1900 });
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom(
      "Y",
      "N",
      "STEMI",
      "01/02/2026",
      "31/02/2026",
      "120/80",
      "9990000018",
      "NULL",
      "1e9",
      "-0",
      "\u0000",
      "=cmd()",
      "/",
      "<5",
    ),
  );
  const cell = fc.record({ type: fc.constantFrom("text", "number", "date", "boolean", "error"), text });

  it("nothing is thrown, and every cell that states something has its line in the report", () => {
    if (bound === null) throw new Error("the header is not bound");
    fc.assert(
      fc.property(fc.array(cell, { minLength: header.length, maxLength: header.length }), (cells) => {
        const source = mapProfileRows([new ProfileRow(bound, 0, cells)], wide, undefined);
        const lines = [...source.drafts.flatMap((draft) => draft.mappingReport), ...source.mappingReport];
        const told = new Set(lines.map(({ expression }) => expression));
        for (const [position, { text: content }] of cells.entries()) {
          const expression = `rows[0].${bound.columns[position]?.shown}`;
          if (content.trim() !== "") expect(told, `${expression} is not accounted for`).toContain(expression);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("would be seen if one cell had no line (control)", () => {
    if (bound === null) throw new Error("the header is not bound");
    const { mappingReport } = mapProfileRows([new ProfileRow(bound, 0, [])], wide, undefined);
    expect(mappingReport.map(({ expression }) => expression)).not.toContain("rows[0].Notes");
  });
});
