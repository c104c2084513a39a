/** Everything that the colluders get to see, put together: one figure for each cell, whoever was shown it and in which answer. */
import { COUNT_MEASURES, MEDIAN_MEASURES, TABLES } from "../../../src/statistics/cube/declaration.ts";
import { DIMENSIONS } from "../../../src/statistics/cube/dimensions.ts";
import type { Condition } from "../../../src/statistics/cube/question.ts";
import { type AttackQuestion, condition, type Person } from "./attack-door.ts";
import { KNOWN_OF_TARGET } from "./people.ts";
import type { Colluders } from "./tracker.ts";

/** By cell: the figure, or null where nobody was shown one. `withMedian`: a median of it was shown. */
export interface Collected {
  readonly figures: Map<string, number | null>;
  readonly withMedian: Set<string>;
  /** Two answers gave one cell two figures: noise that could be averaged, or two versions of one cut. */
  contradictions: number;
}
export const nothingCollected = (): Collected => ({ figures: new Map(), withMedian: new Set(), contradictions: 0 });

const ORDER = new Map(
  ["nation", "region", "trust", "programme", ...DIMENSIONS.map(({ key }) => key)].map((key, at) => [key, at]),
);

/** One name for one cell, however it was asked for: the place and the entries in declared order. */
export const cellName = (categories: readonly Condition[]): string =>
  categories
    .toSorted((a, b) => (ORDER.get(a.dimension) ?? 0) - (ORDER.get(b.dimension) ?? 0))
    .map(({ dimension, category }) => `${dimension}=${category}`)
    .join("&");

const measureOf = (key: string) => {
  const median = MEDIAN_MEASURES.find((measure) => measure.key === key);
  const count = COUNT_MEASURES.find((measure) => measure.key === (median?.of ?? key));
  return { isMedian: median !== undefined, entry: count?.entry ?? null };
};

/** Asks under each agreement and keeps what is told. */
export async function collect({ door, agreements }: Colluders, question: AttackQuestion, into: Collected): Promise<void> {
  const { isMedian, entry } = measureOf(question.measure);
  const fixed = entry === null ? [] : [condition(entry.dimension, entry.key)];
  for (const agreement of agreements) {
    const answer = await door.ask(agreement, question);
    if (answer.kind === "REFUSED") continue;
    for (const { categories, value } of answer.rows) {
      const name = cellName([...categories.filter(({ dimension }) => dimension !== entry?.dimension), ...fixed]);
      if (isMedian && value !== null) into.withMedian.add(name);
      if (!isMedian) keep(into, name, value);
    }
  }
}

function keep(into: Collected, name: string, value: number | null): void {
  const former = into.figures.get(name) ?? null;
  if (former !== null && value !== null && former !== value) into.contradictions += 1;
  into.figures.set(name, value ?? former);
}

/** Every table, every roll-up, every median: the whole of what is published, in as few questions as there are tables. */
export function* everything(): Generator<AttackQuestion> {
  for (const { level, dimensions } of TABLES) {
    const place = level === "UNITED_KINGDOM" ? [] : [level];
    yield { measure: "JOURNEYS", dimensions: [...place, ...dimensions], where: [] };
    if (!dimensions.includes("stage")) continue;
    const rest = dimensions.filter((key) => key !== "stage");
    for (const measure of ["REFERRED", "STARTED", ...MEDIAN_MEASURES.map(({ key }) => key)]) {
      yield { measure, dimensions: [...place, ...rest], where: [] };
    }
  }
}

const MEASURES = [...COUNT_MEASURES, ...MEDIAN_MEASURES].map(({ key }) => key);
/** From the narrowest: there a person is one of few. */
const LEVELS_FROM_BELOW = ["programme", "trust", "region", "nation", "UNITED_KINGDOM"] as const;

/** Questions around one target: each table of each of its places with each measure, plain and filtered by what is known of the target. */
export function* around(target: Person): Generator<AttackQuestion> {
  for (const own of LEVELS_FROM_BELOW) {
    const code = own === "UNITED_KINGDOM" ? null : target[own];
    if (code === null && own !== "UNITED_KINGDOM") continue;
    const place = code === null || code === undefined ? [] : [condition(own, code)];
    for (const { dimensions } of TABLES.filter(({ level }) => level === own)) {
      const filters = dimensions.filter((key) => KNOWN_OF_TARGET.some((known) => known === key));
      for (const measure of MEASURES) {
        const entry = measureOf(measure).entry;
        const asked = dimensions.filter((key) => key !== entry?.dimension);
        for (const chosen of subsets(filters)) {
          const where = [...place, ...chosen.map((key) => condition(key, target[key] ?? ""))];
          yield { measure, dimensions: asked, where };
        }
      }
    }
  }
}

const subsets = (keys: readonly string[]): readonly (readonly string[])[] =>
  keys.reduce<readonly (readonly string[])[]>((all, key) => all.flatMap((one) => [one, [...one, key]]), [[]]);
