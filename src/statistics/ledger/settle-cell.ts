/**
 * How one cell stands from cut to cut (ADR 0042). What is rounded after the first publication is not the count but the *position*: the first
 * figure and all that came and went since. So whoever knows every change (it made them) learns nothing of the count behind the first figure.
 */
import { CUBE_RULES, leastOf, mostOfOne, roundHalfUp, WITHHELD } from "../cube/disclosure-rules.ts";

const { withheldFrom, withheldTo, roundTo } = CUBE_RULES;

/** A figure moves by so much at least: then the change behind it is 6 or more, and no single journey is seen. */
const SMALLEST_STEP = 2 * roundTo;
/** Where a withheld count stands for the length of a step. */
const PLACE_OF_WITHHELD = roundTo;
/** The position of a small first count: in the middle, so that it is at most 4 away. */
const FIRST_OF_SMALL = Math.floor((withheldFrom + withheldTo) / 2);

/** More than there can be. */
const MOST_JOURNEYS = 100_000_000;

/** What the first count of a cell was: it says how far a count can lie from its position. */
export const ORIGIN = {
  /** A published figure: the position is the figure. */
  FIGURE: 0,
  /** A withheld one: the position is in its middle. */
  SMALL: 1,
  /**
   * One organisation has too much of it: the position is that of its part alone. The others' part is small, and the organisation, which
   * knows its own, would tell from a position of the whole how small.
   */
  DOMINATED: 2,
} as const;

/** Most that the position is above the count, and below it. */
interface Slack {
  readonly above: number;
  readonly below: number;
}
const OF_FIGURE: Slack = { above: Math.floor(roundTo / 2), below: Math.floor((roundTo - 1) / 2) };
const OF_SMALL: Slack = { above: FIRST_OF_SMALL - withheldFrom, below: withheldTo - FIRST_OF_SMALL };
/** The others' part is not bounded here. */
const OF_DOMINATED: Slack = { above: Math.max(OF_FIGURE.above, OF_SMALL.above), below: MOST_JOURNEYS };
const slackOf = (origin: number): Slack => {
  if (origin === ORIGIN.FIGURE) return OF_FIGURE;
  return origin === ORIGIN.SMALL ? OF_SMALL : OF_DOMINATED;
};

export interface FirstStanding {
  readonly figure: number;
  /** From the count to the position. */
  readonly offset: number;
  readonly origin: number;
}

/** The cell's first publication. @param largest contribution of one organisation; 0 for cells of organisations */
export function standFirst(count: number, largest: number): FirstStanding {
  if (count <= withheldTo) return { figure: WITHHELD, offset: FIRST_OF_SMALL - count, origin: ORIGIN.SMALL };
  const figure = roundHalfUp(count, roundTo);
  if (largest <= mostOfOne(leastOf(figure, CUBE_RULES), CUBE_RULES))
    return { figure, offset: figure - count, origin: ORIGIN.FIGURE };
  const own = standFirst(largest, 0);
  return { figure: own.figure, offset: own.offset + largest - count, origin: ORIGIN.DOMINATED };
}

/** What the position would be published as. A figure that is new is never of a small count, whatever the offset is. */
export const figureAt = (position: number, origin: number): number =>
  position - slackOf(origin).above <= withheldTo ? WITHHELD : roundHalfUp(position, roundTo);

const placeOf = (figure: number): number => (figure === WITHHELD ? PLACE_OF_WITHHELD : figure);

/** From one figure to another. */
export const stepBetween = (from: number, to: number): number => placeOf(to) - placeOf(from);

/** Most that one organisation has added to the cell, and taken from it, since it moved. */
export interface EarlierChanges {
  readonly added: number;
  readonly taken: number;
}

/**
 * Whether the step is long enough for an organisation that takes its own change from it: what moved the figure is then 6 journeys of others
 * or more. With the others constant no figure ever moves, whatever one organisation does.
 * @param change its own in this cut; 0 for everybody else
 */
export function isLongEnough(step: number, change: number, { added, taken }: EarlierChanges): boolean {
  const ofOthers = step - change;
  return Math.max(-taken - ofOthers, ofOthers - added) >= SMALLEST_STEP;
}

/** How a cell came to its figure. */
export const FRESHNESS = {
  /** Kept from the cut before. */
  HELD: 0,
  MOVED: 1,
  /** Published for the first time. */
  FIRST: 2,
} as const;

export interface StandingCell extends EarlierChanges {
  readonly figure: number;
  readonly origin: number;
  readonly freshness: number;
}

/** The counts that the figure leaves possible for whoever knows these rules and how much each organisation changed at most. */
export function countsBehind({ figure, origin, freshness, added, taken }: StandingCell): readonly [least: number, most: number] {
  const { above, below } = slackOf(origin);
  if (freshness === FRESHNESS.FIRST && figure === WITHHELD) return [withheldFrom, Math.max(withheldTo, FIRST_OF_SMALL + below)];
  if (freshness === FRESHNESS.FIRST) return [leastOf(figure, CUBE_RULES), figure + below];
  const isHeld = freshness === FRESHNESS.HELD;
  const highest = placeOf(figure) + (isHeld ? longestHeld(added) : 0);
  const lowest = placeOf(figure) - (isHeld ? longestHeld(taken) : 0);
  const mostWithheld = withheldTo + above;
  const high = highest <= PLACE_OF_WITHHELD ? mostWithheld : Math.max(highest + OF_FIGURE.below, mostWithheld);
  const low = lowest <= PLACE_OF_WITHHELD ? 0 : Math.max(lowest - OF_FIGURE.above, mostWithheld + 1);
  return [Math.max(0, low - above), high + below];
}

/** A longer step moves the cell. */
const longestHeld = (byOne: number): number => Math.floor((SMALLEST_STEP - 1 + byOne) / roundTo) * roundTo;
