import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ImporterRow } from "../../../mappings/files/importer-row.ts";
import { UnreadableEntry } from "../../../mappings/files/unreadable-entry.ts";
import { dateSerial, formatted, type SheetCell, toWorkbook, type WorkbookSpec } from "../../support/workbook.ts";
import { contentOf, mapFile, OPTIONS, reader, readFile, readRawAll, SCRATCH } from "./memory-content.ts";
import { toZip } from "./sample-files.ts";

const read = async (spec: WorkbookSpec, options: Parameters<typeof readFile>[2] = {}) =>
  readFile("EXCEL", contentOf(await toWorkbook(spec)), options);
const patients = (rows: readonly (readonly SheetCell[] | null)[], more: Partial<WorkbookSpec> = {}): WorkbookSpec => ({
  sheets: [{ name: "Patient", rows }],
  ...more,
});
const cellsOf = (entries: readonly unknown[]) => entries.map((entry) => (entry instanceof ImporterRow ? entry.cells : entry));
const codesOf = (issues: readonly { severity: string; code: string; expression: string }[]) =>
  issues.map(({ severity, code, expression }) => `${severity} ${code} ${expression}`);
const HEADER = ["nhsNumber", "surname"];

describe("a workbook", () => {
  it("is read sheet by sheet, each named by record type, its rows counted as the spreadsheet counts them", async () => {
    const { places, issues, entries } = await read({
      sheets: [
        { name: "Patient 2026", rows: [HEADER, ["9990000018", "One"], null, ["9990000026", "Two"]] },
        {
          name: "Comorbidity",
          rows: [
            ["patient.nhsNumber", "type"],
            ["9990000026", "DIABETES"],
          ],
        },
      ],
    });
    expect(issues).toEqual([]);
    expect(places).toEqual(["sheet Patient 2026 row 2", "sheet Patient 2026 row 4", "sheet Comorbidity row 2"]);
    expect(cellsOf(entries)).toEqual([
      { nhsNumber: "9990000018", surname: "One" },
      { nhsNumber: "9990000026", surname: "Two" },
      { "patient.nhsNumber": "9990000026", type: "DIABETES" },
    ]);
  });

  it("never shows a sheet's name that could be somebody's, but its number", async () => {
    const rows = [HEADER, ["9990000018", "One"]];
    const { places } = await read({
      sheets: ["Patient John Smith", "Jane Doe", "Patient 12345"].map((name) => ({ name, rows })),
    });
    expect(places).toEqual(["sheet 1 row 2", "sheet 2 row 2", "sheet 3 row 2"]);
  });

  it("of one sheet may say by the file's name what it holds", async () => {
    const sheet = {
      name: "Sheet1",
      rows: [
        ["patient.nhsNumber", "type"],
        ["9990000018", "DIABETES"],
      ],
    };
    expect((await read({ sheets: [sheet] }, { recordType: "COMORBIDITY" })).entries).toHaveLength(1);
    const other = {
      name: "Sheet1",
      rows: [
        ["A", "B"],
        ["1", "2"],
      ],
    };
    expect(codesOf((await read({ sheets: [other] })).issues)).toEqual([
      "WARNING TABLE_NOT_READ sheet 1",
      "ERROR RECORD_TYPE_UNKNOWN file",
    ]);
  });

  it("may have sheets beside those of the audit, which are named and passed over", async () => {
    const { issues, entries } = await read({
      sheets: [
        { name: "Patient", rows: [HEADER, ["9990000018", "One"]] },
        { name: "Notes", rows: [["What to do"], ["Call the ward"]] },
        { name: "Patient lookup", rows: [["Code", "Meaning"]] },
        { name: "Empty", rows: [] },
      ],
    });
    expect(codesOf(issues)).toEqual(["WARNING TABLE_NOT_READ sheet 2", "WARNING TABLE_NOT_READ sheet 3"]);
    expect(entries).toHaveLength(1);
  });

  it("may have its header below a title", async () => {
    const { places, issues } = await read(
      patients([["Cardiac rehabilitation"], null, ["Exported", 45_000], HEADER, ["9990000018", "A"]]),
    );
    expect(places).toEqual(["sheet Patient row 5"]);
    expect(codesOf(issues)).toEqual(["INFORMATION TABLE_NOT_READ sheet Patient row 1"]);
  });

  it("gives dates, numbers, yes and no as what they are", async () => {
    const formats = ["dd/mm/yyyy", "0000000", "000 000 0000"];
    const { entries } = await read(
      patients(
        [
          ["nhsNumber", "hospitalNumber", "dateOfBirth", "auditObjection", "surname"],
          [formatted(9_990_000_018, 3), formatted(1234, 2), formatted(dateSerial("1950-04-12"), 1), true, "A"],
        ],
        { formats },
      ),
    );
    expect(cellsOf(entries)).toEqual([
      { nhsNumber: "9990000018", hospitalNumber: "0001234", dateOfBirth: "1950-04-12", auditObjection: "TRUE", surname: "A" },
    ]);
    const [row] = entries;
    expect(
      row instanceof ImporterRow && [row.typeOf("dateOfBirth"), row.typeOf("auditObjection"), row.typeOf("surname")],
    ).toEqual(["date", "boolean", "text"]);
  });

  it("may count its days from 1904", async () => {
    const rows = [
      ["nhsNumber", "dateOfBirth"],
      ["9990000018", formatted(dateSerial("1950-04-12") - 1462, 1)],
    ];
    const { entries } = await read(patients(rows, { date1904: true, formats: ["dd/mm/yyyy"] }));
    expect(cellsOf(entries)).toEqual([{ nhsNumber: "9990000018", dateOfBirth: "1950-04-12" }]);
  });

  it("gives the stored results of formulas, errors as errors, and what was never calculated as one", async () => {
    const rows = [
      ["nhsNumber", "surname", "forename", "address", "telephone"],
      [
        { xml: "<f>A1</f><v>9990000018</v>" },
        { t: "str", xml: '<f>"a"</f><v>a</v>' },
        { t: "e", xml: "<v>#N/A</v>" },
        { xml: "<f>NOW()</f>" },
        { t: "str", xml: "<f>B1</f><v></v>" },
      ],
    ] as const;
    const { entries } = await read(patients(rows));
    expect(cellsOf(entries)).toEqual([{ nhsNumber: "9990000018", surname: "a", forename: "#N/A", address: "#NOT CALCULATED" }]);
    const { drafts } = await mapFile("EXCEL", contentOf(await toWorkbook(patients(rows))));
    expect(drafts[0]?.issues).toEqual([
      { severity: "ERROR", code: "SPREADSHEET_ERROR", field: "forename", expression: "sheet Patient row 2.forename" },
      { severity: "ERROR", code: "SPREADSHEET_ERROR", field: "address", expression: "sheet Patient row 2.address" },
    ]);
  });

  it("reads texts of every form: shared, inline, in runs, with escaped characters", async () => {
    const rich = { t: "inlineStr", xml: "<is><r><t>Sm</t></r><r><t>ith</t></r><rPh><t>x</t></rPh></is>" };
    const rows = [
      [...HEADER, "forename"],
      ["9990000018", rich, { t: "inlineStr", xml: "<is><t>A_x0041_&amp;</t></is>" }],
    ];
    for (const inline of [true, false]) {
      const { entries } = await read(patients(rows, { inline }));
      expect(cellsOf(entries)).toEqual([{ nhsNumber: "9990000018", surname: "Smith", forename: "AA&" }]);
    }
  });

  it("says that rows or columns are hidden, and that cells are merged, and reads them", async () => {
    const rows = [HEADER, ["9990000018", "A"], ["9990000026", "B"]];
    const { issues, entries } = await read({
      sheets: [{ name: "Patient", rows, hiddenRows: [3], after: '<mergeCells><mergeCell ref="B2:B3"/></mergeCells>' }],
    });
    expect(entries).toHaveLength(2);
    expect(codesOf(issues)).toEqual(["WARNING ROWS_HIDDEN sheet Patient", "WARNING CELLS_MERGED sheet Patient"]);
    const before = '<cols><col min="2" max="2" hidden="1"/></cols>';
    expect(codesOf((await read({ sheets: [{ name: "Patient", rows, before }] })).issues)).toEqual([
      "WARNING ROWS_HIDDEN sheet Patient",
    ]);
  });

  it("says that a column of numbers cannot show the zeros it has lost", async () => {
    const { issues } = await read(
      patients([
        ["hospitalNumber", "surname"],
        [1234, "A"],
        ["0123", "B"],
      ]),
    );
    expect(issues).toEqual([
      {
        severity: "WARNING",
        code: "LEADING_ZERO_LOST",
        field: "hospitalNumber",
        expression: "sheet Patient row 1.hospitalNumber",
      },
    ]);
  });

  it("refuses a row with something behind its last column, and no other", async () => {
    const { entries, places } = await read(patients([HEADER, ["9990000018"], ["9990000026", "B", null, "stray"]]));
    expect(places).toEqual(["sheet Patient row 2", "sheet Patient row 3"]);
    expect(entries[1]).toEqual(new UnreadableEntry("COLUMNS_UNRECOGNISED", { max: 2 }));
  });

  it("hands its raw rows out for the file of failed rows, in the sender's own columns", async () => {
    const bytes = await toWorkbook(
      patients([
        ["NHS number", "Family"],
        ["9990000018", "A"],
      ]),
    );
    const raw = await readRawAll("EXCEL", contentOf(bytes));
    expect(raw).toEqual([
      {
        place: "sheet Patient row 2",
        recordType: "PATIENT",
        cells: ["9990000018", "A"],
        header: ["NHS number", "Family"],
        text: null,
      },
    ]);
  });

  it("leaves nothing behind of what was laid aside", async () => {
    const entries = await reader.open("EXCEL", contentOf(await toWorkbook(patients([HEADER, ["9990000018", "A"]]))), OPTIONS);
    await entries.close();
    expect(readdirSync(SCRATCH)).toEqual([]);
  });
});

