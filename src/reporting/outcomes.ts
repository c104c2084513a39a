/** How patients' measures changed from assessment 1 to a later one: of rehabilitations whose core programme began in the period. */
import { LongWork } from "../lib/long-work.ts";
import { isSecondInTime } from "../standards/contributions.ts";
import { gainOf, OUTCOME_MEASURES, type OutcomeItem, type OutcomeMeasure } from "../standards/outcome-measures.ts";
import type { Period } from "./period.ts";
import { quartilesOf } from "./quartiles.ts";
import type { MeasuredAssessment, MeasuredRehabilitation } from "./reporting-ports.ts";

/** A median between its quartiles; of a coded measure a share from 0 to 1, without them. */
export interface Spread {
  readonly lower: number | null;
  readonly middle: number;
  readonly upper: number | null;
}

/** Of those who have the measure at both assessments. */
export interface OutcomeChange {
  readonly item: string;
  readonly later: 2 | 3;
  readonly count: number;
  readonly first: Spread;
  readonly last: Spread;
  readonly change: Spread;
  readonly fell: number;
  readonly rose: number;
  /** Per cent whose change went the better way, far enough to count. */
  readonly improvedPercent: number;
  /** The same of the nation, from assessment 1 to 2; null: not published. */
  readonly nationalImprovedPercent: number | null;
}

const LATER = [2, 3] as const;

interface Pairs {
  readonly first: number[];
  readonly last: number[];
}

/** By the later assessment, then in the order of the measures; those of which there are any. */
export async function listOutcomes(
  rehabilitations: Iterable<MeasuredRehabilitation>,
  { from, to }: Period,
  nationalImproved: (item: OutcomeItem) => number | null,
): Promise<readonly OutcomeChange[]> {
  const collected = LATER.map((later) => ({ later, pairs: OUTCOME_MEASURES.map((): Pairs => ({ first: [], last: [] })) }));
  await new LongWork().each(rehabilitations, ({ coreStartDate, assessments }) => {
    if (coreStartDate === null || coreStartDate < from || coreStartDate > to) return;
    const first = assessments.find(({ number }) => number === 1);
    if (first === undefined) return;
    for (const { later, pairs } of collected) {
      const last = assessments.find(({ number }) => number === later);
      if (last !== undefined && (later !== 2 || isSecondInTime(first.date, last.date))) collect(pairs, first, last);
    }
  });
  return collected.flatMap(({ later, pairs }) =>
    OUTCOME_MEASURES.flatMap((measure, index) => {
      const { first = [], last = [] } = pairs[index] ?? {};
      if (first.length === 0) return [];
      const { item } = measure;
      const nationalImprovedPercent = later === 2 ? nationalImproved(item) : null;
      return [{ item, later, ...changeOf(first, last, measure), nationalImprovedPercent }];
    }),
  );
}

function collect(pairs: readonly Pairs[], first: MeasuredAssessment, last: MeasuredAssessment): void {
  for (const [index, pair] of pairs.entries()) {
    const [before, after] = [first.scores[index] ?? null, last.scores[index] ?? null];
    if (before === null || after === null) continue;
    pair.first.push(before);
    pair.last.push(after);
  }
}

function changeOf(
  first: readonly number[],
  last: readonly number[],
  measure: OutcomeMeasure,
): Omit<OutcomeChange, "item" | "later" | "nationalImprovedPercent"> {
  const isShare = measure.yes !== null;
  const changes = last.map((value, index) => value - (first[index] ?? value));
  return {
    count: first.length,
    first: spreadOf(first, isShare),
    last: spreadOf(last, isShare),
    change: spreadOf(changes, isShare),
    fell: changes.filter((change) => change < 0).length,
    rose: changes.filter((change) => change > 0).length,
    improvedPercent: (100 * changes.filter((change) => gainOf(measure, change) > 0).length) / changes.length,
  };
}

function spreadOf(values: readonly number[], isShare: boolean): Spread {
  const quartiles = quartilesOf(values);
  if (isShare || quartiles === null)
    return { lower: null, middle: values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length), upper: null };
  return { lower: quartiles.lower, middle: quartiles.median, upper: quartiles.upper };
}
