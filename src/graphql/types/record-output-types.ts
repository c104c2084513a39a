/**
 * Object types of stored records, one per record type of the dictionary, and `PatientRecord`, the patient with everything below.
 * Every item is nullable: what is not known is null. Children are read through the request's loaders, one read per type and level.
 */
import "reflect-metadata";
import { type ClassType, Field, Float, ID, Int, ObjectType } from "type-graphql";
import type { RecordTypeName } from "../../dataset/define.ts";
import type { CompiledItem, CompiledRecordType, Dictionary } from "../../dataset/dictionary.ts";
import type { RecordNode } from "../../submission/status-ports.ts";
import type { GraphqlContext } from "../graphql-context.ts";
import { AssumedSize } from "../operation-marks.ts";
import { DateScalar, DateTimeScalar, PartialDateScalar } from "../scalars/strict-scalars.ts";
import type { CodeListTypes } from "./code-list-types.ts";

/** What a resolver returns for a record; its members are those of the GraphQL type. */
export type RecordObject = object;

export interface RecordOutputTypes {
  readonly PatientRecord: ClassType<RecordObject>;
  /** @throws Error for a record type the dictionary does not have */
  typeOf(recordType: RecordTypeName): ClassType<RecordObject>;
  /**
   * Identifying items are left out unless `withIdentity`, even where the store returned them. What is below is read as of the same
   * instant; null: as it is.
   */
  toRecordObject(node: RecordNode, withIdentity: boolean, asOf?: string | null): RecordObject;
  toPatientRecord(node: RecordNode, withIdentity: boolean, asOf?: string | null): RecordObject;
}

/** The instant a record object was read as of; no member of its GraphQL type. */
const AS_OF = Symbol("asOf");
const PATIENT: RecordTypeName = "PATIENT";
/** What the cost of an operation takes the children of one kind for: a patient has about three events, an event fewer treatments. */
const CHILDREN_OF_ONE_KIND = 3;

export function createRecordOutputTypes(dictionary: Dictionary, lists: CodeListTypes): RecordOutputTypes {
  const classes = new Map<RecordTypeName, ClassType<RecordObject>>();
  for (const recordType of dictionary.recordTypes) classes.set(recordType.name, createOutputClass(recordType, lists));
  const patientRecord = createNamedClass("PatientRecord");
  for (const recordType of dictionary.recordTypes) {
    const owner = recordType.name === PATIENT ? patientRecord : only(classes, recordType.name);
    for (const child of recordType.children) addChildren(owner, dictionary.recordType(child), only(classes, child));
  }
  describePatientRecord(patientRecord, only(classes, PATIENT));
  const toRecordObject: RecordOutputTypes["toRecordObject"] = (node, withIdentity, asOf = null) =>
    fill(only(classes, node.recordType), {
      ...readValues(dictionary.recordType(node.recordType), node, withIdentity),
      [AS_OF]: asOf,
    });
  return {
    PatientRecord: patientRecord,
    typeOf: (recordType) => only(classes, recordType),
    toRecordObject,
    toPatientRecord: (node, withIdentity, asOf = null) =>
      fill(patientRecord, { ...rowFacts(node), patient: toRecordObject(node, withIdentity, asOf), [AS_OF]: asOf }),
  };
}

function createNamedClass(name: string): ClassType<RecordObject> {
  const namedClass = class {};
  Object.defineProperty(namedClass, "name", { value: name });
  return namedClass;
}

function createOutputClass(recordType: CompiledRecordType, lists: CodeListTypes): ClassType<RecordObject> {
  const { typeName, label, description } = recordType.definition;
  const outputClass = createNamedClass(typeName);
  addRowFacts(outputClass);
  if (recordType.name === PATIENT) addField(outputClass, "yearOfBirth", () => Int, "Year of the date of birth.");
  for (const item of recordType.items) addField(outputClass, item.name, outputTypeOf(item, lists), describeItem(item));
  ObjectType(typeName, { simpleResolvers: true, description: `${label}. ${description}` })(outputClass);
  return outputClass;
}

