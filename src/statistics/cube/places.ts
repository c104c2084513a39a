/**
 * The places of a cube as one tree: programme in trust in region in nation in the United Kingdom. A journey says where its programme is; where
 * journeys of one programme differ, most of them decide, so that each place has exactly one above it and every total is the sum of its parts.
 */
import { LEVELS, type Level } from "./dimensions.ts";

type Above = { readonly trust: string | null; readonly region: string | null; readonly nation: string | null };
/** How often the journeys of a programme name what is above it. */
export interface PlaceVotes {
  readonly programme: string;
  readonly votes: Map<string, Above & { count: number }>;
}

export interface Place {
  readonly level: Level;
  readonly code: string;
  /** Node above; -1 for the United Kingdom. */
  readonly above: number;
}
/** Nodes by number. Those of one level follow each other, by code. */
export interface Places {
  readonly nodes: readonly Place[];
  readonly below: readonly (readonly number[])[];
  readonly ofLevel: Readonly<Record<Level, readonly number[]>>;
  /** Who contributes to figures of wider places: the trust of the node, or itself. */
  readonly organisationOf: Uint16Array;
  readonly programmeNode: (code: string) => number;
}

/** Node of the United Kingdom, and of journeys that no programme has: they count in its tables only, together as one organisation's. */
export const ROOT = 0;

/** @param programmes each once */
export function buildPlaces(programmes: readonly PlaceVotes[]): Places {
  const aboveTrust = new Tally();
  const aboveRegion = new Tally();
  const above = new Map<string, readonly [Level, string] | null>();
  for (const { programme, votes } of programmes) {
    const own = new Tally();
    for (const vote of votes.values()) {
      own.add(programme, vote.trust ?? "", vote.count);
      aboveTrust.add(vote.trust ?? `programme ${programme}`, vote.region ?? "", vote.count);
      aboveRegion.add(vote.region ?? vote.trust ?? `programme ${programme}`, vote.nation ?? "", vote.count);
    }
    above.set(key("programme", programme), toAbove("trust", own.most(programme)));
  }
  for (const { programme } of programmes) {
    const chain = [above.get(key("programme", programme)) ?? null];
    const below: readonly [Level, string] = chain[0] ?? ["programme", programme];
    const region = toAbove("region", aboveTrust.most(below[0] === "trust" ? below[1] : `programme ${programme}`));
    const holder = region ?? below;
    const nation = toAbove("nation", aboveRegion.most(holder[0] === "programme" ? `programme ${programme}` : holder[1]));
    above.set(key(...below), region ?? nation);
    if (region !== null) above.set(key(...region), nation);
    if (nation !== null) above.set(key(...nation), null);
  }
  return toTree(above);
}

const key = (level: Level, code: string): string => `${level} ${code}`;
const toAbove = (level: Level, code: string): readonly [Level, string] | null => (code === "" ? null : [level, code]);

/** What was said of a code, and how often. */
class Tally {
  readonly #of = new Map<string, Map<string, number>>();

  add(code: string, said: string, count: number): void {
    const counts = this.#of.get(code) ?? new Map<string, number>();
    counts.set(said, (counts.get(said) ?? 0) + count);
    this.#of.set(code, counts);
  }

  /** Something before nothing, then the most, then by code. */
  most(code: string): string {
    const counts = [...(this.#of.get(code) ?? [])].filter(([said]) => said !== "");
    return counts.toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))[0]?.[0] ?? "";
  }
}

function toTree(above: ReadonlyMap<string, readonly [Level, string] | null>): Places {
  const named = [...above.keys(), key("UNITED_KINGDOM", "UK")].map((text) => text.split(" ", 2));
  const codesOf = (level: Level): readonly string[] =>
    named.flatMap(([own, code = ""]) => (own === level ? [code] : [])).toSorted();
  const sorted = LEVELS.flatMap((level) => codesOf(level).map((code) => ({ level, code })));
  const numberOf = new Map(sorted.map(({ level, code }, node) => [key(level, code), node]));
  const nodes = sorted.map(({ level, code }): Place => {
    const parent = above.get(key(level, code)) ?? null;
    return { level, code, above: level === "UNITED_KINGDOM" ? -1 : parent === null ? ROOT : (numberOf.get(key(...parent)) ?? 0) };
  });
  const below = nodes.map((): number[] => []);
  for (const [node, place] of nodes.entries()) below[place.above]?.push(node);
  const of = (level: Level): readonly number[] => nodes.flatMap((place, node) => (place.level === level ? [node] : []));
  return {
    nodes,
    below,
    ofLevel: {
      UNITED_KINGDOM: of("UNITED_KINGDOM"),
      nation: of("nation"),
      region: of("region"),
      trust: of("trust"),
      programme: of("programme"),
    },
    organisationOf: Uint16Array.from(nodes, ({ level, above: up }, node) =>
      level === "programme" && nodes[up]?.level === "trust" ? up : node,
    ),
    programmeNode: (code) => numberOf.get(key("programme", code)) ?? 0,
  };
}
