/** Journeys as numbers: one byte for each dimension, so that a million of them take some 35 MB. One pass; nothing else of a journey is kept. */
import { LongWork } from "../../lib/long-work.ts";
import type { CutJourney } from "../cut-journey.ts";
import { MEDIAN_DAYS, MEDIAN_MEASURES } from "./declaration.ts";
import { DIMENSIONS } from "./dimensions.ts";
import { buildPlaces, type Places, type PlaceVotes, ROOT } from "./places.ts";

/** Code of what is not known. */
export const NOT_KNOWN = 255;
/** Days that are not known, or cannot be right. */
export const NO_DAYS = -1;

/** Ordered by organisation. `columns` as `DIMENSIONS`, `days` as `MEDIAN_MEASURES`. */
export interface CodedJourneys {
  readonly auditYear: number;
  readonly size: number;
  readonly columns: readonly Uint8Array[];
  readonly days: readonly Int16Array[];
  readonly places: Places;
  /** Node of the place: a programme, or the root for journeys without. */
  readonly placeOf: Uint16Array;
}

/** Year in which the audit year of the month began, which is in April. */
export const auditYearOf = (month: string): number => Number(month.slice(0, 4)) - (Number(month.slice(5, 7)) < 4 ? 1 : 0);

/** One for each audit year that has journeys, by year: tables of two years share no journey, so each is a cube of its own. */
export async function codeJourneys(
  journeys: Iterable<CutJourney> | AsyncIterable<CutJourney>,
): Promise<readonly CodedJourneys[]> {
  const years = new Map<number, YearOfJourneys>();
  const work = new LongWork();
  for await (const journey of journeys) {
    const auditYear = auditYearOf(journey.row.eventMonth);
    const year = years.get(auditYear) ?? new YearOfJourneys(auditYear);
    years.set(auditYear, year);
    year.add(journey);
    if (year.size % 256 === 0) await work.giveWay();
  }
  return [...years.values()].toSorted((a, b) => a.auditYear - b.auditYear).map((year) => year.finish());
}

const CODES = DIMENSIONS.map(({ categories }) => new Map(categories.map(({ key }, code) => [key, code])));
const FIRST_CAPACITY = 1024;

class YearOfJourneys {
  readonly auditYear: number;
  size = 0;
  #columns = DIMENSIONS.map(() => new Uint8Array(FIRST_CAPACITY));
  #days = MEDIAN_MEASURES.map(() => new Int16Array(FIRST_CAPACITY));
  /** Index in `#votes`; 0 is no programme. */
  #programmes = new Uint16Array(FIRST_CAPACITY);
  readonly #votes: PlaceVotes[] = [];
  readonly #indexOf = new Map<string, number>();

  constructor(auditYear: number) {
    this.auditYear = auditYear;
  }

  add(journey: CutJourney): void {
    const at = this.size;
    if (at === this.#programmes.length) this.#grow();
    for (const [index, { categoryOf }] of DIMENSIONS.entries()) {
      const key = categoryOf(journey);
      const column = this.#columns[index];
      if (column !== undefined) column[at] = key === null ? NOT_KNOWN : (CODES[index]?.get(key) ?? NOT_KNOWN);
    }
    for (const [index, { item }] of MEDIAN_MEASURES.entries()) {
      const days = journey.row[item];
      const isRight = days !== null && days >= MEDIAN_DAYS.min && days <= MEDIAN_DAYS.max;
      const column = this.#days[index];
      if (column !== undefined) column[at] = isRight ? days : NO_DAYS;
    }
    this.#programmes[at] = this.#vote(journey);
    this.size++;
  }

  #vote({ row: { programme, trust, region, nation } }: CutJourney): number {
    if (programme === null) return 0;
    const index = this.#indexOf.get(programme) ?? this.#votes.length + 1;
    if (index > this.#votes.length) {
      this.#indexOf.set(programme, index);
      this.#votes.push({ programme, votes: new Map() });
    }
    const votes = this.#votes[index - 1]?.votes;
    const key = JSON.stringify([trust, region, nation]);
    const vote = votes?.get(key) ?? { trust, region, nation, count: 0 };
    vote.count++;
    votes?.set(key, vote);
    return index;
  }

  #grow(): void {
    const longer = <A extends Uint8Array | Int16Array | Uint16Array>(make: (length: number) => A, old: A): A => {
      const copy = make(old.length * 2);
      copy.set(old);
      return copy;
    };
    this.#columns = this.#columns.map((column) => longer((length) => new Uint8Array(length), column));
    this.#days = this.#days.map((column) => longer((length) => new Int16Array(length), column));
    this.#programmes = longer((length) => new Uint16Array(length), this.#programmes);
  }

  finish(): CodedJourneys {
    const places = buildPlaces(this.#votes);
    const nodes = Uint16Array.from([ROOT, ...this.#votes.map(({ programme }) => places.programmeNode(programme))]);
    const order = orderBy(this.#programmes.subarray(0, this.size), (index) => places.organisationOf[nodes[index] ?? 0] ?? 0);
    return {
      auditYear: this.auditYear,
      size: this.size,
      columns: this.#columns.map((column) => Uint8Array.from(order, (at) => column[at] ?? NOT_KNOWN)),
      days: this.#days.map((column) => Int16Array.from(order, (at) => column[at] ?? NO_DAYS)),
      places,
      placeOf: Uint16Array.from(order, (at) => nodes[this.#programmes[at] ?? 0] ?? 0),
    };
  }
}

/** Positions by the number of what stands there: a sort by counting. */
function orderBy(values: Uint16Array, rankOf: (value: number) => number): Uint32Array {
  const starts = new Uint32Array(65_537);
  for (const value of values) {
    const after = rankOf(value) + 1;
    starts[after] = (starts[after] ?? 0) + 1;
  }
  for (let rank = 1; rank < starts.length; rank++) starts[rank] = (starts[rank] ?? 0) + (starts[rank - 1] ?? 0);
  const order = new Uint32Array(values.length);
  for (const [at, value] of values.entries()) {
    const rank = rankOf(value);
    const to = starts[rank] ?? 0;
    order[to] = at;
    starts[rank] = to + 1;
  }
  return order;
}