function describePatientRecord(patientRecord: ClassType<RecordObject>, patientClass: ClassType<RecordObject>): void {
  addRowFacts(patientRecord);
  Field(() => patientClass)(patientRecord.prototype, "patient");
  addMergedPatients(patientRecord);
  const description = "A patient of the acting organisation with everything stored below.";
  ObjectType("PatientRecord", { simpleResolvers: true, description })(patientRecord);
}

const MERGED_PATIENTS =
  "Patients who were merged into this one, each with its own rows. Whatever names one of them, as `patientRecord` does, finds this one.";

/** See `addChildren`. Merges are rare. */
function addMergedPatients(patientRecord: ClassType<RecordObject>): void {
  const readMerged = function (
    this: { readonly id: string; readonly [AS_OF]: string | null },
    _arguments: unknown,
    context: GraphqlContext,
  ): Promise<readonly RecordObject[]> {
    return context.loaders.mergedPatients(this.id, this[AS_OF]);
  };
  Object.defineProperty(patientRecord.prototype, "mergedPatients", { value: readMerged });
  Field(() => [patientRecord], { description: MERGED_PATIENTS })(patientRecord.prototype, "mergedPatients");
  AssumedSize(1)(patientRecord.prototype, "mergedPatients");
}

function addRowFacts(owner: ClassType<RecordObject>): void {
  Field(() => ID)(owner.prototype, "id");
  Field(() => Int, { description: "Counts the changes of the row; 1 when it was created." })(owner.prototype, "version");
  Field(() => DateTimeScalar)(owner.prototype, "updatedAt");
}

function addField(owner: ClassType<RecordObject>, name: string, type: () => OutputType, description: string): void {
  if (name in owner.prototype || ["id", "version", "updatedAt"].includes(name))
    throw new Error(`"${name}" cannot be the name of an item.`);
  Field(type, { nullable: true, description })(owner.prototype, name);
}

/** graphql's own resolver calls a member that is a function with (arguments, context). */
function addChildren(owner: ClassType<RecordObject>, child: CompiledRecordType, childClass: ClassType<RecordObject>): void {
  const { fieldName, description } = child.definition;
  const readChildren = function (
    this: { readonly id: string; readonly [AS_OF]: string | null },
    _arguments: unknown,
    context: GraphqlContext,
  ): Promise<readonly RecordObject[]> {
    return context.loaders.children(child.name, this.id, this[AS_OF]);
  };
  Object.defineProperty(owner.prototype, fieldName, { value: readChildren });
  Field(() => [childClass], { description })(owner.prototype, fieldName);
  AssumedSize(CHILDREN_OF_ONE_KIND)(owner.prototype, fieldName);
}

type OutputType = ReturnType<typeof outputTypeOf> extends () => infer T ? T : never;

function outputTypeOf(item: CompiledItem, lists: CodeListTypes) {
  return () => {
    switch (item.kind) {
      case "integer":
        return Int;
      case "decimal":
        return Float;
      case "boolean":
        return Boolean;
      case "date":
        return DateScalar;
      case "partialDate":
        return PartialDateScalar;
      case "code":
        return lists.enumOf(item.list);
      case "codes":
        return [lists.enumOf(item.list)];
      default:
        return String;
    }
  };
}

function describeItem(item: CompiledItem): string {
  const identifying = item.identifying ? " Identifying: for the clinical team of the own organisation only." : "";
  const unit = item.unit === undefined ? "" : ` Unit: ${item.unit}.`;
  return `${item.label}. ${item.description}${unit}${identifying}`;
}

const rowFacts = (node: RecordNode) => ({ id: node.id, version: node.version, updatedAt: node.updatedAt });

function readValues(recordType: CompiledRecordType, node: RecordNode, withIdentity: boolean): object {
  const items = withIdentity ? recordType.items : recordType.clinicalItems;
  const values = items.map((item) => [item.name, node.values[item.name] ?? null]);
  return { ...rowFacts(node), yearOfBirth: node.yearOfBirth, ...Object.fromEntries(values) };
}

const fill = (recordClass: ClassType<RecordObject>, members: object): RecordObject => Object.assign(new recordClass(), members);

function only(classes: ReadonlyMap<RecordTypeName, ClassType<RecordObject>>, name: RecordTypeName): ClassType<RecordObject> {
  const found = classes.get(name);
  if (found === undefined) throw new Error(`The dictionary has no record type ${name}.`);
  return found;
}
