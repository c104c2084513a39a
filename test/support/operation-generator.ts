/** Operations made from a schema: everything a field's answer may hold, and arguments that are valid by their types. */
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLNamedType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from "graphql";

/** Levels below the root field: deep enough for every type, within the limit of a document's depth. */
const DEPTH = 8;
/** Leaves of one document: no set of it has more fields than the limit `selectionsPerSet`. */
const LEAVES = 55;
/** Entries asked for of each list that takes `first`. */
const FIRST = 2;

type Field = GraphQLField<unknown, unknown>;
/** A way from the root field down to a leaf, in the words of a document. */
type Way = readonly string[];

/** Selections of everything the field's answer may hold, no type within itself, each small enough for one document. */
export function selectEverything(field: Field): string[] {
  const ways = waysThrough(getNamedType(field.type), []);
  const parts: string[] = [];
  for (let from = 0; from < ways.length; from += LEAVES) parts.push(print(ways.slice(from, from + LEAVES)));
  return parts;
}

/** `Type.field` of every field that the selections hold. */
export function listSelected(field: Field): string[] {
  const selected = new Set<string>();
  const walk = (type: GraphQLNamedType, above: readonly string[]): void => {
    for (const { name, type: below } of selectable(type, above)) {
      selected.add(`${type.name}.${name}`);
      walk(getNamedType(below), [...above, type.name]);
    }
  };
  walk(getNamedType(field.type), []);
  return [...selected];
}

function waysThrough(type: GraphQLNamedType, above: readonly string[]): Way[] {
  if (isLeafType(type)) return [[]];
  return selectable(type, above).flatMap((field) =>
    waysThrough(getNamedType(field.type), [...above, type.name]).map((way) => [write(field), ...way]),
  );
}

function selectable(type: GraphQLNamedType, above: readonly string[]): Field[] {
  if (!isObjectType(type) && !isInterfaceType(type)) return [];
  const isLeaf = (field: Field): number => Number(isLeafType(getNamedType(field.type)));
  // What it holds itself comes first: ids are in the first of several documents.
  const fields = Object.values(type.getFields()).toSorted((a, b) => isLeaf(b) - isLeaf(a));
  return fields.filter(({ type: wrapped, args }) => {
    const below = getNamedType(wrapped);
    const isNew = below !== type && !above.includes(below.name) && above.length < DEPTH;
    return !args.some(isRequiredArgument) && (isLeafType(below) || isNew);
  });
}

const write = ({ name, args }: Field): string =>
  args.some((argument) => argument.name === "first") ? `${name}(first: ${FIRST})` : name;

function print(ways: readonly Way[]): string {
  const below = new Map<string, Way[]>();
  for (const [head, ...rest] of ways) if (head !== undefined) below.set(head, [...(below.get(head) ?? []), rest]);
  if (below.size === 0) return "";
  return `{ ${[...below].map(([head, rests]) => `${head} ${print(rests)}`).join(" ")} }`;
}

export type Values = Readonly<Record<string, unknown>>;

/** The operation with its arguments as variables. */
export function toOperation(kind: string, field: Field, values: Values, selection: string): string {
  const given = field.args.filter(({ name }) => Object.hasOwn(values, name));
  const declared = given.map(({ name, type }) => `$${name}: ${String(type)}`).join(", ");
  const handed = given.map(({ name }) => `${name}: $${name}`).join(", ");
  return given.length === 0
    ? `${kind} { ${field.name} ${selection} }`
    : `${kind} (${declared}) { ${field.name}(${handed}) ${selection} }`;
}

/** Whether arguments can be made from types alone: an id has to be somebody's. */
export const namesSomething = (field: Field): boolean => field.args.some((argument) => holdsId(argument, []));

function holdsId(member: GraphQLArgument | GraphQLInputField, above: readonly string[]): boolean {
  const type = getNamedType(member.type);
  if (type.name === "ID") return true;
  if (!isInputObjectType(type) || above.includes(type.name)) return false;
  return Object.values(type.getFields()).some((field) => holdsId(field, [...above, type.name]));
}

/** What is required, by type; lists take a few entries. */
export function requiredValues(field: Field): Values {
  const first = field.args.some(({ name }) => name === "first") ? { first: FIRST } : {};
  const values = field.args.filter(isRequiredArgument).map(({ name, type }) => [name, makeValue(type)]);
  return { ...Object.fromEntries(values), ...first };
}

const SCALARS: Readonly<Record<string, unknown>> = {
  Int: 1,
  Float: 1,
  Boolean: false,
  Date: "2026-03-02",
  DateTime: "2026-03-02T09:00:00.000Z",
  JSON: {},
};

/** A good value by its type alone: what is required of it, and one entry of a list. */
export function makeValue(type: GraphQLInputType): unknown {
  if (isNonNullType(type)) return makeValue(type.ofType);
  if (isListType(type)) return [makeValue(type.ofType)];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (!isInputObjectType(type)) return SCALARS[type.name] ?? "of-no-account";
  const required = Object.values(type.getFields()).filter(isRequiredInputField);
  return Object.fromEntries(required.map(({ name, type: member }) => [name, makeValue(member)]));
}
