/** Events for the tests of linking: by hand, and any. */
import fc from "fast-check";
import { DICTIONARIES, LATEST_DATASET_VERSION } from "../../../schema/nacr/index.ts";
import type { EpisodeEvent } from "../../../src/episodes/judge-events.ts";
import type { LinkDecision } from "../../../src/episodes/link-words.ts";
import { addDays } from "../../../src/lib/calendar-date.ts";

/** Day 0 of the events here. */
const BEGIN = "2024-01-01";
const onDay = (day: number): string => addDays(BEGIN, day);

type Treated = readonly [type: string, day: number | null];

/** An event on a day; the id is what the test calls it, the organisation is of its own. */
export const eventOn = (id: string, day: number | null, eventType: string, ...treatments: readonly Treated[]): EpisodeEvent => ({
  ods: `T${id}`,
  id,
  eventType,
  eventDate: day === null ? null : onDay(day),
  treatments: treatments.map(([type, treated]) => ({ type, date: treated === null ? null : onDay(treated) })),
});

/** A procedure that a hospital sent as an event of its own. */
export const procedureOn = (id: string, day: number, type: string): EpisodeEvent =>
  eventOn(id, day, "USE_TREATMENT", [type, day]);

/** The keys of a code list of the dictionary in service. */
export function keysOf(list: string): readonly string[] {
  const found = DICTIONARIES[LATEST_DATASET_VERSION]?.codeLists.find(({ name }) => name === list);
  if (found === undefined) throw new RangeError(`no list ${list}`);
  return found.options.map(({ key }) => key);
}

const MOST_DAY = 400;
const anyDay = fc.option(fc.integer({ min: 0, max: MOST_DAY }), { freq: 12 });
const anyTreatment = fc.tuple(fc.constantFrom(...keysOf("TreatmentType")), anyDay);
/** Most events are of the few types that meet each other most. */
const anyType = fc.oneof(
  fc.constantFrom("MI_STEMI", "MI_NSTEMI", "USE_TREATMENT", "HEART_FAILURE", "ANGINA", "UNKNOWN"),
  fc.constantFrom(...keysOf("EventType")),
);

/** Any events of one person, each with an id of its own. */
export const anyEvents = (most: number): fc.Arbitrary<readonly EpisodeEvent[]> =>
  fc
    .array(
      fc.record({
        place: fc.integer({ min: 1, max: 3 }),
        type: anyType,
        day: anyDay,
        treated: fc.array(anyTreatment, { maxLength: 2 }),
      }),
      {
        maxLength: most,
      },
    )
    .map((events) =>
      events.map(({ place, type, day, treated }, number) => ({
        ...eventOn(`e${number}`, day, type, ...treated),
        ods: `T${place}`,
      })),
    );

/** Any decisions about pairs of these events, at instants of their own and at the same ones. */
export const anyDecisions = (events: readonly EpisodeEvent[], most: number): fc.Arbitrary<readonly LinkDecision[]> =>
  events.length < 2
    ? fc.constant([])
    : fc.array(
        fc
          .record({
            pair: fc.shuffledSubarray([...events], { minLength: 2, maxLength: 2 }),
            decision: fc.constantFrom("CONFIRMED" as const, "REJECTED" as const, "UNLINKED" as const),
            hour: fc.integer({ min: 10, max: 19 }),
          })
          .map(({ pair, decision, hour }) => decide(pair, decision, hour)),
        { maxLength: most },
      );

export function decide([one, other]: readonly EpisodeEvent[], decision: LinkDecision["decision"], hour: number): LinkDecision {
  if (one === undefined || other === undefined) throw new RangeError("a decision is about two events");
  return {
    a: { ods: one.ods, id: one.id },
    b: { ods: other.ods, id: other.id },
    decision,
    decidedAt: `2024-06-01T${hour}:00:00Z`,
  };
}
