/**
 * Whether the frozen rows of a cut are what the hospitals' history gives for its instant: everybody's national rows are made again, by the
 * function that made them, and compared. What history does not keep is not guessed: such persons are counted with the reason (ADR 0041).
 */

import type { Resolving } from "../../episodes/resolve-journey.ts";
import { canonicalJson } from "../../lib/canonical-json.ts";
import { roundForDisclosure } from "../../national/disclosed-count.ts";
import { type NationalPerson, toNationalRows } from "../../national/to-national-rows.ts";
import type { CutJourney } from "../cut-journey.ts";
import { readManifest, type WithheldCounts } from "./cut-manifest.ts";
import type { FrozenPersons, Hindrance, HistoryPage, HistoryReader, NamedPersons, SinceThen } from "./history-ports.ts";
import type { VerificationStore } from "./publication-ports.ts";

/** Why of a person nothing can be said. */
type NotComparable =
  | Hindrance
  /** History gives journeys, the cut has none: whom the gate withheld then, nothing tells. */
  | "NOT_IN_CUT"
  /** Written, or withdrawn, so shortly before the instant that the national side may not have heard of it. */
  | "WRITTEN_JUST_BEFORE"
  /** As many as were destroyed since: a person of whom one organisation's part was destroyed has the others' left. */
  | "DESTROYED";

/** Null: one to seven. The rest is rounded to five. */
type Disclosed<Reason extends string> = Readonly<Record<Reason, number | null>>;

/** Counts are of persons, by pseudonym. */
export interface HistoryVerification {
  readonly number: number;
  readonly asOf: string;
  readonly equal: number;
  /** Nothing but the rows explains it. */
  readonly different: number;
  /** Of those that are equal: compared without the quintile, or without quintile and region. */
  readonly withoutQuintile: number;
  /** In the cut, and not to be derived again: withheld today, or withdrawn since. */
  readonly withheld: Disclosed<keyof WithheldCounts>;
  /** In the cut, and of nobody who is there, or was: destroyed since. */
  readonly gone: number | null;
  /** No more are gone than were destroyed. */
  readonly isGoneExplained: boolean;
  readonly notComparable: Disclosed<NotComparable>;
  readonly ok: boolean;
}

export interface VerifyHistoryDependencies {
  readonly store: Pick<VerificationStore, "signed">;
  readonly history: HistoryReader;
  readonly frozen: FrozenPersons;
  readonly resolving: Resolving;
  /** How long before the cut a change may have been unknown to the national side, in milliseconds. */
  readonly settleMs: number;
}

/** @returns null where there is no cut of the number; `SYNTHETIC`: it is nobody's rows. Reads everybody, page by page */
export type VerifyHistory = (number: number) => Promise<HistoryVerification | "SYNTHETIC" | null>;

export function createVerifyHistory(dependencies: VerifyHistoryDependencies): VerifyHistory {
  const { store, history, frozen, settleMs } = dependencies;
  return async (number) => {
    const signed = await store.signed(number);
    if (signed === null) return null;
    const { asOf, synthetic } = readManifest(signed.manifest);
    if (synthetic) return "SYNTHETIC";
    const instants = { asOf, settled: new Date(Date.parse(asOf) - settleMs).toISOString() };
    const since = await history.begin(number, instants);
    const comparison = { cutId: signed.id, settled: instants.settled, since, counts: new Counts(), ...dependencies };
    for await (const page of history.pages(instants)) await comparePage(page, comparison);
    return comparison.counts.report(number, asOf, await frozen.count(signed.id), since);
  };
}

interface Comparison extends Pick<VerifyHistoryDependencies, "frozen" | "resolving"> {
  readonly cutId: string;
  readonly settled: string;
  readonly since: SinceThen;
  readonly counts: Counts;
}

async function comparePage(page: HistoryPage, comparison: Comparison): Promise<void> {
  const { cutId, frozen, counts, settled, since, resolving } = comparison;
  const found = await frozen.find(
    cutId,
    page.named.map(({ pseudonym }) => pseudonym),
  );
  const unlike: NamedPersons[] = [];
  for (const named of page.named) {
    const stored = found.get(named.pseudonym) ?? [];
    const made = makeRows(named.persons, resolving);
    const left = leftOut(named, since);
    const isEqual = toText(made, left) === toText(stored, left);
    const compared = { isMade: made.length > 0, isStored: stored.length > 0, isEqual, isLeftOut: left.length > 0 };
    if (!counts.take(named, compared)) unlike.push(named);
  }
  if (unlike.length === 0) return;
  const before = await page.at(settled);
  for (const { pseudonym, persons } of unlike) {
    const earlier = toText(makeRows(before.get(pseudonym) ?? [], resolving), []);
    counts.takeUnlike(earlier !== toText(makeRows(persons, resolving), []));
  }
}

