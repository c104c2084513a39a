/** What says of a cube, and of its ledger, which tables and places its cells are of. */
import { DECLARATION_VERSION } from "./declaration.ts";
import { LEVELS, type Level } from "./dimensions.ts";
import type { Places } from "./places.ts";

export interface CubeHead {
  readonly declaration: number;
  readonly auditYear: number;
  /** Codes by level, in their order in tables and answers. */
  readonly places: Readonly<Record<Level, readonly string[]>>;
  /** Of each of the places, the nation it is in; empty where it is in none: an agreement has figures of its nations only. */
  readonly nations: Readonly<Record<Level, readonly string[]>>;
}

export function headOf(auditYear: number, { nodes, ofLevel }: Places): CubeHead {
  const ofPlaces = (code: (node: number) => string): CubeHead["places"] => byLevel((level) => ofLevel[level].map(code));
  return {
    declaration: DECLARATION_VERSION,
    auditYear,
    places: ofPlaces((node) => nodes[node]?.code ?? ""),
    nations: ofPlaces((node) => nationOf(node, nodes)),
  };
}

/** From the place upwards. */
function nationOf(node: number, nodes: Places["nodes"]): string {
  for (let place = nodes[node]; place !== undefined; place = nodes[place.above]) if (place.level === "nation") return place.code;
  return "";
}

export const byLevel = <T>(of: (level: Level) => T): Readonly<Record<Level, T>> => {
  const [uk, nation, region, trust, programme] = LEVELS;
  return { [uk]: of(uk), [nation]: of(nation), [region]: of(region), [trust]: of(trust), [programme]: of(programme) };
};

/** @param text JSON @throws Error for what is no head, or of a declaration that this version does not read */
export function readCubeHead(text: string): CubeHead {
  const head: unknown = JSON.parse(text);
  if (!isObject(head) || typeof head.auditYear !== "number") throw new Error("Not a published cube");
  if (head.declaration !== DECLARATION_VERSION) throw new Error("A cube of another declaration");
  const { places, nations, auditYear } = head;
  return { declaration: DECLARATION_VERSION, auditYear, places: readCodesByLevel(places), nations: readCodesByLevel(nations) };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null;

function readCodesByLevel(value: unknown): CubeHead["places"] {
  if (!isObject(value)) throw new Error("Not a published cube");
  return byLevel((level) => readCodes(value[level]));
}

function readCodes(value: unknown): readonly string[] {
  if (!Array.isArray(value) || !value.every((code) => typeof code === "string")) throw new Error("Not a published cube");
  return value;
}
