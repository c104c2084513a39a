/**
 * What came and what went between two cuts: journeys that the other cut has in every counted respect are neither. A month changes a twelfth of
 * a year, so what follows is of a few journeys. A programme that moved to another trust, region or nation goes with all its journeys, and comes.
 */
import { LongWork } from "../../lib/long-work.ts";
import { type CodedJourneys, NOT_KNOWN } from "../cube/coded-journeys.ts";
import type { Places } from "../cube/places.ts";

/** Coded as the cut that they are of. */
export interface ChangedJourneys {
  readonly come: CodedJourneys;
  readonly gone: CodedJourneys;
}

export async function findChangedJourneys(former: CodedJourneys, now: CodedJourneys): Promise<ChangedJourneys> {
  const work = new LongWork();
  const [formerPaths, paths] = [pathsOf(former.places), pathsOf(now.places)];
  const come: number[] = [];
  const gone: number[] = [];
  for (const span of organisationSpans(former, now)) {
    const left = new Map<string, number[]>();
    for (let at = span.former.from; at < span.former.to; at++) {
      const key = keyOf(former, formerPaths, at);
      const same = left.get(key);
      if (same === undefined) left.set(key, [at]);
      else same.push(at);
    }
    for (let at = span.now.from; at < span.now.to; at++) if (left.get(keyOf(now, paths, at))?.pop() === undefined) come.push(at);
    for (const rows of left.values()) gone.push(...rows);
    await work.giveWay();
  }
  return {
    come: select(now, come),
    gone: select(
      former,
      gone.toSorted((a, b) => a - b),
    ),
  };
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** One organisation's journeys in both cuts: they follow each other. */
export function* organisationSpans(
  former: CodedJourneys,
  now: CodedJourneys,
): Generator<{ readonly former: Span; readonly now: Span }, void> {
  const none: Span = { from: 0, to: 0 };
  const left = new Map(spansOf(former));
  for (const [organisation, span] of spansOf(now)) {
    yield { former: left.get(organisation) ?? none, now: span };
    left.delete(organisation);
  }
  for (const span of left.values()) yield { former: span, now: none };
}

function spansOf({ placeOf, places, size }: CodedJourneys): readonly (readonly [string, Span])[] {
  const spans: [string, Span][] = [];
  for (let from = 0, to = 0; from < size; from = to) {
    const organisation = places.organisationOf[placeOf[from] ?? 0] ?? 0;
    while (to < size && places.organisationOf[placeOf[to] ?? 0] === organisation) to++;
    spans.push([codeOf(places, organisation), { from, to }]);
  }
  return spans;
}

const codeOf = ({ nodes }: Places, node: number): string => `${nodes[node]?.level} ${nodes[node]?.code}`;

/** Of each node: its place with all above it. */
const pathsOf = (places: Places): readonly string[] => places.nodes.map((_, node) => [...pathUp(places, node)].join(" "));

function* pathUp(places: Places, node: number): Generator<string, void> {
  for (let at = node; at >= 0; at = places.nodes[at]?.above ?? -1) yield codeOf(places, at);
}

/** Every category, and the place. */
const keyOf = ({ columns, placeOf }: CodedJourneys, paths: readonly string[], at: number): string =>
  String.fromCharCode(...columns.map((column) => column[at] ?? NOT_KNOWN)) + (paths[placeOf[at] ?? 0] ?? "");

/** @param rows in their order */
const select = ({ auditYear, columns, days, places, placeOf }: CodedJourneys, rows: readonly number[]): CodedJourneys => ({
  auditYear,
  size: rows.length,
  columns: columns.map((column) => Uint8Array.from(rows, (at) => column[at] ?? NOT_KNOWN)),
  days: days.map((column) => Int16Array.from(rows, (at) => column[at] ?? 0)),
  places,
  placeOf: Uint16Array.from(rows, (at) => placeOf[at] ?? 0),
});
