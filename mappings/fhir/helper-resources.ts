/**
 * Resources that make no record themselves and that others read a value from: an Organization's ODS code, the Medication a prescription
 * names. One line says that the resource was used, and one for each of its other fields that it was not.
 */
import type { MappingReportLine } from "../../src/records/issue.ts";
import { FieldLedger } from "../support/fhir-ledger.ts";
import type { ResourceEntry } from "./resource-entry.ts";

/** What is asked of each kind; its id and the type of its reference lead to it. */
const READ: Readonly<Record<string, readonly string[]>> = {
  MessageHeader: ["sender"],
  Organization: ["identifier"],
  PractitionerRole: ["organization", "code", "practitioner"],
  Medication: ["code", "ingredient", "status"],
  Specimen: ["collection"],
  Questionnaire: ["url", "item"],
  Observation: ["effectiveDateTime", "effectivePeriod", "effectiveInstant", "effectiveTiming", "issued", "specimen", "hasMember"],
  DiagnosticReport: ["effectiveDateTime", "effectivePeriod", "issued", "specimen", "result"],
};

/** Lines of the fields nobody asks for; none for a kind whose use is not known field by field. */
export function listUnread(entry: ResourceEntry): readonly MappingReportLine[] {
  const read = READ[entry.type];
  if (read === undefined) return [];
  const ledger = new FieldLedger(entry);
  for (const name of ["id", "contained", ...read]) ledger.elsewhere(name);
  return ledger.close();
}
