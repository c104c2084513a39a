/** The cuts of an audit year as it fills: each has the events of one month more, what came late, what was corrected, and not what was withdrawn. */
import { createSeededRandom } from "../../src/lib/seeded-random.ts";
import { type CodedJourneys, codeJourneys } from "../../src/statistics/cube/coded-journeys.ts";
import type { CutJourney } from "../../src/statistics/cut-journey.ts";

const MONTHS = 12;
/** Of a hundred journeys: those that come a month late, whose stage is known two months after the event only, and that are withdrawn. */
const LATE = 10;
const CORRECTED = 30;
const WITHDRAWN = 1;

const monthOf = ({ row }: CutJourney): number => (Number(row.eventMonth.slice(5, 7)) + 8) % MONTHS;

/** @param journeys of one audit year; the same for each cut */
export async function* monthlyCuts(journeys: readonly CutJourney[], seed: number): AsyncGenerator<CodedJourneys, void> {
  const random = createSeededRandom(seed);
  const fates = journeys.map((journey) => ({
    journey,
    from: monthOf(journey) + (random.next() * 100 < LATE ? 1 : 0),
    corrected: random.next() * 100 < CORRECTED ? monthOf(journey) + 2 : 0,
    until: random.next() * 100 < WITHDRAWN ? Math.floor(random.next() * MONTHS) : MONTHS,
  }));
  for (let month = 0; month < MONTHS; month++) {
    const cut = fates.filter(({ from, until }) => from <= month && month < until);
    const [coded] = await codeJourneys(
      cut.map(({ journey, corrected }) => (month < corrected ? { ...journey, row: { ...journey.row, stage: null } } : journey)),
    );
    if (coded !== undefined) yield coded;
  }
}
