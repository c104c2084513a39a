/**
 * Which figures an agreement has: those of its nations and groups of events and of nothing beside them. A figure of more (the United
 * Kingdom, every event) is within its rows only where the agreement has all of them. What it does not have reads as what is withheld.
 */
import type { Terms } from "../../agreements/terms.ts";
import { EVENT_GROUPS, NATIONS } from "../../national/national-groups.ts";
import { byLevel } from "../cube/cube-head.ts";
import { DIMENSIONS, dimensionIndex, entryIndex, type Level, membersOf } from "../cube/dimensions.ts";
import type { Permitted } from "../cube/look-up.ts";
import type { PublishedCube } from "../cube/published-cube.ts";
import type { NormalQuestion } from "../cube/question.ts";

/** The dimension whose categories are the event groups of the terms. */
const EVENT_DIMENSION = "eventGroup";

export type PermittedRows = Pick<Terms, "nations" | "eventGroups">;

export interface RowPermission {
  /** False: no figure of the question is within the agreement's rows, whatever its categories. */
  readonly hasAny: boolean;
  readonly isPermitted: Permitted;
}

export function permitRows(cube: PublishedCube, { table }: Pick<NormalQuestion, "table">, rows: PermittedRows): RowPermission {
  const hasEveryNation = NATIONS.every((nation) => rows.nations.includes(nation));
  const hasEveryEvent = EVENT_GROUPS.every((group) => rows.eventGroups.includes(group));
  const nations = new Set(rows.nations);
  const { level } = table;
  const nationOf = nationsOf(cube);
  return {
    hasAny: (hasEveryNation || level !== "UNITED_KINGDOM") && (hasEveryEvent || table.dimensions.includes(EVENT_DIMENSION)),
    isPermitted: ({ dimension, category }) => {
      if (dimension === EVENT_DIMENSION) return isPermittedEvent(category, rows.eventGroups);
      return dimension !== level || hasEveryNation || nations.has(nationOf[level].get(category) ?? "");
    },
  };
}

/** A roll-up is within the rows where all of it is. */
function isPermittedEvent(entry: string, permitted: readonly string[]): boolean {
  const index = dimensionIndex(EVENT_DIMENSION);
  const categories = DIMENSIONS[index]?.categories ?? [];
  return membersOf(index, entryIndex(index, entry)).every((code) => permitted.includes(categories[code]?.key ?? ""));
}

type NationsByPlace = Readonly<Record<Level, ReadonlyMap<string, string>>>;
/** A cube is kept for many questions. */
const KNOWN = new WeakMap<PublishedCube, NationsByPlace>();

function nationsOf(cube: PublishedCube): NationsByPlace {
  const known = KNOWN.get(cube);
  if (known !== undefined) return known;
  const mapOf = (level: Level): ReadonlyMap<string, string> =>
    new Map(cube.places[level].map((code, at) => [code, cube.nations[level][at] ?? ""]));
  const made = byLevel(mapOf);
  KNOWN.set(cube, made);
  return made;
}
