/** Looks for canaries in bytes of any kind: as they were sent, in another case, spaced otherwise, in hexadecimal and in base64. */
import {
  type CanaryItem,
  type CanaryPatient,
  LETTERS,
  LETTERS_EACH,
  MARKER,
  TEXT_KINDS,
  type TextKind,
} from "./canary-patients.ts";

export interface Finding {
  readonly place: string;
  readonly item: CanaryItem;
  readonly index: number;
}

type Sight = Pick<Finding, "item" | "index">;
/** What comes in pieces. */
type Pieces = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Longer than any canary in any form: what lies across the border of two pieces is seen with the second. */
const OVERLAP = 128;
const TEXT = new RegExp(`${MARKER}([a-z])([${LETTERS}]{${LETTERS_EACH}})`, "gi");
const TEXT_IN_HEX = /(?:[57]1)(?:[57]8)(?:[46]a)(?:[4-7][0-9a-f]){6}/gi;
/** The three places of a text in a group of base64; what else of it fits is judged by decoding. */
const TEXT_IN_BASE64 = [0, 1, 2].map((before) => {
  const fixed = Buffer.from(`${"\0".repeat(before)}${MARKER}`)
    .toString("base64")
    .replaceAll("=", "");
  const own = fixed.slice(Math.ceil((before * 8) / 6), Math.floor(((before + MARKER.length) * 8) / 6));
  return new RegExp(`[A-Za-z0-9+/_-]{${Math.ceil((before * 8) / 6)}}${own.replaceAll("+", "\\+")}[A-Za-z0-9+/_-]{11}`, "g");
});
// Each begins with something rare, which is what makes it fast; what stands beside a find is looked at afterwards.
const NHS_NUMBER = /999[ -]?\d{3}[ -]?\d{4}/g;
const NHS_NUMBER_IN_HEX = /393939(?:3\d){7}/g;
const POSTCODE = /ze\d\d\s?\d[a-z]{2}/gi;
const DATES = [/19[0-3]\d(-?)[01]\d\1[0-3]\d/g, /[0-3]\d([/.-])[01]\d\1(?=19[0-3]\d)..../g];
/** With one of these beside it a number is a part of something else: of an id, a digest, a sealed box. */
const HEX = /[0-9a-f]/;
const WORD = /[0-9a-z-]/i;

/** What matches and has no neighbour of the kind. */
function* alone(text: string, form: RegExp, neighbour: RegExp): Generator<string> {
  for (const { 0: found, index } of text.matchAll(form))
    if (!neighbour.test(text.charAt(index - 1)) && !neighbour.test(text.charAt(index + found.length))) yield found;
}

/** One for a set of patients; what it does not know of is no canary. */
export class CanarySearch {
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #postcodes: ReadonlyMap<string, number>;
  readonly #dates: ReadonlyMap<string, number>;
  readonly #count: number;

  constructor(patients: readonly CanaryPatient[]) {
    this.#count = patients.length;
    this.#numbers = new Map(patients.map(({ nhsNumber, index }) => [nhsNumber, index]));
    this.#postcodes = new Map(patients.map(({ postcode, index }) => [postcode.replace(" ", ""), index]));
    this.#dates = new Map(patients.flatMap(({ dateOfBirth, index }) => formsOf(dateOfBirth).map((form) => [form, index])));
  }

  /** Every canary of a place, each once. */
  async look(place: string, pieces: Pieces): Promise<readonly Finding[]> {
    const found = new Map<string, Finding>();
    let end = "";
    for await (const piece of pieces) {
      const text = end + Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength).toString("latin1");
      for (const sight of this.#sights(text)) found.set(`${sight.item}/${sight.index}`, { place, ...sight });
      end = text.slice(-OVERLAP);
    }
    return [...found.values()];
  }

  lookIn(place: string, text: string): Promise<readonly Finding[]> {
    return this.look(place, [Buffer.from(text)]);
  }

  *#sights(text: string): Generator<Sight> {
    yield* this.#texts(text);
    for (const [hex] of text.matchAll(TEXT_IN_HEX)) yield* this.#texts(Buffer.from(hex, "hex").toString("latin1"));
    for (const form of TEXT_IN_BASE64)
      for (const [found] of text.matchAll(form)) yield* this.#texts(Buffer.from(found, "base64").toString("latin1"));
    const known = function* (item: CanaryItem, index: number | undefined): Generator<Sight> {
      if (index !== undefined) yield { item, index };
    };
    for (const number of alone(text, NHS_NUMBER, HEX))
      yield* known("nhsNumber", this.#numbers.get(number.replaceAll(/[ -]/g, "")));
    for (const [hex] of text.matchAll(NHS_NUMBER_IN_HEX))
      yield* known("nhsNumber", this.#numbers.get(Buffer.from(hex, "hex").toString("latin1")));
    for (const postcode of alone(text, POSTCODE, WORD))
      yield* known("postcode", this.#postcodes.get(postcode.replaceAll(/\s/g, "").toUpperCase()));
    for (const form of DATES) for (const date of alone(text, form, WORD)) yield* known("dateOfBirth", this.#dates.get(date));
  }

  *#texts(text: string): Generator<Sight> {
    for (const [, letter = "", letters = ""] of text.matchAll(TEXT)) {
      const kind = kindOf(letter.toLowerCase());
      const index = Number([...letters.toLowerCase()].map((each) => LETTERS.indexOf(each)).join(""));
      if (kind !== undefined && index < this.#count) yield { item: kind, index };
    }
  }
}

const KINDS = new Map(Object.entries(TEXT_KINDS).map(([kind, letter]) => [letter as string, kind as TextKind]));
const kindOf = (letter: string): TextKind | undefined => KINDS.get(letter);

/** ISO, HL7, and as people write it. */
function formsOf(iso: string): readonly string[] {
  const [year = "", month = "", day = ""] = iso.split("-");
  return [iso, year + month + day, `${day}/${month}/${year}`, `${day}.${month}.${year}`, `${day}-${month}-${year}`];
}
