import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { ImporterRow } from "../../../mappings/files/importer-row.ts";
import { UnreadableEntry } from "../../../mappings/files/unreadable-entry.ts";
import { importerHeader } from "../../../src/dataset/csv-header.ts";
import type { UploadContent } from "../../../src/submission/upload-ports.ts";
import { contentOf, gw, readFile, readRawAll } from "./memory-content.ts";
import { EVENT_ROWS, NHS_NUMBERS, PATIENT_ROWS, toCsv, toZip } from "./sample-files.ts";

const cellsOf = (entries: readonly unknown[]) => entries.map((entry) => (entry instanceof ImporterRow ? entry.cells : entry));
const codesOf = (entries: readonly unknown[]) => entries.map((entry) => (entry instanceof UnreadableEntry ? entry.code : "READ"));
const readCsv = (data: string | Buffer, recordType: Parameters<typeof readFile>[2] = {}) =>
  readFile("IMPORTER_CSV", contentOf(data), recordType);

describe("an importer file", () => {
  it("may have its columns in any order, spelt with other case, spacing and underscores", async () => {
    const text = "Surname, NHS_NUMBER ,date of birth,GENDER,hospital-number\nTest,9990000018,12/04/1950,FEMALE,H1\n";
    const { entries, places, issues } = await readCsv(`\uFEFF${text}`);
    expect(issues).toEqual([]);
    expect(places).toEqual(["row 2"]);
    expect(cellsOf(entries)).toEqual([
      { surname: "Test", nhsNumber: "9990000018", dateOfBirth: "12/04/1950", gender: "FEMALE", hospitalNumber: "H1" },
    ]);
  });

  it("may use commas, semicolons or tabs, any line end, UTF-8 or UTF-16", async () => {
    const plain = await readCsv(toCsv("PATIENT", PATIENT_ROWS));
    expect(cellsOf(plain.entries)).toEqual(PATIENT_ROWS);
    const utf16 = (text: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")]);
    const variants = [
      toCsv("PATIENT", PATIENT_ROWS, ";"),
      toCsv("PATIENT", PATIENT_ROWS, "\t"),
      toCsv("PATIENT", PATIENT_ROWS).replaceAll("\r\n", "\n"),
      toCsv("PATIENT", PATIENT_ROWS).replaceAll("\r\n", "\r"),
      utf16(toCsv("PATIENT", PATIENT_ROWS, "\t")),
      utf16(toCsv("PATIENT", PATIENT_ROWS)).swap16(),
    ];
    for (const data of variants) expect(cellsOf((await readCsv(data)).entries)).toEqual(PATIENT_ROWS);
  });

  it("is told apart by its header, or by what its name says", async () => {
    for (const { name } of gw.recordTypes) {
      const row = Object.fromEntries(importerHeader(gw, name).map((column) => [column, "1"]));
      const { entries, issues } = await readCsv(toCsv(name, [row]));
      expect(issues).toEqual([]);
      expect(entries[0]).toMatchObject({ recordType: name });
    }
    const ambiguous = "patient.nhsNumber,type\n9990000018,DIABETES\n";
    expect((await readCsv(ambiguous, { recordType: "COMORBIDITY" })).entries).toHaveLength(1);
  });

  it("warns of columns nobody knows, and names only what can be a name", async () => {
    const header = "nhsNumber,sirname,9434765919,a=b,reasonCode,reason_text,";
    const { issues, entries } = await readCsv(`${header}\n9990000018,x,y,z,CODE_UNKNOWN,why,\n`, { recordType: "PATIENT" });
    expect(issues.map(({ severity, expression, suggestion }) => [severity, expression, suggestion])).toEqual([
      ["WARNING", "row 1.sirname", "surname"],
      ["WARNING", "row 1[3]", undefined],
      ["WARNING", "row 1[4]", undefined],
    ]);
    expect(cellsOf(entries)).toEqual([{ nhsNumber: "9990000018" }]);
  });

  it.each([
    ["no column of ours", "A,B,C\n1,2,3\n", "PATIENT", ["row 1"]],
    [
      "no number of the patient",
      "type,date\n1,2\n",
      "PREVIOUS_EVENT",
      ["row 1.patient.nhsNumber", "row 1.patient.hospitalNumber"],
    ],
    [
      "no key of its parent",
      "patient.nhsNumber,initiatingEvent.eventType,type,date\n",
      "TREATMENT",
      ["row 1.initiatingEvent.eventDate"],
    ],
    ["no key of its own", "patient.nhsNumber,type\n", "PREVIOUS_EVENT", ["row 1.date"]],
    ["a column twice", "nhsNumber,NHS Number\n1,2\n", "PATIENT", ["row 1.NHS Number"]],
  ] as const)("is refused where it has %s", async (_what, text, recordType, expressions) => {
    const { issues, entries } = await readCsv(text, { recordType });
    expect(entries).toEqual([]);
    expect(issues.filter(({ severity }) => severity === "ERROR").map(({ code, expression }) => `${code} ${expression}`)).toEqual(
      expressions.map((expression) => `COLUMNS_UNRECOGNISED ${expression}`),
    );
  });

  it.each([
    ["FORMAT_UNRECOGNISED", "\n\n"],
    ["RECORD_TYPE_UNKNOWN", "A,B,C\n1,2,3\n"],
    ["ENCODING_UNREADABLE", Buffer.from("nhsNumber,surname,\0\n")],
    ["ENCODING_UNREADABLE", Buffer.from("nhsNumber,Prénom,Prénom\x81\n", "latin1")],
    ["ENCODING_UNREADABLE", Buffer.concat([Buffer.from([0xff, 0xfe, 0x00, 0xd8]), Buffer.from("nhsNumber", "utf16le")])],
  ])("is refused with %s where that is what is wrong", async (code, data) => {
    const { issues, entries } = await readCsv(data);
    expect({ codes: issues.map((issue) => issue.code), entries }).toEqual({ codes: [code], entries: [] });
  });

  it("answers for each row that cannot be read, and reads the others", async () => {
    const good = "9990000018,Test";
    const rows = ["nhsNumber,surname", good, "1", "1,2,3", `${good},,`, 'a,"b', "x,\0", '"a"b,c', ",", "", good];
    const data = Buffer.concat([
      Buffer.from(`${rows.join("\n")}\n`),
      Buffer.from("1,Zo\xeb\n", "latin1"),
      Buffer.from("1,Zoë\n"),
    ]);
    const { entries, places } = await readCsv(data);
    expect(places.map((place, index) => `${place} ${codesOf(entries)[index]}`).toSorted()).toEqual(
      [
        "row 2 READ",
        "row 3 COLUMNS_UNRECOGNISED",
        "row 4 COLUMNS_UNRECOGNISED",
        "row 5 READ",
        "row 6 FORMAT_UNRECOGNISED",
        "row 7 ENCODING_UNREADABLE",
        "row 8 FORMAT_UNRECOGNISED",
        "row 11 READ",
        "row 12 ENCODING_UNREADABLE",
        "row 13 READ",
      ].toSorted(),
    );
  });

  it("keeps line ends and delimiters that stand in quotes", async () => {
    const address = 'Flat 1,\n"The Mews"';
    const { entries, places } = await readCsv(
      toCsv("PATIENT", [
        { nhsNumber: "1", address },
        { nhsNumber: "2", address: "x" },
      ]),
    );
    expect(cellsOf(entries)).toEqual([
      { nhsNumber: "1", address },
      { nhsNumber: "2", address: "x" },
    ]);
    expect(places).toEqual(["row 2", "row 3"]);
  });

  it("takes the apostrophe away that keeps a spreadsheet from running a cell", async () => {
    const values = ["'=1+1", "'+44 20", "'-5", "'@x", "'tis", "O'Hara", "=1"];
    const { entries } = await readCsv(
      toCsv(
        "PATIENT",
        values.map((surname, index) => ({ nhsNumber: `9${index}`, surname })),
      ),
    );
    expect(cellsOf(entries).map((cells) => Object(cells).surname)).toEqual([
      "=1+1",
      "+44 20",
      "-5",
      "@x",
      "'tis",
      "O'Hara",
      "=1",
    ]);
  });

  it("is gathered by patient, whichever of the numbers a row states, in the order of first rows", async () => {
    const rows = [
      { "patient.hospitalNumber": "H1", eventType: "A", eventDate: "1" },
      { "patient.hospitalNumber": "h 2", eventType: "B", eventDate: "2" },
      { "patient.nhsNumber": "999 000 0018", eventType: "C", eventDate: "3" },
      { "patient.nhsNumber": "9990000026", "patient.hospitalNumber": "H2", eventType: "D", eventDate: "4" },
      { "patient.nhsNumber": "999-000-0018", "patient.hospitalNumber": "H1", eventType: "E", eventDate: "5" },
      { "patient.nhsNumber": "0000000000", eventType: "F", eventDate: "6" },
      { "patient.nhsNumber": "0000000000", eventType: "G", eventDate: "7" },
    ];
    const { places, entries } = await readCsv(toCsv("INITIATING_EVENT", rows));
    expect(places).toEqual(["row 2", "row 4", "row 6", "row 3", "row 5", "row 7", "row 8"]);
    expect(entries.map((entry) => (entry instanceof ImporterRow ? entry.group : null))).toEqual([0, 0, 0, 1, 1, 2, 3]);
  });

  it("hands its raw rows out in its own order, as they were written", async () => {
    const text = `${toCsv("PATIENT", PATIENT_ROWS)}a,b\r\n"\r\n`;
    const raw = await readRawAll("IMPORTER_CSV", contentOf(text));
    expect(raw.map(({ place, cells }) => [place, cells?.at(2)])).toEqual([
      ["row 2", "Test"],
      ["row 3", "Best, the"],
      ["row 4", undefined],
      ["row 5", undefined],
    ]);
    expect(raw.map(({ cells }) => cells).slice(2)).toEqual([["a", "b"], ['"']]);
    expect(new Set(raw.map(({ header }) => header)).size).toBe(1);
  });
});

describe("importer files in a zip", () => {
  const readZip = async (files: Parameters<typeof toZip>[0]) => readFile("IMPORTER_ZIP", contentOf(await toZip(files)));

  it("are gathered by patient over all files, their rows named by record type", async () => {
    const { places, issues } = await readZip({
      "export/initiating_event_2026.csv": toCsv("INITIATING_EVENT", EVENT_ROWS, ";"),
      "export/Patients 2026.csv": toCsv("PATIENT", PATIENT_ROWS),
      "__MACOSX/export/._Patients 2026.csv": "x",
      "export/patient-more.csv": toCsv("PATIENT", [{ nhsNumber: NHS_NUMBERS[2] }]),
    });
    expect(issues).toEqual([]);
    expect(places).toEqual([
      "initiatingEvent row 2",
      "patient row 3",
      "initiatingEvent row 3",
      "patient row 2",
      "patient 2 row 2",
    ]);
  });

  it("are known by their header where their name says nothing, and refused where neither does", async () => {
    expect((await readZip({ "a.csv": toCsv("PATIENT", PATIENT_ROWS) })).places).toEqual(["patient row 2", "patient row 3"]);
    const { issues } = await readZip({ "patient.csv": toCsv("PATIENT", PATIENT_ROWS), "notes.txt": "hello\n" });
    expect(issues.map(({ code, expression }) => `${code} ${expression}`)).toEqual(["RECORD_TYPE_UNKNOWN file 2"]);
  });

  it("hand their raw rows out file by file", async () => {
    const zip = await toZip({
      "patient.csv": toCsv("PATIENT", PATIENT_ROWS),
      "initiating_event.csv": toCsv("INITIATING_EVENT", EVENT_ROWS),
    });
    const raw = await readRawAll("IMPORTER_ZIP", contentOf(zip));
    expect(raw.map(({ place, recordType }) => `${place} ${recordType}`)).toEqual([
      "patient row 2 PATIENT",
      "patient row 3 PATIENT",
      "initiatingEvent row 2 INITIATING_EVENT",
      "initiatingEvent row 3 INITIATING_EVENT",
    ]);
  });
});

const SAMPLES = path.join(import.meta.dirname, "../../../../shared/data/csv-robustness");
const present = existsSync(SAMPLES);
if (!present) console.info("the samples of broken CSV are not found beside the checkout: they are not tested");

describe.runIf(present)("published samples of odd CSV", () => {
  const read = (file: string): UploadContent => contentOf(readFileSync(path.join(SAMPLES, file)));

  it.each(["bomd.csv", "broken.csv", "hello_utf8.txt"])("%s holds nothing of ours, and is refused with a code", async (file) => {
    const { issues, entries } = await readFile("IMPORTER_CSV", read(file));
    expect({ codes: issues.map(({ code }) => code), entries }).toEqual({ codes: ["RECORD_TYPE_UNKNOWN"], entries: [] });
  });

  it("are read as far as they go where their header is ours", async () => {
    const broken = (await read("broken.csv").read(0, 1_000))
      .toString("utf8")
      .replace("I,really,think", "nhsNumber,surname,forename");
    const { entries } = await readFile("IMPORTER_CSV", contentOf(broken));
    expect(codesOf(entries)).toEqual(["FORMAT_UNRECOGNISED", "READ"]);
  });
});
