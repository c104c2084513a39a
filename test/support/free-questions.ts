/**
 * Trackers against free questions (assurance.md 4.2 (a), S4): why there are none. A target is known by programme, sex, age and event; the
 * attacker asks for a set without the target, and for the same set or the target where it reached a stage. Where the answers differ, it did.
 */
import type { SeededRandom } from "../../src/lib/seeded-random.ts";
import { type CodedJourneys, NOT_KNOWN } from "../../src/statistics/cube/coded-journeys.ts";
import { DIMENSIONS, dimensionIndex } from "../../src/statistics/cube/dimensions.ts";
import { CUBE_RULES, roundHalfUp } from "../../src/statistics/cube/disclosure-rules.ts";

/** What a free count shows of a true one; null is withheld. May be drawn anew each time. */
export type ShowCount = (count: number) => number | null;

export const withholdBelow =
  (least: number): ShowCount =>
  (count) =>
    count < least ? null : count;

/** As the cube shows counts. */
export const showRounded: ShowCount = (count) => (count <= CUBE_RULES.withheldTo ? null : roundHalfUp(count, CUBE_RULES.roundTo));

/** Up or down to a multiple, so that the mean of many answers is the count. */
export const roundAtRandom =
  (random: SeededRandom): ShowCount =>
  (count) => {
    const rest = count % CUBE_RULES.roundTo;
    return count - rest + (random.next() * CUBE_RULES.roundTo < rest ? CUBE_RULES.roundTo : 0);
  };

export interface Tracked {
  readonly targets: number;
  readonly solved: number;
  readonly questions: number;
}

const KNOWN = ["sex", "age", "eventGroup"].map(dimensionIndex);
const STAGE = dimensionIndex("stage");
const STAGES = DIMENSIONS[STAGE]?.categories.length ?? 0;
/** Smallest set that hides a target: withheld by no rule here. */
const LEAST_PAD = 20;

/** @param repeats of each question: more than one where answers are drawn anew */
export function trackAll(
  coded: CodedJourneys,
  {
    targets,
    random,
    show,
    repeats,
  }: { readonly targets: number; readonly random: SeededRandom; readonly show: ShowCount; readonly repeats: number },
): Tracked {
  const pads = padSizes(coded);
  let [solved, questions] = [0, 0];
  const ask = (count: number): number | null => {
    let sum = 0;
    for (let turn = 0; turn < repeats; turn++) {
      questions++;
      const shown = show(count);
      if (shown === null) return null;
      sum += shown;
    }
    return sum / repeats;
  };
  const chosen = uniqueTargets(coded).map((target) => ({ target, at: random.next() }));
  const all = chosen.toSorted((a, b) => a.at - b.at).slice(0, targets);
  for (const { target } of all) {
    const stage = coded.columns[STAGE]?.[target] ?? NOT_KNOWN;
    if (findStage(stage, pads, ask) === stage) solved++;
  }
  return { targets: all.length, solved, questions };
}

/** Sets of other programmes, of many sizes: a rounded answer changes at the edge of a step only, so another set is tried. */
function findStage(stage: number, pads: readonly number[], ask: (count: number) => number | null): number | null {
  for (const pad of pads) {
    const without = ask(pad);
    const gains = Array.from({ length: STAGES }, (_, guess) => {
      const answer = ask(pad + (guess === stage ? 1 : 0));
      return answer === null || without === null ? 0 : answer - without;
    });
    const most = Math.max(...gains);
    // One person more is one more, or a whole step; half of one is noise.
    if (most >= 0.5) return gains.indexOf(most);
  }
  return null;
}

function padSizes({ placeOf }: CodedJourneys): readonly number[] {
  const sizes = new Map<number, number>();
  for (const place of placeOf) sizes.set(place, (sizes.get(place) ?? 0) + 1);
  return [...sizes.values()].filter((size) => size >= LEAST_PAD);
}

/** Alone in their programme with their sex, age band and event. */
function uniqueTargets({ columns, placeOf, size }: CodedJourneys): readonly number[] {
  const keys = Array.from({ length: size }, (_, at) => [placeOf[at], ...KNOWN.map((index) => columns[index]?.[at])].join(" "));
  const counts = Map.groupBy(keys.keys(), (at) => keys[at]);
  return [...counts.values()].flatMap((same) => (same.length === 1 ? same : []));
}
