/** Small files of every format, synthetic, for tests. */
import { ZipFile } from "yazl";
import { importerHeader } from "../../../src/dataset/csv-header.ts";
import type { RecordTypeName } from "../../../src/dataset/define.ts";
import { samplePatientRecord } from "../../../src/dataset/sample-records.ts";
import type { FileFormat } from "../../../src/records/file-format.ts";
import { type AccessTableSpec, toAccess } from "../../support/access-database.ts";
import { type SheetSpec, toWorkbook } from "../../support/workbook.ts";
import { gw } from "./memory-content.ts";

export const toLines = (values: readonly unknown[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join("");

export const sampleRecords = (count: number): readonly Record<string, unknown>[] =>
  Array.from({ length: count }, (_, seed) => samplePatientRecord(gw, seed));

const NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number";
export const NHS_NUMBERS = ["9990000018", "9990000026", "9990000034"] as const;

export const fhirPatient = (id: string, nhsNumber: string, more: object = {}) => ({
  resourceType: "Patient",
  id,
  identifier: [{ system: NHS_NUMBER, value: nhsNumber }],
  birthDate: "1950-03-02",
  gender: "male",
  ...more,
});

export const fhirCondition = (id: string, subject: object, more: object = {}) => ({
  resourceType: "Condition",
  id,
  subject,
  code: { coding: [{ system: "http://snomed.info/sct", code: "401303003" }] },
  onsetDateTime: "2024-03-04",
  ...more,
});

/** An admission with the code of an infarction. */
export const hl7Message = (hospitalNumber: string, day = "02", more: readonly string[] = []): string =>
  [
    `MSH|^~\\&|PAS|RXX|GW|NACR|202603${day}120000||ADT^A01|${hospitalNumber}-${day}|P|2.4`,
    `PID|1||${hospitalNumber}^^^RXX^MR||TEST^ANNE||19500412|2`,
    `PV1|1|I|||||||||||||||||V${hospitalNumber}|||||||||||||||||||||||||202603${day}`,
    ...more,
  ].join("\r");

/** A file of a record type, its columns those that rows have. */
export function toCsv(recordType: RecordTypeName, rows: readonly Readonly<Record<string, unknown>>[], delimiter = ","): string {
  const header = columnsOf(recordType, rows);
  const lines = [header, ...rows.map((row) => header.map((column) => toCell(row[column], delimiter)))];
  return lines.map((cells) => `${cells.join(delimiter)}\r\n`).join("");
}

const columnsOf = (recordType: RecordTypeName, rows: Rows): readonly string[] => {
  const stated = new Set(rows.flatMap((row) => Object.keys(row)));
  return importerHeader(gw, recordType).filter((column) => stated.has(column));
};

type Rows = readonly Readonly<Record<string, unknown>>[];

function toSheet(name: string, recordType: RecordTypeName, rows: Rows): SheetSpec {
  const header = columnsOf(recordType, rows);
  return { name, rows: [header, ...rows.map((row) => header.map((column) => String(row[column] ?? "")))] };
}

function toTable(name: string, recordType: RecordTypeName, rows: Rows): AccessTableSpec {
  const header = columnsOf(recordType, rows);
  const texts = rows.map((row) => header.map((column) => (row[column] === undefined ? null : String(row[column]))));
  return { name, columns: header.map((column) => [column, "text"] as const), rows: texts };
}

function toCell(value: unknown, delimiter: string): string {
  const text = value === undefined || value === null ? "" : String(value);
  return /["\r\n]/.test(text) || text.includes(delimiter) ? `"${text.replaceAll('"', '""')}"` : text;
}

export async function toZip(files: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const zip = new ZipFile();
  zip.addEmptyDirectory("folder");
  for (const [name, content] of Object.entries(files)) zip.addBuffer(Buffer.from(content), name);
  zip.end();
  const parts: Buffer[] = [];
  for await (const part of zip.outputStream) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

export const PATIENT_ROWS = [
  { nhsNumber: NHS_NUMBERS[0], hospitalNumber: "H1", surname: "Test", dateOfBirth: "12/04/1950", gender: "FEMALE" },
  { nhsNumber: NHS_NUMBERS[1], hospitalNumber: "H2", surname: "Best, the", dateOfBirth: "1951-04-12", gender: "MALE" },
];
export const EVENT_ROWS = [
  { "patient.hospitalNumber": "H2", eventType: "MI_STEMI", eventDate: "2024-01-01" },
  { "patient.nhsNumber": NHS_NUMBERS[0], eventType: "MI_NSTEMI", eventDate: "02/01/2024" },
];

/** One good file of each format. */
export async function sampleFiles(): Promise<Readonly<Record<FileFormat, Buffer>>> {
  const subject = { reference: "Patient/p1" };
  return {
    NACR_NDJSON: Buffer.from(toLines(sampleRecords(7))),
    FHIR_NDJSON: Buffer.from(
      toLines([
        fhirCondition("c1", subject),
        fhirPatient("p2", NHS_NUMBERS[1]),
        fhirPatient("p1", NHS_NUMBERS[0]),
        fhirCondition("c2", { reference: "Patient/p2" }),
        { resourceType: "Organization", id: "o1" },
      ]),
    ),
    HL7V2_BATCH: Buffer.from(`${[hl7Message("1"), hl7Message("2"), hl7Message("1", "03"), hl7Message("3")].join("\r")}\r`),
    IMPORTER_CSV: Buffer.from(toCsv("PATIENT", PATIENT_ROWS)),
    IMPORTER_ZIP: await toZip({
      "patient_1.csv": toCsv("PATIENT", PATIENT_ROWS),
      "initiating_event_1.csv": toCsv("INITIATING_EVENT", EVENT_ROWS, ";"),
    }),
    EXCEL: await toWorkbook({
      sheets: [toSheet("Patient", "PATIENT", PATIENT_ROWS), toSheet("Initiating events 2026", "INITIATING_EVENT", EVENT_ROWS)],
    }),
    ACCESS: toAccess({
      tables: [toTable("tblPatients", "PATIENT", PATIENT_ROWS), toTable("InitiatingEvent", "INITIATING_EVENT", EVENT_ROWS)],
    }),
  };
}
