/** Puts payloads into every argument of every operation that is more than a number, one at a time; the rest of the call is good. */
import {
  type GraphQLInputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isScalarType,
} from "graphql";
import type { TestDatabase } from "../../support/database.ts";
import { makeValue, requiredValues, selectEverything, toOperation, type Values } from "../../support/operation-generator.ts";
import { CASES } from "../access/matrix-cases.ts";
import type { Operation } from "../access/matrix-runner.ts";
import type { Things } from "../access/matrix-things.ts";

/** An argument, or a member of one, by the names that lead to it. */
type Place = readonly string[];

interface Call {
  readonly document: string;
  readonly values: Values;
}

interface Target {
  readonly operation: Operation;
  readonly place: Place;
}

/** Places of an operation that take a text, an id, or whatever a scalar of ours makes of JSON. */
export function listTargets(operation: Operation): Target[] {
  const walk = (type: GraphQLInputType, place: Place, above: readonly string[]): Place[] => {
    const named = getNamedType(type);
    if (isScalarType(named)) return ["Int", "Float", "Boolean"].includes(named.name) ? [] : [place];
    if (isEnumType(named) || !isInputObjectType(named) || above.includes(named.name)) return [];
    return Object.values(named.getFields()).flatMap((member) =>
      walk(member.type, [...place, member.name], [...above, named.name]),
    );
  };
  return operation.field.args
    .flatMap((argument) => walk(argument.type, [argument.name], []))
    .map((place) => ({ operation, place }));
}

/** A place in the records of a submission, of which one call holds many. */
export const isOfRecords = ({ place }: Target): boolean => place[1] === "records";

/** The call with the payload in its place; of several payloads, each is in that place of an entry of its own. */
export function toCall({ operation, place }: Target, things: Things, payloads: readonly unknown[]): Call {
  const [selection = ""] = selectEverything(operation.field);
  const good: Values = { ...requiredValues(operation.field), ...CASES[operation.name]?.[0]?.(things) };
  const [name = "", ...below] = place;
  const argument = operation.field.args.find((each) => each.name === name);
  if (argument === undefined) throw new Error(`no argument ${name}`);
  const values = { ...good, [name]: put(argument.type, good[name], below, payloads) };
  return { document: toOperation(operation.kind, operation.field, values, selection), values };
}

/** A good value with a payload in one place of it; of a list, in an entry for each payload. */
function put(type: GraphQLInputType, good: unknown, place: Place, payloads: readonly unknown[]): unknown {
  if (isNonNullType(type)) return put(type.ofType, good, place, payloads);
  if (isListType(type)) {
    const [first] = Array.isArray(good) ? good : [];
    return payloads.map((payload) => put(type.ofType, first, place, [payload]));
  }
  const [name, ...below] = place;
  if (name === undefined || !isInputObjectType(type)) return payloads[0];
  const member = type.getFields()[name];
  if (member === undefined) throw new Error(`no member ${name}`);
  const whole: Values = typeof good === "object" && good !== null ? { ...good } : Object(makeValue(type));
  return { ...whole, [name]: put(member.type, whole[name], below, payloads) };
}

const FAULTS = ["INTERNAL_SERVER_ERROR", "DATABASE_UNAVAILABLE", "OVERLOADED", "UPSTREAM_UNAVAILABLE"];

/** What is wrong with an answer: a statement that failed, or something of another organisation. */
export function judgeAnswer(text: string, foreign: readonly string[]): string[] {
  return [
    ...FAULTS.filter((code) => text.includes(`"${code}"`)).map((code) => `answered ${code}`),
    ...foreign.filter((word) => text.includes(word)).map((word) => `shows ${word}`),
  ];
}

const TABLES_OF_ORGANISATIONS = `select format('%I.%I', n.nspname, c.relname) as name
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'r' and c.relname not in ('webhook_delivery', 'webhook_cursor') and n.nspname not in ('link', 'national_feed') and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'ods' and not a.attisdropped)
  order by 1`;

/** Rows of an organisation in every table of organisations, but those of what is sent, linked and fed by the clock. */
export async function countRows(database: TestDatabase, ods: string): Promise<Readonly<Record<string, number>>> {
  const tables = (await database.query(TABLES_OF_ORGANISATIONS)).map(({ name }) => String(name));
  const counts = tables.map((name) => `select '${name}' as name, count(*)::int as rows from ${name} where ods = $1`);
  const rows = await database.query(counts.join(" union all "), [ods]);
  return Object.fromEntries(rows.map(({ name, rows: count }) => [String(name), Number(count)]));
}

/** Runs the work on each, so many at once. */
export async function inTurns<T>(list: readonly T[], atOnce: number, work: (each: T) => Promise<void>): Promise<void> {
  const entries = list.values();
  const take = async () => {
    for (const each of entries) await work(each);
  };
  await Promise.all(Array.from({ length: atOnce }, take));
}
