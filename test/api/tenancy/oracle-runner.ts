/** Asks for another organisation's thing and for nobody's, and compares the whole answers. */
import { performance } from "node:perf_hooks";
import { type GraphQLInputType, type GraphQLSchema, getNamedType, isInputObjectType, isScalarType } from "graphql";
import type { DemoIdentity, TestGateway } from "../../support/gateway.ts";
import { requiredValues, selectEverything, toOperation, type Values } from "../../support/operation-generator.ts";
import { CASES } from "../access/matrix-cases.ts";
import { askAs, type Operation, type Owners } from "../access/matrix-runner.ts";
import type { Things } from "../access/matrix-things.ts";
import {
  CREATING,
  DESCRIBING,
  MORE,
  NAMING,
  numberOf,
  OF_AGREEMENTS,
  OF_NO_ORGANISATION,
  type OracleCase,
} from "./oracle-cases.ts";
import { askPatiently } from "./patient-client.ts";

/** Asks as somebody. @returns the whole answer: its status, its headers but those of the moment, its body */
export type Ask = (operation: Operation, document: string, values: Values) => Promise<string>;

/** One question, for another organisation's thing or for nobody's. */
export interface Pair {
  readonly name: string;
  readonly make: (of: "other" | "none") => { readonly document: string; readonly values: Values };
  readonly operation: Operation;
  /** New things are called by new ids: these are left out of the comparison. */
  readonly creates: boolean;
}

const OF_THE_MOMENT = ["date", "ratelimit", "x-correlation-id", "content-length", "keep-alive", "connection"];
/** Not asked twice over HTTP: a stream says nothing in headers of its own. */
export function askWhole(gateway: TestGateway, as: DemoIdentity): Ask {
  const askStream = askAs(gateway, as);
  return async (operation, document, values) => {
    if (operation.kind === "subscription") return await askStream(operation, document, values);
    const { status, headers, text } = await askPatiently(gateway, as, document, values);
    const kept = [...headers].filter(([name]) => !OF_THE_MOMENT.includes(name)).map(([name, value]) => `${name}: ${value}`);
    return [status, ...kept.toSorted(), text].join("\n");
  };
}

/** Of an operation: every case that names a thing. */
export function listPairs(operation: Operation, owners: Owners): Pair[] {
  const [selection = ""] = selectEverything(operation.field);
  return listCases(operation.name)
    .filter(({ given }) => listNamed(given, owners).length > 0)
    .map(({ given, creates }) => ({
      name: operation.name,
      operation,
      creates,
      make: (of) => {
        const values = { ...requiredValues(operation.field), ...given(owners[of], owners.own) };
        return { document: toOperation(operation.kind, operation.field, values, selection), values };
      },
    }));
}

const listCases = (name: string): { readonly given: OracleCase; readonly creates: boolean }[] => [
  ...[...(CASES[name] ?? []), ...(MORE[name] ?? [])].map((given) => ({ given, creates: false })),
  ...(CREATING[name] ?? []).map((given) => ({ given, creates: true })),
];

/** @returns what is wrong, empty where nobody can tell the one from the other */
export async function comparePair(ask: Ask, pair: Pair, { other, none }: Owners): Promise<string[]> {
  const run = (of: "other" | "none") => {
    const { document, values } = pair.make(of);
    return ask(pair.operation, document, values);
  };
  const [theirs, nobodys] = [await run("other"), await run("none")];
  const same = pair.creates ? unname(theirs, other) === unname(nobodys, none) : theirs === nobodys;
  return same ? [] : [`${pair.name}: ${theirs} | ${nobodys}`];
}

/** Without what differs because two things were made: the asked-for names, new ids, times and secrets. */
function unname(text: string, things: Things): string {
  const names = [...Object.values(things), numberOf(things), String(Number(numberOf(things)) + 900)];
  const unnamed = names.toSorted((a, b) => b.length - a.length).reduce((rest, name) => rest.replaceAll(name, "<name>"), text);
  return unnamed
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "<id>")
    .replaceAll(/\d{4}-\d\d-\d\dT[0-9:.]+Z/g, "<time>")
    .replaceAll(/"[A-Za-z0-9_+/=-]{24,}"/g, '"<secret>"');
}

