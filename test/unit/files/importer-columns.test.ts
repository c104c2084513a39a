import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ImporterRow } from "../../../mappings/files/importer-row.ts";
import { toWorkbook } from "../../support/workbook.ts";
import { contentOf, mapFile, readFile } from "./memory-content.ts";

const csv = (...lines: readonly string[]): string => lines.map((line) => `${line}\r\n`).join("");
const codesOf = (issues: readonly { severity: string; code: string; expression: string }[]) =>
  issues.map(({ severity, code, expression }) => `${severity} ${code} ${expression}`);
const EVENTS = "patient.hospitalNumber,eventType,eventDate";

describe("a column of dates", () => {
  it("in which more can only be read with the month first is said to be so, and what can be read in two ways is refused", async () => {
    const file = csv(
      EVENTS,
      "H1,MI_STEMI,03/15/2023",
      "H2,MI_STEMI,12/25/2023",
      "H3,MI_STEMI,03/04/2023",
      "H4,MI_STEMI,31/01/2023",
    );
    const { drafts, issues } = await mapFile("IMPORTER_CSV", contentOf(file));
    expect(codesOf(issues)).toEqual(["WARNING DATE_ORDER_UNCLEAR row 1.eventDate"]);
    expect(
      drafts.flatMap((draft) => draft.issues).map(({ code, expression, suggestion }) => [expression, code, suggestion]),
    ).toEqual([
      ["row 2.eventDate", "FORMAT_INVALID", "2023-03-15"],
      ["row 3.eventDate", "FORMAT_INVALID", "2023-12-25"],
      ["row 4.eventDate", "DATE_ORDER_UNCLEAR", "2023-03-04"],
    ]);
  });

  it("is read as it is meant here where one date in it is a slip", async () => {
    const file = csv(EVENTS, "H1,MI_STEMI,03/15/2023", "H2,MI_STEMI,25/12/2023", "H3,MI_STEMI,03/04/2023");
    const { drafts, issues } = await mapFile("IMPORTER_CSV", contentOf(file));
    expect(issues).toEqual([]);
    expect(drafts.flatMap((draft) => draft.issues)).toHaveLength(1);
  });

  it("is looked at as a whole, wherever a chunk begins", async () => {
    const rows = Array.from({ length: 6 }, (_, index) => `H${index},MI_STEMI,0${index + 1}/02/2023`);
    const file = csv(EVENTS, ...rows, "H9,MI_STEMI,12/25/2023");
    const { drafts } = await mapFile("IMPORTER_CSV", contentOf(file), { size: 1 });
    expect(drafts.flatMap((draft) => draft.issues).filter(({ code }) => code === "DATE_ORDER_UNCLEAR")).toHaveLength(6);
  });
});

describe("a column without a name", () => {
  it("is named where something stands in it, and passed over where nothing does", async () => {
    const { issues, entries } = await readFile("IMPORTER_CSV", contentOf(csv("nhsNumber,,surname,", "1,x,A,", "2,,B,")));
    expect(entries).toHaveLength(2);
    expect(codesOf(issues)).toEqual(["WARNING COLUMNS_UNRECOGNISED row 1[2]"]);
  });

  it("at the end need not have cells: spreadsheets leave them out", async () => {
    const { issues, entries } = await readFile("IMPORTER_CSV", contentOf(csv("nhsNumber,surname,,", "1,A", "2,B,,", "3")));
    expect(entries.map((entry) => entry instanceof ImporterRow)).toEqual([true, true, false]);
    expect(issues).toEqual([]);
  });
});

describe("numbers that a spreadsheet cut short", () => {
  it("put nobody's rows together", async () => {
    const file = csv("nhsNumber,surname", "9.43477E+09,A", "9.43477E+09,B", "#N/A,C", "#N/A,D");
    const { drafts } = await mapFile("IMPORTER_CSV", contentOf(file));
    expect(drafts.map(({ values }) => values.surname)).toEqual(["A", "B", "C", "D"]);
    expect(drafts.map(({ issues }) => issues.map(({ code }) => code))).toEqual([
      ["DIGITS_LOST"],
      ["DIGITS_LOST"],
      ["SPREADSHEET_ERROR"],
      ["SPREADSHEET_ERROR"],
    ]);
  });
});

describe("the XML of a sheet, spoilt anywhere", () => {
  const sheet =
    '<worksheet><cols><col min="1" hidden="1"/></cols><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>nhsNumber</t></is></c><c r="B1" t="str"><v>surname</v></c></row><row r="2" hidden="1"><c r="A2" s="1"><f>1</f><v>9990000018</v></c><c r="B2" t="e"><v>#N/A</v></c></row></sheetData><mergeCells><mergeCell ref="A2:B2"/></mergeCells></worksheet>';

  it("is answered with issues and never throws", async () => {
    const spoilt = fc
      .array(
        fc.tuple(
          fc.nat(sheet.length),
          fc.nat(8),
          fc.oneof(fc.string({ maxLength: 5 }), fc.constantFrom("<", ">", '"', "<c r=", "&#", "<row>", "]]>", "<!--")),
        ),
        { minLength: 1, maxLength: 5 },
      )
      .map((changes) => changes.reduce((text, [at, cut, put]) => text.slice(0, at) + put + text.slice(at + cut), sheet));
    await fc.assert(
      fc.asyncProperty(spoilt, async (xml) => {
        const workbook = await toWorkbook({
          sheets: [{ name: "Patient", rows: [] }],
          formats: ["dd/mm/yyyy"],
          parts: { "xl/worksheets/sheet1.xml": xml },
        });
        await mapFile("EXCEL", contentOf(workbook, 700));
      }),
      { numRuns: 150 },
    );
  }, 60_000);
});
