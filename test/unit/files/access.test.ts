import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ImporterRow } from "../../../mappings/files/importer-row.ts";
import { LIMITS } from "../../../src/lib/limits.ts";
import { toAccessCell } from "../../../src/sources/files/access/access-cell.ts";
import { AccessThread } from "../../../src/sources/files/access/access-thread.ts";
import { detectFormat } from "../../../src/sources/files/detect-format.ts";
import { type AccessSpec, toAccess } from "../../support/access-database.ts";
import { contentOf, gw, readFile, readRawAll, SCRATCH } from "./memory-content.ts";

const PATIENTS: AccessSpec["tables"][number] = {
  name: "tblPatient",
  columns: [
    ["nhsNumber", "text"],
    ["hospitalNumber", "long"],
    ["dateOfBirth", "datetime"],
    ["auditObjection", "boolean"],
    ["address", "memo"],
    ["photo", "ole"],
  ],
  rows: [
    ["9990000018", 1234, new Date(Date.UTC(1950, 3, 12)), true, "1 High Street", "x"],
    ["9990000026", null, new Date(Date.UTC(1951, 3, 12)), false, null, null],
  ],
};
const read = (spec: AccessSpec) => readFile("ACCESS", contentOf(toAccess(spec)));
const codesOf = (issues: readonly { severity: string; code: string; expression: string }[]) =>
  issues.map(({ severity, code, expression }) => `${severity} ${code} ${expression}`);

describe("an Access database", () => {
  it.each(["jet4", "ace"] as const)("of %s is read table by table, each value as what it is", async (engine) => {
    const { entries, places, issues } = await read({ engine, tables: [PATIENTS] });
    expect(places).toEqual(["table tblPatient row 1", "table tblPatient row 2"]);
    expect(entries.map((entry) => entry instanceof ImporterRow && entry.cells)).toEqual([
      {
        nhsNumber: "9990000018",
        hospitalNumber: "1234",
        dateOfBirth: "1950-04-12",
        auditObjection: "TRUE",
        address: "1 High Street",
      },
      { nhsNumber: "9990000026", dateOfBirth: "1951-04-12", auditObjection: "FALSE" },
    ]);
    expect(codesOf(issues)).toEqual([
      "INFORMATION YES_NO_WITHOUT_UNKNOWN table tblPatient header.auditObjection",
      "WARNING LEADING_ZERO_LOST table tblPatient header.hospitalNumber",
    ]);
  });

  it("is known by its beginning", async () => {
    for (const engine of ["jet4", "ace"] as const)
      expect(await detectFormat(contentOf(toAccess({ engine, tables: [PATIENTS] })), gw, null)).toBe("ACCESS");
  });

  it("may have other tables, which are named and passed over, and is refused where it has no other", async () => {
    const other = { name: "Jane Doe", columns: [["Colour", "text"]], rows: [["red"]] } as const;
    expect(
      codesOf(
        (await read({ tables: [other, { ...PATIENTS, columns: [["nhsNumber", "text"]], rows: [["9990000018"]] }] })).issues,
      ),
    ).toEqual(["WARNING TABLE_NOT_READ table 1"]);
    expect(codesOf((await read({ tables: [other] })).issues)).toEqual([
      "WARNING TABLE_NOT_READ table 1",
      "ERROR RECORD_TYPE_UNKNOWN file",
    ]);
  });

  it("is read over many pages", async () => {
    const rows = Array.from({ length: 4_500 }, (_, index) => [`H${index}`, "x".repeat(40)] as const);
    const { entries, issues } = await read({
      tables: [
        {
          name: "Patient",
          columns: [
            ["hospitalNumber", "text"],
            ["surname", "text"],
          ],
          rows,
        },
      ],
    });
    expect(entries).toHaveLength(4_500);
    expect(issues).toEqual([]);
  });

  it("says so where a table has another number of rows than it claims", async () => {
    const { issues } = await read({
      tables: [{ name: "Patient", columns: [["nhsNumber", "text"]], rows: [["9990000018"]], claims: 7 }],
    });
    expect(issues).toMatchObject([
      { severity: "WARNING", code: "TABLE_INCOMPLETE", expression: "table Patient", params: { max: 7 } },
    ]);
  });

  it.each([
    ["under a password", () => toAccess({ engine: "ace", tables: [PATIENTS], isProtected: true }), "FILE_PROTECTED"],
    ["cut off", () => toAccess({ tables: [PATIENTS] }).subarray(0, 9_000), "FORMAT_UNRECOGNISED"],
    ["that is none", () => Buffer.from("nhsNumber,surname\n1,2\n"), "FORMAT_UNRECOGNISED"],
  ])("is refused with a code: one %s", async (_what, make, code) => {
    const { issues, entries } = await readFile("ACCESS", contentOf(make()));
    expect(issues.map((issue) => `${issue.severity} ${issue.code}`)).toEqual([`ERROR ${code}`]);
    expect(entries).toEqual([]);
    expect(readdirSync(SCRATCH)).toEqual([]);
  });

  it("is refused unread where it is larger than is held in memory", async () => {
    const content = { ...contentOf(toAccess({ tables: [PATIENTS] })), bytes: LIMITS.accessBytes + 1 };
    const { issues } = await readFile("ACCESS", content);
    expect(issues).toMatchObject([{ code: "FILE_TOO_LARGE", params: { max: 256, unit: "MiB" } }]);
  });

  it("hands its raw rows out for the file of failed rows", async () => {
    const raw = await readRawAll("ACCESS", contentOf(toAccess({ tables: [PATIENTS] })));
    expect(raw.map(({ place, recordType, cells }) => [place, recordType, cells?.[0]])).toEqual([
      ["table tblPatient row 1", "PATIENT", "9990000018"],
      ["table tblPatient row 2", "PATIENT", "9990000026"],
    ]);
  });
});

describe("the thread that reads an Access database", () => {
  it("is ended where pages point in a circle", async () => {
    const bytes = toAccess({ tables: [PATIENTS] });
    // The definition of the system's own table goes on with itself.
    bytes.writeUInt32LE(2, 2 * 4096 + 4);
    const thread = new AccessThread(undefined, 1_000);
    const copy = new ArrayBuffer(bytes.length);
    bytes.copy(Buffer.from(copy));
    expect(await thread.ask({ kind: "open", bytes: copy })).toEqual({ kind: "refused", reason: "DAMAGED" });
    expect(await thread.ask({ kind: "rows", table: "x", offset: 0, limit: 1 })).toEqual({ kind: "refused", reason: "DAMAGED" });
    await thread.close();
  });
});

describe("a value of a database", () => {
  it.each([
    [null, "text", "text", ""],
    [27.299_999_237_060_547, "float", "number", "27.3"],
    [27.3, "double", "number", "27.3"],
    ["12.5000", "currency", "number", "12.5"],
    ["100", "numeric", "number", "100"],
    [10n, "bigint", "number", "10"],
    [new Date("2023-03-15T12:30:00Z"), "datetime", "date", "2023-03-15 12:30:00"],
    [new Date("1899-12-30T12:30:00Z"), "datetime", "text", "12:30:00"],
    [new Date(Number.NaN), "datetime", "error", "#UNREADABLE"],
    [Buffer.from("x"), "binary", "error", "#UNREADABLE"],
    [true, "boolean", "boolean", "TRUE"],
  ] as const)("%s of type %s is %s %s", (value, column, type, text) => {
    expect(toAccessCell(value, column)).toEqual({ type, text });
  });
});
