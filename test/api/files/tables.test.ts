/** Workbooks and databases through the public surface: uploaded, submitted, answered row by row, corrected, sent again. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dictionaryOf } from "../../../src/records/dictionaries.ts";
import { toAccess } from "../../support/access-database.ts";
import { startTestGateway, type TestGateway } from "../../support/gateway.ts";
import { rowsOf } from "../../support/importer-files.ts";
import { type Input, journey } from "../../support/journey-records.ts";
import { dateSerial, formatted, type SheetCell, type SheetSpec, toWorkbook } from "../../support/workbook.ts";
import { download, sendFile } from "./file-client.ts";

const known = dictionaryOf("gw-1.0");
if (known === null) throw new Error("the dictionary is in service");
const dictionary = known;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(async () => {
  await gateway.close();
});

let seed = 8_000;
const journeys = (count: number): readonly Input[] => Array.from({ length: count }, () => journey(++seed));
const FORMATS = ["dd/mm/yyyy"];

type Type = Parameters<typeof rowsOf>[1];

/** Rows as a spreadsheet keeps them: dates and numbers are no text. */
function toSheet(name: string, type: Type, records: readonly Input[]): SheetSpec {
  const rows = rowsOf(dictionary, type, records);
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return { name, rows: [columns, ...rows.map((row) => columns.map((column) => toCell(row[column])))] };
}

function toCell(value: unknown): SheetCell {
  if (typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value)) return formatted(dateSerial(value), 1);
  return value === undefined || value === null ? null : String(value);
}

const TYPES = ["ASSESSMENT", "REHABILITATION", "TREATMENT", "INITIATING_EVENT", "PATIENT"] as const;
const nameOf = (type: Type): string => dictionary.recordType(type).definition.fieldName;

describe("a workbook", () => {
  it("is put together per patient over its sheets, told by its content, its dates and numbers read as what they are", async () => {
    const records = journeys(3);
    const workbook = await toWorkbook({ sheets: TYPES.map((type) => toSheet(nameOf(type), type, records)), formats: FORMATS });
    const sent = await sendFile(gateway, workbook);
    expect(sent.issues.filter(({ severity }) => severity === "ERROR")).toEqual([]);
    expect(sent).toMatchObject({ status: "COMPLETED", counts: { received: 15, created: 15, rejected: 0 } });
    expect(sent.records.nodes.map(({ expression }) => expression)).toContain("sheet patient row 2");
  });

  it("comes back with the failed rows of each sheet as importer files, with the reasons, ready to be sent again", async () => {
    const records = journeys(2);
    const sheets = TYPES.map((type) => toSheet(nameOf(type), type, records));
    const events = sheets.find(({ name }) => name === nameOf("INITIATING_EVENT"));
    if (events === undefined) throw new Error("there is such a sheet");
    const position = events.rows[0]?.indexOf("eventDate") ?? -1;
    const spoilt = events.rows.map((row, index) => (index === 1 && row !== null ? row.with(position, 45_000) : row));
    const sent = await sendFile(
      gateway,
      await toWorkbook({
        sheets: sheets.map((sheet) => (sheet === events ? { ...sheet, rows: spoilt } : sheet)),
        formats: FORMATS,
      }),
    );
    expect(sent.counts).toMatchObject({ received: 10, created: 6, rejected: 4 });
    const refused = sent.records.nodes.find(
      ({ recordType, outcome }) => recordType === "INITIATING_EVENT" && outcome === "REJECTED",
    );
    expect(refused?.issues[0]).toMatchObject({
      code: "DATE_AS_NUMBER",
      expression: `sheet ${nameOf("INITIATING_EVENT")} row 2.eventDate`,
    });
    const failed = await download(gateway, sent.id, "failed-rows.csv");
    expect(failed.headers.get("content-type")).toContain("zip");
    const again = await sendFile(gateway, Buffer.from(await failed.arrayBuffer()), { mode: "VALIDATE_ONLY" });
    expect(again.counts).toMatchObject({ received: 4, rejected: 4 });
  });

  it("of one sheet comes back as one CSV, which is accepted when it was corrected", async () => {
    const rows = toSheet("Sheet1", "PATIENT", journeys(2)).rows;
    const gender = rows[0]?.indexOf("gender") ?? -1;
    const spoilt = rows.map((row, index) =>
      index === 2 && row !== null ? row.with(gender, { t: "e", xml: "<v>#N/A</v>" }) : row,
    );
    const sent = await sendFile(
      gateway,
      await toWorkbook({ sheets: [{ name: "Sheet1", rows: spoilt }], formats: FORMATS }),
      {},
      "patient_2026.xlsx",
    );
    expect(sent.counts).toMatchObject({ created: 1, rejected: 1 });
    const failed = await (await download(gateway, sent.id, "failed-rows.csv")).text();
    expect(failed).toContain("SPREADSHEET_ERROR");
    const again = await sendFile(gateway, failed.replace("#N/A", "MALE"), {}, "patient_2026.csv");
    expect(again.counts).toMatchObject({ received: 1, created: 1 });
  });

  it("of an older kind is completed and refused as a whole, with the way out", async () => {
    const old = Buffer.concat([Buffer.from("d0cf11e0a1b11ae1", "hex"), Buffer.alloc(512)]);
    const sent = await sendFile(gateway, old);
    expect(sent).toMatchObject({ status: "COMPLETED", outcome: "REJECTED", issues: [{ code: "WORKBOOK_UNSUPPORTED" }] });
  });
});

describe("an Access database", () => {
  it("is read table by table, and its failed rows come back in its own columns", async () => {
    const records = journeys(2);
    const tables = (["PATIENT", "INITIATING_EVENT"] as const).map((type) => {
      const rows = rowsOf(dictionary, type, records);
      const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
      const isDate = (column: string): boolean => /date/i.test(column);
      const toValue = (value: unknown, column: string) =>
        value === undefined || value === null ? null : isDate(column) ? new Date(`${value}T00:00:00Z`) : String(value);
      return {
        name: `tbl${dictionary.recordType(type).definition.typeName}`,
        columns: columns.map((column) => [column, isDate(column) ? "datetime" : "text"] as const),
        rows: rows.map((row, index) =>
          columns.map((column) => (column === "gender" && index === 1 ? "not a code" : toValue(row[column], column))),
        ),
      };
    });
    const sent = await sendFile(gateway, toAccess({ tables }));
    expect(sent.counts).toMatchObject({ received: 4, rejected: 2 });
    expect(sent.records.nodes.map(({ expression, outcome }) => `${expression} ${outcome}`)).toContain(
      "table tblPatient row 2 REJECTED",
    );
    const failed = await download(gateway, sent.id, "failed-rows.csv");
    expect(failed.headers.get("content-type")).toContain("zip");
  });

  it("under a password is completed and refused as a whole", async () => {
    const sent = await sendFile(gateway, toAccess({ engine: "ace", isProtected: true, tables: [] }));
    expect(sent).toMatchObject({ status: "COMPLETED", outcome: "REJECTED", issues: [{ code: "FILE_PROTECTED" }] });
  });
});