const OLE = Buffer.from("d0cf11e0a1b11ae1", "hex");

describe("a workbook that is not read", () => {
  it.each([
    ["Excel 97-2003", async () => Buffer.concat([OLE, Buffer.from("Workbook", "utf16le")]), "WORKBOOK_UNSUPPORTED"],
    [
      "under a password",
      async () => Buffer.concat([OLE, Buffer.alloc(70_000), Buffer.from("EncryptedPackage", "utf16le")]),
      "FILE_PROTECTED",
    ],
    ["binary", () => toZip({ "[Content_Types].xml": "", "xl/workbook.bin": "x" }), "WORKBOOK_UNSUPPORTED"],
    [
      "OpenDocument",
      () => toZip({ mimetype: "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "", "META-INF/manifest.xml": "" }),
      "WORKBOOK_UNSUPPORTED",
    ],
    ["without its main part", () => toZip({ "[Content_Types].xml": "", "xl/other.xml": "" }), "FORMAT_UNRECOGNISED"],
    ["without rows", () => toWorkbook({ sheets: [{ name: "Patient", rows: [] }] }), "FORMAT_UNRECOGNISED"],
    [
      "broken XML",
      () => toWorkbook(patients([HEADER], { parts: { "xl/worksheets/sheet1.xml": "<worksheet><row></worksheet>" } })),
      "FORMAT_UNRECOGNISED",
    ],
    [
      "a document type",
      () => toWorkbook(patients([HEADER], { parts: { "xl/sharedStrings.xml": '<!DOCTYPE sst [<!ENTITY a "b">]><sst/>' } })),
      "FORMAT_UNRECOGNISED",
    ],
    [
      "rows out of order",
      () =>
        toWorkbook(
          patients([HEADER], {
            parts: { "xl/worksheets/sheet1.xml": '<worksheet><sheetData><row r="2"/><row r="1"/></sheetData></worksheet>' },
          }),
        ),
      "FORMAT_UNRECOGNISED",
    ],
    [
      "a cell beyond all columns",
      () =>
        toWorkbook(
          patients([HEADER], {
            parts: {
              "xl/worksheets/sheet1.xml": '<worksheet><sheetData><row><c r="XFD1"><v>1</v></c></row></sheetData></worksheet>',
            },
          }),
        ),
      "FORMAT_UNRECOGNISED",
    ],
  ] as const)("is refused with a code: %s", async (_what, make, code) => {
    const { issues, entries } = await readFile("EXCEL", contentOf(await make()));
    expect(issues.map((issue) => `${issue.severity} ${issue.code}`)).toEqual([`ERROR ${code}`]);
    expect(entries).toEqual([]);
    expect(readdirSync(SCRATCH)).toEqual([]);
  });

  it("is refused where a sheet unpacks to a hundred times its size without end", async () => {
    const blank = `<worksheet><sheetData>${" ".repeat(110 * 1024 * 1024)}</sheetData></worksheet>`;
    const { issues } = await readFile(
      "EXCEL",
      contentOf(await toWorkbook(patients([HEADER], { parts: { "xl/worksheets/sheet1.xml": blank } }))),
    );
    expect(issues).toMatchObject([{ code: "FORMAT_UNRECOGNISED", params: { reason: "RATIO" } }]);
  }, 30_000);
});