/** Arguments of the schema that name somebody's thing, by path; a name that is in neither list is told by itself. */
export function listNamingPaths(schema: GraphQLSchema): { readonly paths: string[]; readonly unsorted: string[] } {
  const found: string[] = [];
  const walk = (type: GraphQLInputType, path: string, above: readonly string[]): void => {
    const named = getNamedType(type);
    if (isScalarType(named) && !["Int", "Float", "Boolean", "Date", "DateTime"].includes(named.name)) found.push(path);
    if (path.endsWith(".records")) found.push(path);
    else if (isInputObjectType(named) && !above.includes(named.name))
      for (const member of Object.values(named.getFields())) walk(member.type, `${path}.${member.name}`, [...above, named.name]);
  };
  for (const root of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()])
    for (const field of Object.values(root?.getFields() ?? {}))
      if (!OF_AGREEMENTS.has(`${root?.name}.${field.name}`))
        for (const argument of field.args) walk(argument.type, `${root?.name}.${field.name}.${argument.name}`, []);
  const lastOf = (path: string): string => path.split(".").at(-1) ?? "";
  return {
    paths: found.filter((path) => NAMING.has(lastOf(path))),
    unsorted: found.filter((path) => !NAMING.has(lastOf(path)) && !DESCRIBING.has(lastOf(path))),
  };
}

/** Naming paths that no case asks for another's and for nobody's. */
export function listUnasked(paths: readonly string[], owners: Owners): string[] {
  const names = new Set([...Object.keys(CASES), ...Object.keys(MORE), ...Object.keys(CREATING)]);
  const asked = new Set(
    [...names].flatMap((name) =>
      listCases(name).flatMap(({ given }) => listNamed(given, owners).map((path) => `${name}${path}`)),
    ),
  );
  return paths.filter((path) => !asked.has(path) && OF_NO_ORGANISATION[path] === undefined);
}

/** Where a case says whose thing it asks for; what it makes up each time is no name. */
function listNamed(given: OracleCase, { own, other, none }: Owners): string[] {
  const madeUp = new Set(listDifferences(given(other, own), given(other, own)));
  return listDifferences(given(other, own), given(none, own)).filter((path) => !madeUp.has(path));
}

/** Paths at which two cases differ; entries of a list are of the list's path. */
function listDifferences(a: unknown, b: unknown, path = ""): string[] {
  if (path.endsWith(".records")) return JSON.stringify(a) === JSON.stringify(b) ? [] : [path];
  if (Array.isArray(a) && Array.isArray(b)) return a.flatMap((entry, index) => listDifferences(entry, b[index], path));
  if (typeof a !== "object" || a === null) return a === b ? [] : [path];
  const theirs = new Map(Object.entries(b ?? {}));
  return Object.entries(a).flatMap(([name, value]) => listDifferences(value, theirs.get(name), `${path}.${name}`));
}

const MEDIANS_WITHIN = 0.05;
/** A busy machine makes medians of equal things differ: a pair that differs is asked on, and what remains then is told. */
const MOST_ROUNDS = 10;

interface Times {
  readonly other: number[];
  readonly none: number[];
}

/** @returns the median of all ratios (another's by nobody's), and the pairs whose medians stay further apart than a twentieth */
export async function measureAll(
  pairs: readonly (readonly [Ask, Pair])[],
  repetitions: number,
): Promise<{ readonly overall: number; readonly told: readonly string[] }> {
  const ratios: number[] = [];
  const told: string[] = [];
  for (const [ask, pair] of pairs) {
    const times: Times = { other: [], none: [] };
    let ratio = Number.NaN;
    for (let round = 0; round < MOST_ROUNDS && !isNear(ratio); round++) {
      await measurePair(ask, pair, repetitions, times);
      ratio = medianOf(times.other) / medianOf(times.none);
    }
    ratios.push(ratio);
    if (!isNear(ratio)) told.push(`${pair.name}: ${ratio.toFixed(3)}`);
  }
  return { overall: medianOf(ratios), told };
}

const isNear = (ratio: number): boolean => Math.abs(ratio - 1) <= MEDIANS_WITHIN;

/** Asks in turns, so that whatever else the machine does falls on both. */
async function measurePair(ask: Ask, pair: Pair, repetitions: number, times: Times): Promise<void> {
  for (let turn = 0; turn < repetitions; turn++)
    for (const of of turn % 2 === 0 ? (["other", "none"] as const) : (["none", "other"] as const)) {
      const { document, values } = pair.make(of);
      const started = performance.now();
      await ask(pair.operation, document, values);
      times[of].push(performance.now() - started);
    }
}

function medianOf(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
