/** Brings spells and loose facts together into stays: what a single event may be derived from (interop 1.7 item 2). */
import type { CodedFact, CodedTarget, Spell } from "./coded-target.ts";

/** One meaning of one fact. */
export interface Meaning {
  readonly fact: CodedFact;
  readonly target: CodedTarget;
}

/** A contact with all its facts, or facts of one day that belong to no contact. */
export interface Stay {
  readonly key: string;
  readonly start: string | null;
  readonly end: string | null;
  readonly closed: boolean;
  readonly died: boolean;
  /** Facts of a problem list, not of a contact. */
  readonly alone: boolean;
  readonly facts: readonly CodedFact[];
}

const DAY_IN_MS = 86_400_000;

/** Days from one ISO calendar date to another; negative where the second is the earlier. */
export const daysBetween = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / DAY_IN_MS);

/** Orders dates, the missing ones last. */
export const compareDates = (a: string | null, b: string | null): number => compareTexts(a ?? "~", b ?? "~");

/** Orders by code unit, the same on every machine. */
export const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Orders facts by what they say and where they stand, never by the order in which they came:
 * this is what makes every "first one" of the derivation the same for the same input.
 */
export const compareFacts = (a: CodedFact, b: CodedFact): number =>
  compareDates(a.date, b.date) ||
  (a.rank ?? Number.MAX_SAFE_INTEGER) - (b.rank ?? Number.MAX_SAFE_INTEGER) ||
  compareTexts(a.system, b.system) ||
  compareTexts(a.code, b.code) ||
  compareTexts(a.expression, b.expression);

/** A spell without id and start is no contact: its facts stand alone, each day by itself, undated ones each code by itself. */
const isAlone = (spell: Spell): boolean => spell.id === null && spell.start === null;

const looseStay = (fact: CodedFact, died: boolean): Stay => ({
  key: fact.date === null ? `?${fact.system}|${fact.code}` : `~${fact.date}`,
  start: fact.date,
  end: null,
  closed: false,
  died,
  alone: true,
  facts: [fact],
});

const contactStay = (spell: Spell): Stay => ({
  key: spell.id === null ? `@${spell.start}` : `#${spell.id}`,
  start: spell.start,
  end: spell.end,
  closed: spell.closed,
  died: spell.died,
  alone: false,
  facts: [...spell.diagnoses, ...spell.procedures],
});

const earliest = (a: string | null, b: string | null): string | null => (compareDates(a, b) <= 0 ? a : b);
const latest = (a: string | null, b: string | null): string | null => (a !== null && (b === null || a > b) ? a : b);

const join = (a: Stay, b: Stay): Stay => ({
  key: a.key,
  start: earliest(a.start, b.start),
  end: latest(a.end, b.end),
  closed: a.closed || b.closed,
  died: a.died || b.died,
  alone: a.alone && b.alone,
  facts: [...a.facts, ...b.facts],
});

const joinByKey = (stays: readonly Stay[]): Stay[] => {
  const joined = new Map<string, Stay>();
  for (const stay of stays) {
    const known = joined.get(stay.key);
    joined.set(stay.key, known === undefined ? stay : join(known, stay));
  }
  return [...joined.values()].sort((a, b) => compareDates(a.start, b.start) || compareTexts(a.key, b.key));
};

/** The contact during which a loose fact is dated; a contact without end lasts its first day. */
const findContact = (contacts: readonly Stay[], date: string | null): Stay | undefined =>
  date === null ? undefined : contacts.find(({ start, end }) => start !== null && start <= date && date <= (end ?? start));

/**
 * Joins spells of one id (without one: of one start), and puts loose facts into the contact during which they are dated,
 * else together by day. The result is in order of start and does not depend on the order of the input.
 */
export const buildStays = (spells: readonly Spell[]): readonly Stay[] => {
  const contacts = joinByKey(spells.filter((spell) => !isAlone(spell)).map(contactStay));
  const loose = spells
    .filter(isAlone)
    .flatMap((spell) => [...spell.diagnoses, ...spell.procedures].map((fact) => looseStay(fact, spell.died)));
  const placed = loose.map((stay) => {
    const contact = findContact(contacts, stay.start);
    // Only the facts move in: a loose fact neither shortens nor prolongs the contact.
    return contact === undefined ? stay : { ...contact, died: contact.died || stay.died, facts: stay.facts };
  });
  return joinByKey([...contacts, ...placed]).map((stay) => ({ ...stay, facts: stay.facts.toSorted(compareFacts) }));
};

/** One of each, by a key; the first by content, so that the order of the input does not matter. */
export const foldByKey = <T extends { readonly fact: CodedFact }>(
  items: readonly T[],
  keyOf: (item: T) => string,
): readonly T[] => {
  const sorted = items.toSorted((a, b) => compareTexts(keyOf(a), keyOf(b)) || compareFacts(a.fact, b.fact));
  return sorted.filter((item, i) => {
    const before = sorted[i - 1];
    return before === undefined || keyOf(before) !== keyOf(item);
  });
};
