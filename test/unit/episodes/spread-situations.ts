/**
 * Spreads a decided situation over its types, gaps and dates. Decides nothing: label, source and reason are the situation's own.
 * The same situations always give the same cases.
 */
import { addDays } from "../../../src/lib/calendar-date.ts";
import { createSeededRandom, type SeededRandom } from "../../../src/lib/seeded-random.ts";
import type { EpisodeCase, Situation } from "./episode-case.ts";

/** Made-up organisations, one programme each. */
const ORGANISATIONS = ["T1A", "T2B", "T3C", "T4D", "T5E"] as const;
const FIRST_DATE = "2021-03-01";
const DATES_WITHIN_DAYS = 1300;

type CaseEvent = EpisodeCase["a"];

export function spreadSituations(situations: readonly Situation[]): readonly EpisodeCase[] {
  return situations.flatMap((situation) => {
    const random = createSeededRandom(seedOf(situation.situation));
    const start = random.integer(0, 1000);
    return Array.from({ length: situation.cases }, (_, number) => spreadOne(situation, number, start + number, random));
  });
}

/** The order of a pair says nothing, so half of the pairs are turned round. */
function spreadOne(situation: Situation, number: number, step: number, random: SeededRandom): EpisodeCase {
  const { label, source, reason } = situation;
  const name = `${situation.situation}/${number + 1}`;
  const [first, second] = spreadEvents(situation, number, step, random);
  const [a, b] = random.next() < 0.5 ? [first, second] : [second, first];
  return { case: name, label, source, reason, a: { ...a, id: `${name}/a` }, b: { ...b, id: `${name}/b` } };
}

function spreadEvents(situation: Situation, number: number, step: number, random: SeededRandom): readonly [CaseEvent, CaseEvent] {
  const { first, second } = situation;
  const firstType = nth(first.types, step);
  const others = situation.differentTypes ? second.types.filter((type) => type !== firstType) : second.types;
  // Every gap once before one is taken twice; types go round at another pace, so that they meet different gaps.
  const [firstDate, secondDate] = spreadDates(situation, number, random);
  const secondType = nth(others, step + Math.floor(number / (second.days?.length ?? 1)));
  const place = random.integer(0, ORGANISATIONS.length - 1);
  const otherPlace = situation.organisations === "SAME" ? place : place + random.integer(1, ORGANISATIONS.length - 1);
  const treatments = treatmentsOf(first.treatments, step, firstDate, secondDate, []);
  return [
    { ...at(place), id: "", eventType: firstType, eventDate: firstDate, treatments },
    {
      ...at(otherPlace),
      id: "",
      eventType: secondType === "AS_FIRST" ? firstType : secondType,
      eventDate: secondDate,
      treatments: treatmentsOf(second.treatments, step, secondDate, firstDate, treatments),
    },
  ];
}

function spreadDates({ dates, second }: Situation, number: number, random: SeededRandom): readonly [string, string | null] {
  if (dates !== undefined) return nth(dates, number);
  const firstDate = addDays(FIRST_DATE, random.integer(0, DATES_WITHIN_DAYS));
  const days = nth(second.days ?? [0], number);
  return [firstDate, days === null ? null : addDays(firstDate, days)];
}

function treatmentsOf(
  spread: Situation["first"]["treatments"],
  step: number,
  own: string | null,
  other: string | null,
  asFirst: CaseEvent["treatments"],
): CaseEvent["treatments"] {
  return spread.map(({ types, after, days }, position) => {
    const type = nth(types, step);
    const from = after === "OWN_EVENT" ? own : other;
    return {
      type: type === "AS_FIRST" ? nth(asFirst, position).type : type,
      date: from === null ? null : addDays(from, days),
    };
  });
}

function at(place: number): { readonly ods: string; readonly programme: string } {
  const ods = nth(ORGANISATIONS, place);
  return { ods, programme: `${ods}-CR` };
}

/** Goes round and round. */
function nth<T>(list: readonly T[], position: number): T {
  const found = list[position % list.length];
  if (found === undefined) throw new RangeError("nothing to choose from");
  return found;
}

const seedOf = (name: string): number => [...name].reduce((sum, letter) => Math.imul(sum, 31) + letter.charCodeAt(0), 7);
