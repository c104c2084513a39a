/**
 * The importer's CSV header: one file per record type, columns derived from the dictionary. A row says whose it is by the identity of
 * each of its ancestors, so that a file of children can be sent without the file of their parents.
 */
import { ANCHOR_DATE_ITEMS } from "./anchor-date.ts";
import type { RecordTypeName } from "./define.ts";
import type { CompiledRecordType, Dictionary } from "./dictionary.ts";

export const SOURCE_RECORD_ID = "sourceRecordId";
/** A column that any file may have beside those of its header: it says of a row that its record is deleted. */
export const RECORD_STATUS = "recordStatus";
/** What a patient is found by, in place of a natural key. */
const PATIENT_IDENTITY = ["nhsNumber", "hospitalNumber"];

/**
 * Column names of a record type's file, in order: the sender's own id, the identity of each ancestor from the patient down
 * (`patient.nhsNumber`, `initiatingEvent.eventDate`), then the items by their names.
 */
export function importerHeader(dictionary: Dictionary, recordType: RecordTypeName): readonly string[] {
  const own = dictionary.recordType(recordType);
  const columns = ancestorsOf(dictionary, own).flatMap((ancestor) =>
    identityOf(ancestor).map((name) => `${columnPrefix(ancestor)}.${name}`),
  );
  return [SOURCE_RECORD_ID, ...columns, ...own.items.map((item) => item.name)];
}

/** The columns of an ancestor's identity, by the names of its items: `eventDate` to `initiatingEvent.eventDate`. */
export function identityColumns(ancestor: CompiledRecordType): ReadonlyMap<string, string> {
  return new Map(identityOf(ancestor).map((name) => [name, `${columnPrefix(ancestor)}.${name}`]));
}

/** From the patient down, without the record type itself. */
export function ancestorsOf(dictionary: Dictionary, recordType: CompiledRecordType): readonly CompiledRecordType[] {
  const { parent } = recordType.definition;
  if (parent === null) return [];
  const above = dictionary.recordType(parent);
  return [...ancestorsOf(dictionary, above), above];
}

function identityOf(recordType: CompiledRecordType): readonly string[] {
  if (recordType.name === "PATIENT") return PATIENT_IDENTITY;
  const key = recordType.naturalKey.map((item) => item.name);
  return recordType.name === "REHABILITATION" ? [...key, ...ANCHOR_DATE_ITEMS] : key;
}

/** `InitiatingEvent` becomes `initiatingEvent`. */
export const columnPrefix = ({ definition }: CompiledRecordType): string =>
  definition.typeName.slice(0, 1).toLowerCase() + definition.typeName.slice(1);
