/** The shape of an input type, worked out once, so that checking an input is one look-up per member. */
import {
  type GraphQLEnumType,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLScalarType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
  isScalarType,
} from "graphql";
import { LIMITS, type LimitName } from "../lib/limits.ts";
import { HOIST_NAMES, type HoistName } from "./operation-marks.ts";
import { isLenientScalar } from "./scalars/lenient-scalars.ts";

/**
 * `any`: left to the dictionary. `strict`: a list that must be sent as a list, where GraphQL would take a single entry for one.
 * `isMaterial`: what is submitted, whose texts are judged one by one and not with the call.
 */
export type Shape =
  | { readonly kind: "any" }
  | { readonly kind: "leaf"; readonly type: GraphQLScalarType | GraphQLEnumType; readonly isMaterial?: true }
  | {
      readonly kind: "list";
      readonly entry: Shape;
      readonly entryRequired: boolean;
      readonly strict: boolean;
      readonly limit: LimitName | null;
    }
  | { readonly kind: "object"; readonly table: InputTable };

export interface InputMember {
  readonly shape: Shape;
  readonly nullable: boolean;
  readonly hoist: HoistName | null;
}

export interface InputTable {
  readonly typeName: string;
  readonly members: ReadonlyMap<string, InputMember>;
  /** Members that must be there. */
  readonly required: readonly string[];
}

/** The type whose lists are the records themselves, wherever a variable of it stands. */
export const RECORD_INPUT = "PatientRecordInput";

/** Makes shapes of input types and remembers those of objects by name; make one for each schema. */
export function createShapeReader(): (type: GraphQLInputType) => Shape {
  const tables = new Map<string, InputTable>();

  const tableOf = (type: GraphQLInputObjectType, inRecord: boolean): InputTable => {
    const known = tables.get(type.name);
    if (known !== undefined) return known;
    const members = new Map<string, InputMember>();
    const fields = Object.values(type.getFields());
    const table = { typeName: type.name, members, required: fields.filter(isRequiredInputField).map(({ name }) => name) };
    tables.set(type.name, table);
    for (const field of fields) members.set(field.name, readMember(field, inRecord || type.name === RECORD_INPUT));
    return table;
  };

  const readMember = (field: GraphQLInputField, inRecord: boolean): InputMember => {
    const limit = toLimitName(field.extensions.limit) ?? (inRecord ? "childrenPerRecord" : null);
    const shape = readShape(field.type, inRecord, limit);
    const hoist = toHoistName(field.extensions.hoist);
    const isMaterial = inRecord || hoist !== null;
    return { shape: isMaterial ? asMaterial(shape) : shape, nullable: !isNonNullType(field.type), hoist };
  };

  const readShape = (wrapped: GraphQLInputType, inRecord: boolean, limit: LimitName | null): Shape => {
    const type = isNonNullType(wrapped) ? wrapped.ofType : wrapped;
    if (isListType(type)) return readList(type.ofType, inRecord, limit);
    if (isInputObjectType(type)) return { kind: "object", table: tableOf(type, inRecord) };
    return isScalarType(type) && isLenientScalar(type) ? { kind: "any" } : { kind: "leaf", type };
  };

  /** A list of lenient scalars is a value (a set of codes), so its form too is the dictionary's to judge. */
  const readList = (entryType: GraphQLInputType, inRecord: boolean, limit: LimitName | null): Shape => {
    const entry = readShape(entryType, inRecord, null);
    if (entry.kind === "any") return entry;
    const ofRecords = entry.kind === "object" && entry.table.typeName === RECORD_INPUT;
    const ownLimit = limit ?? (ofRecords ? "patientsPerRequest" : null);
    return { kind: "list", entry, entryRequired: isNonNullType(entryType), strict: inRecord || ofRecords, limit: ownLimit };
  };

  return (type) => readShape(type, false, null);
}

function asMaterial(shape: Shape): Shape {
  if (shape.kind === "list") return { ...shape, entry: asMaterial(shape.entry) };
  return shape.kind === "leaf" ? { ...shape, isMaterial: true } : shape;
}

const toLimitName = (value: unknown): LimitName | null =>
  Object.keys(LIMITS).find((name): name is LimitName => name === value) ?? null;
const toHoistName = (value: unknown): HoistName | null => HOIST_NAMES.find((name) => name === value) ?? null;
