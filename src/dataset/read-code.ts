/**
 * Reads options of code lists: key, code, label, `code. label` or alias, whatever the case and spacing (dataset Decision 7). Codes of the
 * NHS, HL7 or FHIR are never read here: the same letter means different things to different senders, and mappings know the sender.
 */
import { foldText, isDigitsOnly } from "../lib/fold-text.ts";
import { findNearest } from "../lib/nearest-text.ts";
import type { CompiledItem, CompiledList } from "./dictionary.ts";
import {
  ABSENT,
  describeProblem,
  FORMAT_INVALID,
  isUnconfirmed,
  type ReadResult,
  type ScalarReader,
  toLeftOut,
  toProblem,
  toValue,
  type ValueReader,
} from "./read-result.ts";

/** Spacing and punctuation that a text may have beyond the longest one of its list; a longer one is not looked at. */
const SPACING_ALLOWANCE = 16;
const SEPARATOR = ";";
/** Bounds of a stated set, in characters and in members: ten times what the longest list needs. */
const LONGEST_SET = 10_000;
const LARGEST_SET = 500;

/** Finds options of one list. */
interface OptionFinder {
  /** The key of the option, or undefined. */
  find(text: string): string | undefined;
  /** Label of the option that was probably meant, where one is near. */
  suggest(text: string): string | undefined;
}

function createFinder(list: CompiledList, mayOffer: boolean): OptionFinder {
  const exact = new Map<string, string>();
  for (const option of list.list.options) for (const text of [option.key, option.label]) exact.set(text, option.key);
  // Codes are compared as written only: folding would make 1.5 the code 15, and 01 may be a code of another system.
  const words = new Map([...list.byText].filter(([text]) => !isDigitsOnly(text)));
  const offered = new Map(
    list.list.options.flatMap(({ label, aliases = [] }) => [label, ...aliases].map((text) => [foldText(text), label])),
  );
  const longest = Math.max(...[...list.byText.keys(), ...exact.keys()].map((text) => text.length));
  const isTooLong = (text: string): boolean => text.length > 2 * longest + SPACING_ALLOWANCE;
  return {
    find: (text) => {
      if (isTooLong(text)) return undefined;
      return exact.get(text) ?? (isDigitsOnly(text) ? list.byText.get(text) : words.get(foldText(text)));
    },
    suggest: (text) => {
      if (!mayOffer || isTooLong(text)) return undefined;
      return offered.get(findNearest(foldText(text), offered.keys()) ?? "");
    },
  };
}

/** What an unlisted text becomes: rejected, stored as the list's "other", or left out. */
function createUnlistedReader(item: CompiledItem, list: CompiledList, finder: OptionFinder): (text: string) => ReadResult {
  const storeAs = list.list.open?.storeAs ?? null;
  const accepts = list.list.open !== undefined || isUnconfirmed(list.list.status);
  return (text) => {
    const params = { list: list.list.label };
    const suggestion = finder.suggest(text);
    if (!accepts) return toProblem("CODE_UNKNOWN", params, suggestion);
    const warning = describeProblem("CODE_UNKNOWN", params, suggestion);
    if (storeAs === null) return toLeftOut(warning);
    return toValue(item.kind === "codes" ? [storeAs] : storeAs, [warning]);
  };
}

/** @throws Error where the item has no list: the dictionary is checked for it when it is compiled. */
function requireList(item: CompiledItem): CompiledList {
  if (item.compiledList === null) throw new Error(`item ${item.name} has no code list`);
  return item.compiledList;
}

/** A reader for one option. Results are made once per option, so a listed value costs one look-up. */
export function createCodeReader(item: CompiledItem): ScalarReader {
  const list = requireList(item);
  const finder = createFinder(list, item.identifying !== true);
  const readUnlisted = createUnlistedReader(item, list, finder);
  const results = new Map([...list.keys].map((key) => [key, toValue(key)]));
  return (raw) => {
    const text = String(raw);
    return results.get(finder.find(text) ?? "") ?? readUnlisted(text);
  };
}

/**
 * A reader for sets of options: an array, or text with `;` between them. The value is the distinct keys in order of the alphabet.
 * In an open list the first unlisted text stands for all of them in the warning.
 */
export function createCodesReader(item: CompiledItem): ValueReader {
  const list = requireList(item);
  const finder = createFinder(list, item.identifying !== true);
  const readUnlisted = createUnlistedReader(item, list, finder);
  return (raw) => {
    const texts = toTexts(raw);
    if (texts === null) return FORMAT_INVALID;
    const keys = new Set<string>();
    let unlisted: ReadResult | null = null;
    for (const text of texts) {
      const key = finder.find(text);
      if (key !== undefined) keys.add(key);
      else unlisted ??= readUnlisted(text);
      if (unlisted?.problem) return unlisted;
    }
    return toSet(keys, unlisted ?? ABSENT);
  };
}

/** The sorted set of what was found and of what an open list stores for the rest. */
function toSet(found: ReadonlySet<string>, unlisted: ReadResult): ReadResult {
  const stored = Array.isArray(unlisted.value) ? unlisted.value : [];
  const keys = new Set([...found, ...stored]);
  return keys.size === 0 ? unlisted : toValue([...keys].sort(), unlisted.warnings);
}

/** The single texts of a stated set, without empty ones; null for a wrong shape or for far more than any list has. */
function toTexts(raw: unknown): readonly string[] | null {
  if (raw === null || raw === undefined) return [];
  if (typeof raw === "string" && raw.length > LONGEST_SET) return null;
  const parts: readonly unknown[] = Array.isArray(raw) ? raw : typeof raw === "string" ? raw.split(SEPARATOR) : [raw];
  if (parts.length > LARGEST_SET) return null;
  const texts: string[] = [];
  for (const part of parts) {
    if (part === null || part === undefined) continue;
    if (typeof part !== "string" && typeof part !== "number" && typeof part !== "boolean") return null;
    const text = String(part).trim();
    if (text !== "") texts.push(text);
  }
  return texts;
}
