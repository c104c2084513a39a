/**
 * NACR records as `submitRecords` takes them (`PatientRecordInput`): nested per patient, already in the dataset's own words, so nothing
 * is translated. Structure was checked before; what is missing or wrong in a value is for the dictionary to say.
 */

import type { RecordTypeName } from "../../src/dataset/define.ts";
import type { CompiledRecordType, Dictionary } from "../../src/dataset/dictionary.ts";
import type { DraftRecord, MappedSource } from "../../src/records/draft-record.ts";
import type { Issue } from "../../src/records/issue.ts";

/** The sender's own id of a record: 1 to 64 characters (dataset 2.0). */
const SOURCE_RECORD_ID_LENGTH = 64;
const SOURCE_RECORD_ID = "sourceRecordId";
const CONTROL = /\p{Cc}/u;

type Members = Readonly<Record<string, unknown>>;

export function mapRecords(records: readonly unknown[], dictionary: Dictionary): MappedSource {
  const drafts: DraftRecord[] = [];
  for (const [index, record] of records.entries()) mapPatientRecord(record, `records[${index}]`, dictionary, drafts);
  return { drafts, issues: [], mappingReport: [], mappingVersion: `records/${dictionary.version}` };
}

function mapPatientRecord(record: unknown, expression: string, dictionary: Dictionary, drafts: DraftRecord[]): void {
  const type = dictionary.recordType("PATIENT");
  const members = membersOf(record);
  const values = membersOf(members[type.definition.fieldName]);
  const id = readSourceId(members[SOURCE_RECORD_ID], `${expression}.${SOURCE_RECORD_ID}`, true);
  const patient = toDraft(type, values, null, id, `${expression}.${type.definition.fieldName}`);
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
  if (!Array.isArray(list)) return;
  for (const [index, entry] of list.entries()) {
    const expression = `${parentExpression}.${type.definition.fieldName}[${index}]`;
    const members = membersOf(entry);
    const id = readSourceId(members[SOURCE_RECORD_ID], `${expression}.${SOURCE_RECORD_ID}`, false);
    const draft = toDraft(type, members, parent, id, expression);
    drafts.push(draft);
    for (const child of type.children) mapChildren(child, members, draft, expression, dictionary, drafts);
  }
}

interface SourceId {
  readonly value: string | null;
  readonly issues: readonly Issue[];
}

/** Text is a scalar: a string, number or boolean, kept as text. An id is looked up as it is written, so its characters must be plain. */
function readSourceId(raw: unknown, expression: string, mandatory: boolean): SourceId {
  const refuse = (code: string): SourceId => ({ value: null, issues: [sourceIdIssue(code, expression)] });
  if (typeof raw === "object" && raw !== null) return refuse("FORMAT_INVALID");
  const text = String(raw ?? "").trim();
  if (text === "") return mandatory ? refuse("MANDATORY_MISSING") : { value: null, issues: [] };
  if (text.length > SOURCE_RECORD_ID_LENGTH) return refuse("LENGTH_EXCEEDED");
  return CONTROL.test(text) || !text.isWellFormed() ? refuse("FORMAT_INVALID") : { value: text, issues: [] };
}

const sourceIdIssue = (code: string, expression: string): Issue => ({
  severity: "ERROR",
  code,
  field: SOURCE_RECORD_ID,
  expression,
  params: { max: SOURCE_RECORD_ID_LENGTH },
});

function toDraft(
  type: CompiledRecordType,
  members: Members,
  parent: DraftRecord | null,
  id: SourceId,
  expression: string,
): DraftRecord {
  return {
    recordType: type.name,
    parent,
    sourceRecordId: id.value,
    expression,
    values: members,
    clear: Array.isArray(members.clear) ? members.clear.map(String) : [],
    issues: id.issues,
    mappingReport: [],
  };
}

const membersOf = (value: unknown): Members => (isObject(value) ? value : {});
const isObject = (value: unknown): value is Members => typeof value === "object" && value !== null && !Array.isArray(value);
