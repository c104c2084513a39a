/**
 * Input types of records, one per record type, and `PatientRecordInput`, what `submitRecords` takes. Every item is nullable and its
 * scalar lenient: what is missing or unreadable is an issue of its record. Only lists and `patient` have structure.
 */
import "reflect-metadata";
import type { GraphQLScalarType } from "graphql";
import { type ClassType, Field, InputType } from "type-graphql";
import type { RecordTypeName } from "../../dataset/define.ts";
import type { CompiledItem, CompiledRecordType, Dictionary } from "../../dataset/dictionary.ts";
import { BooleanInput, CodeInput, DateInput, NumberInput, TextInput } from "../scalars/lenient-scalars.ts";
import type { CodeListTypes } from "./code-list-types.ts";

const PATIENT: RecordTypeName = "PATIENT";
const SOURCE_RECORD_ID =
  "The sender's own stable id of the record. Absent in a child: derived from the parent's id and the natural key.";
const CLEAR = "Names of items to be emptied on purpose. Null and absent never empty anything.";

/** Makes all input types and returns `PatientRecordInput`. */
export function createPatientRecordInput(dictionary: Dictionary, lists: CodeListTypes): ClassType<object> {
  const patientRecord = class PatientRecordInput {};
  const classes = new Map<RecordTypeName, ClassType<object>>();
  for (const recordType of dictionary.recordTypes) classes.set(recordType.name, createInputClass(recordType, lists));
  const inputClassOf = (name: RecordTypeName) => () => classes.get(name) ?? patientRecord;
  addField(patientRecord, "sourceRecordId", () => TextInput, "The sender's own stable id of the patient's record. Mandatory.");
  Field(inputClassOf(PATIENT), { description: "Who it is about. The identity alone is enough to send what hangs below." })(
    patientRecord.prototype,
    "patient",
  );
  for (const recordType of dictionary.recordTypes) {
    const owner = recordType.name === PATIENT ? patientRecord : inputClassOf(recordType.name)();
    for (const child of recordType.children) {
      const { fieldName, description } = dictionary.recordType(child).definition;
      Field(() => [inputClassOf(child)()], { nullable: true, description })(owner.prototype, fieldName);
    }
  }
  InputType("PatientRecordInput", {
    description: "A patient, and the records below that the sender has something to say about.",
  })(patientRecord);
  return patientRecord;
}

function createInputClass(recordType: CompiledRecordType, lists: CodeListTypes): ClassType<object> {
  const inputClass = class {};
  Object.defineProperty(inputClass, "name", { value: `${recordType.definition.typeName}Input` });
  if (recordType.name !== PATIENT) addField(inputClass, "sourceRecordId", () => TextInput, SOURCE_RECORD_ID);
  for (const item of recordType.items) {
    const scalar = inputScalarOf(item, lists);
    if (item.kind === "codes")
      Field(() => [scalar], { nullable: "itemsAndList", description: describeItem(item) })(inputClass.prototype, item.name);
    else addField(inputClass, item.name, () => scalar, describeItem(item));
  }
  Field(() => [String], { nullable: true, description: CLEAR })(inputClass.prototype, "clear");
  InputType(inputClass.name, { description: `${recordType.definition.label}. ${recordType.definition.description}` })(inputClass);
  return inputClass;
}

function addField(owner: ClassType<object>, name: string, scalar: () => GraphQLScalarType, description: string): void {
  Field(scalar, { nullable: true, description })(owner.prototype, name);
}

function inputScalarOf(item: CompiledItem, lists: CodeListTypes): GraphQLScalarType {
  switch (item.kind) {
    case "code":
    case "codes":
      return lists.scalarOf(item.list);
    case "date":
    case "partialDate":
      return DateInput;
    case "integer":
    case "decimal":
      return NumberInput;
    case "boolean":
      return BooleanInput;
    case "organisation":
    case "gpPractice":
    case "programme":
      return CodeInput;
    default:
      return TextInput;
  }
}

function describeItem(item: CompiledItem): string {
  const unit = item.unit === undefined ? "" : ` Unit: ${item.unit}.`;
  return `${item.label}. ${item.description}${unit}${item.mandatory ? " Mandatory, judged on the merged record." : ""}`;
}