const makeRows = (persons: readonly NationalPerson[], resolving: Resolving): readonly CutJourney[] =>
  persons.flatMap((person) => toNationalRows(person, resolving));

type LeftOut = readonly ("imdQuintile" | "region")[];

const leftOut = ({ isPostcodeChanged }: NamedPersons, { isGeographyLoaded }: SinceThen): LeftOut => {
  if (isGeographyLoaded) return ["imdQuintile", "region"];
  return isPostcodeChanged ? ["imdQuintile"] : [];
};

/** One text for equal journeys, in whatever order they and their drugs come. */
function toText(journeys: readonly CutJourney[], left: LeftOut): string {
  const without = Object.fromEntries(left.map((name) => [name, null]));
  const inOrder = (rows: readonly object[]): readonly string[] => rows.map(canonicalJson).toSorted();
  return JSON.stringify(
    inOrder(
      journeys.map(({ row, assessments, acuteEvents, drugs }) => [
        { ...row, ...without },
        ...[assessments, acuteEvents, drugs].map(inOrder),
      ]),
    ),
  );
}

/** What was found of those who have one pseudonym. */
interface Compared {
  readonly isMade: boolean;
  readonly isStored: boolean;
  readonly isEqual: boolean;
  readonly isLeftOut: boolean;
}

class Counts {
  #inCut = 0;
  #equal = 0;
  #withoutQuintile = 0;
  #different = 0;
  readonly #withheld = { OBJECTION: 0, OPT_OUT: 0, OPT_OUT_UNKNOWN: 0, NO_SECTION_251: 0, WITHDRAWN: 0 };
  readonly #notComparable = { IDENTITY_CHANGED: 0, LINKS_CHANGED: 0, NOT_IN_CUT: 0, WRITTEN_JUST_BEFORE: 0 };

  /** @returns false: they differ, and nothing told so far explains it */
  take({ withheld, hindrance }: NamedPersons, { isMade, isStored, isEqual, isLeftOut }: Compared): boolean {
    if (isStored) this.#inCut++;
    if (withheld !== null) this.#withheld[withheld] += Number(isStored);
    else if (!isMade && !isStored) return true;
    else if (isEqual) {
      this.#equal++;
      this.#withoutQuintile += Number(isLeftOut);
      // Not in the cut by this pseudonym: it is counted by the one the cut may have.
    } else if (hindrance !== null) this.#notComparable[hindrance] += Number(isStored);
    else if (!isStored) this.#notComparable.NOT_IN_CUT++;
    else return false;
    return true;
  }

  takeUnlike(isWrittenJustBefore: boolean): void {
    if (isWrittenJustBefore) this.#notComparable.WRITTEN_JUST_BEFORE++;
    else this.#different++;
  }

  report(number: number, asOf: string, inCut: number, { destroyed }: SinceThen): HistoryVerification {
    // Somebody may come, or go, while everybody is read.
    const gone = Math.max(0, inCut - this.#inCut);
    const ofDestroyed = Math.min(this.#different, destroyed);
    const different = this.#different - ofDestroyed;
    const isGoneExplained = gone <= destroyed;
    return {
      number,
      asOf,
      equal: this.#equal,
      different,
      withoutQuintile: this.#withoutQuintile,
      withheld: disclose(this.#withheld),
      gone: roundForDisclosure(gone),
      isGoneExplained,
      notComparable: disclose({ ...this.#notComparable, DESTROYED: ofDestroyed }),
      ok: different === 0 && isGoneExplained,
    };
  }
}

function disclose<Reason extends string>(counts: Readonly<Record<Reason, number>>): Disclosed<Reason> {
  const rounded = Object.entries<number>(counts).map(([reason, count]) => [reason, roundForDisclosure(count)]);
  // The compiler does not see that an object has the keys it was made of.
  return Object.fromEntries(rounded) as Disclosed<Reason>;
}
