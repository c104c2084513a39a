/**
 * Input types of records, one per record type, and `PatientRecordInput`, what `submitRecords` takes. Every item is nullable and its
 * scalar lenient: what is missing or unreadable is an issue of its record. Only lists and `patient` have structure.
 */
import "reflect-metadata";
import type { GraphQLScalarType } from "graphql";
import { type ClassType, Field, InputType, Int } from "type-graphql";
import { correctableKey, SUPERSEDED } from "../../dataset/correctable-key.ts";
import type { RecordTypeName } from "../../dataset/define.ts";
import type { CompiledItem, CompiledRecordType, Dictionary } from "../../dataset/dictionary.ts";
import { BooleanInput, CodeInput, DateInput, NumberInput, TextInput } from "../scalars/lenient-scalars.ts";
import type { CodeListTypes } from "./code-list-types.ts";
import { joinMembers, noteVersions } from "./members-of-versions.ts";

const PATIENT: RecordTypeName = "PATIENT";
const SOURCE_RECORD_ID =
  "The sender's own stable id of the record. Absent in a child: derived from the parent's id and the natural key.";
const WITHDRAW =
  "True: there is no such record. The stored one it names, by its id or its identity, is withdrawn with everything below it.";
const EXPECTED_VERSION =
  "The version of the stored record that you have seen; 0: you know of none. Where it has another one, nothing is stored (`VERSION_STALE`).";
const REPLACES =
  "The stored record that is meant has this key, which is corrected to what the record states. What is left out is as the record states it.";
const NUMBER_SUPERSEDED =
  "True: the NHS number was the patient's until it was superseded, and is kept for linking. Else it was wrong, and is not kept.";
const CLEAR = "Names of items to be emptied on purpose. Null and absent never empty anything.";

/** Makes all input types and returns `PatientRecordInput`. @param dictionaries newest first; items of every one of them are taken */
export function createPatientRecordInput(
  dictionaries: readonly [Dictionary, ...Dictionary[]],
  lists: CodeListTypes,
): ClassType<object> {
  const [dictionary] = dictionaries;
  const patientRecord = class PatientRecordInput {};
  const classes = new Map<RecordTypeName, ClassType<object>>();
  for (const recordType of dictionary.recordTypes)
    classes.set(recordType.name, createInputClass(recordType, dictionaries, lists));
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

function createInputClass(
  recordType: CompiledRecordType,
  dictionaries: readonly Dictionary[],
  lists: CodeListTypes,
): ClassType<object> {
  const inputClass = class {};
  Object.defineProperty(inputClass, "name", { value: `${recordType.definition.typeName}Input` });
  if (recordType.name !== PATIENT) addField(inputClass, "sourceRecordId", () => TextInput, SOURCE_RECORD_ID);
  const items = joinMembers(
    dictionaries.map((dictionary) => ({ version: dictionary.version, members: dictionary.recordType(recordType.name).items })),
    ({ name }) => name,
  );
  for (const versioned of items) {
    const { member: item } = versioned;
    const scalar = inputScalarOf(item, lists);
    const description = `${describeItem(item)}${noteVersions(versioned)}`;
    if (item.kind === "codes") Field(() => [scalar], { nullable: "itemsAndList", description })(inputClass.prototype, item.name);
    else addField(inputClass, item.name, () => scalar, description);
  }
  Field(() => [String], { nullable: true, description: CLEAR })(inputClass.prototype, "clear");
  Field(() => Boolean, { nullable: true, description: WITHDRAW })(inputClass.prototype, "withdraw");
  addField(inputClass, "expectedVersion", () => Int, EXPECTED_VERSION);
  const replaces = createReplacesClass(recordType, lists);
  Field(() => replaces, { nullable: true, description: REPLACES })(inputClass.prototype, "replaces");
  InputType(inputClass.name, { description: `${recordType.definition.label}. ${recordType.definition.description}` })(inputClass);
  return inputClass;
}

function createReplacesClass(recordType: CompiledRecordType, lists: CodeListTypes): ClassType<object> {
  const inputClass = class {};
  const { typeName, label } = recordType.definition;
  Object.defineProperty(inputClass, "name", { value: `${typeName}ReplacesInput` });
  for (const item of correctableKey(recordType))
    addField(inputClass, item.name, () => inputScalarOf(item, lists), `${item.label}, as stored.`);
  if (recordType.name === PATIENT)
    Field(() => Boolean, { nullable: true, description: NUMBER_SUPERSEDED })(inputClass.prototype, SUPERSEDED);
  InputType(inputClass.name, { description: `The key of a stored record that is to be corrected: ${label}.` })(inputClass);
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
