/**
 * NACR records as `submitRecords` takes them (`PatientRecordInput`): nested per patient, already in the dataset's own words, so nothing
 * is translated. What is missing or wrong in a value is for the dictionary to say.
 */

import { SUPERSEDED } from "../../src/dataset/correctable-key.ts";
import type { RecordTypeName } from "../../src/dataset/define.ts";
import type { CompiledRecordType, Dictionary } from "../../src/dataset/dictionary.ts";
import type { DraftRecord, MappedSource } from "../../src/records/draft-record.ts";
import type { Issue } from "../../src/records/issue.ts";
import { draftUnreadable, UnreadableEntry } from "../files/unreadable-entry.ts";
import { type PlaceOf, placesIn } from "../support/place-of.ts";
import { readSourceId, SOURCE_RECORD_ID } from "../support/stated-source-id.ts";
import { findLineFaults, findRecordFaults, isListOfChildren, isMembers, type Members } from "./record-structure.ts";

/** Total for input of any shape: lines of a file come unchecked. */
export function mapRecords(
  records: readonly unknown[],
  dictionary: Dictionary,
  placeOf: PlaceOf = placesIn("records"),
): MappedSource {
  const drafts: DraftRecord[] = [];
  for (const [index, record] of records.entries()) {
    if (record instanceof UnreadableEntry) drafts.push(draftUnreadable(record, placeOf(index)));
    else mapPatientRecord(record, placeOf(index), dictionary, drafts);
  }
  return { drafts, issues: [], mappingReport: [], mappingVersion: `records/${dictionary.version}` };
}

function mapPatientRecord(record: unknown, expression: string, dictionary: Dictionary, drafts: DraftRecord[]): void {
  const type = dictionary.recordType("PATIENT");
  const members = membersOf(record);
  const patientMembers = members[type.definition.fieldName];
  const place = `${expression}.${type.definition.fieldName}`;
  const id = readSourceId(members[SOURCE_RECORD_ID], `${expression}.${SOURCE_RECORD_ID}`, true);
  const issues = [...id.issues];
  findLineFaults(record, type, dictionary, expression, issues);
  // A patient that is not there lacks what is mandatory; nothing is wrong with its form.
  if (isMembers(record)) findRecordFaults(patientMembers ?? {}, type, dictionary, place, issues);
  const patient = toDraft(type, membersOf(patientMembers), null, id.value, issues, place);
  drafts.push(patient);
  for (const child of type.children) mapChildren(child, members, patient, expression, dictionary, drafts);
}

function mapChildren(
  name: RecordTypeName,
  parentMembers: Members,
  parent: DraftRecord,
  parentExpression: string,
  dictionary: Dictionary,
  drafts: DraftRecord[],
): void {
  const type = dictionary.recordType(name);
  const list = parentMembers[type.definition.fieldName];
  if (!isListOfChildren(list)) return;
  for (const [index, entry] of list.entries()) {
    const expression = `${parentExpression}.${type.definition.fieldName}[${index}]`;
    const members = membersOf(entry);
    const id = readSourceId(members[SOURCE_RECORD_ID], `${expression}.${SOURCE_RECORD_ID}`, false);
    const issues = [...id.issues];
    findRecordFaults(entry, type, dictionary, expression, issues);
    const draft = toDraft(type, members, parent, id.value, issues, expression);
    drafts.push(draft);
    for (const child of type.children) mapChildren(child, members, draft, expression, dictionary, drafts);
  }
}

function toDraft(
  type: CompiledRecordType,
  members: Members,
  parent: DraftRecord | null,
  sourceRecordId: string | null,
  issues: readonly Issue[],
  expression: string,
): DraftRecord {
  return {
    recordType: type.name,
    parent,
    sourceRecordId,
    expression,
    values: members,
    clear: Array.isArray(members.clear) ? members.clear.filter((name) => typeof name === "string") : [],
    ...(members.withdraw === true ? { withdraw: true } : {}),
    ...toCorrection(members),
    issues,
    mappingReport: [],
  };
}

/** Absent where nothing is said: most records state values and nothing else. */
function toCorrection({ expectedVersion, replaces }: Members): Pick<DraftRecord, "expectedVersion" | "replaces"> {
  const expects = expectedVersion === undefined || expectedVersion === null ? {} : { expectedVersion };
  if (!isMembers(replaces)) return expects;
  const { [SUPERSEDED]: superseded, ...values } = replaces;
  return { ...expects, replaces: { values, nhsNumberSuperseded: superseded === true, ifKnown: false } };
}

const membersOf = (value: unknown): Members => (isMembers(value) ? value : {});
