/** What the values of a coded column mean: by a code map of the profile, or in the dataset's own words. */
import type { CompiledItem, CompiledList } from "../../src/dataset/dictionary.ts";
import { readValue } from "../../src/dataset/read-value.ts";
import { foldText } from "../../src/lib/fold-text.ts";
import { findNearest } from "../../src/lib/nearest-text.ts";
import { createTextIndex } from "../concept-maps/text-index.ts";

/** A source value that a code map says has no option in the dataset. */
export const NO_OPTION = Symbol("no option");

export interface CodeTable {
  /** By what site code maps know it: the name of the code map, else the column's own. */
  readonly name: string;
  /** The value of the item; `NO_OPTION`; undefined: not translated. */
  find(source: string): string | typeof NO_OPTION | undefined;
  /** Labels of the options that were probably meant, at most three, the nearest first. */
  nearest(source: string): readonly string[];
}

const MOST_NEAREST = 3;
/** Nobody's code; a cell may hold a page of text. */
const LONGEST_CODE = 200;
/** No date is judged here. */
const ANY_DAY = "9999-12-31";
const BOOLEAN_OPTIONS: ReadonlyMap<string, string> = new Map([
  ["true", "Yes"],
  ["false", "No"],
]);

/** Case and spacing do not count; punctuation does: `<5` is not `>5`. */
export const normaliseSource = (text: string): string => text.trim().replaceAll(/\s+/g, " ").toLowerCase();

/** The item's own reading of a text: a key, code, label or alias; undefined: it is none of them. */
export function readOption(item: CompiledItem, text: string): string | undefined {
  const { value, warnings } = readValue(item, text, ANY_DAY);
  if (warnings.length > 0) return undefined;
  if (typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return value.length === 1 && typeof value[0] === "string" ? value[0] : undefined;
  return typeof value === "string" ? value : undefined;
}

/** `map` null: the column holds the dataset's own words. */
export function createCodeTable(name: string, map: ReadonlyMap<string, string | null> | null, item: CompiledItem): CodeTable {
  const options = item.compiledList === null ? BOOLEAN_OPTIONS : labelsOf(item.compiledList);
  const offered = new Map([...options, ...offeredSources(map, options)].map(([text, label]) => [foldText(text), label]));
  const byWords = createTextIndex([...offered], ([text, label]) => `${text} ${label}`);
  return {
    name,
    find(source) {
      if (source.length > LONGEST_CODE) return undefined;
      if (map === null) return readOption(item, source);
      const target = map.get(normaliseSource(source));
      return target === null ? NO_OPTION : target;
    },
    nearest(source) {
      if (source.length > LONGEST_CODE) return [];
      const slip = findNearest(foldText(source), offered.keys());
      const labels = [
        ...(slip === null ? [] : [offered.get(slip) ?? ""]),
        ...byWords.find(source, MOST_NEAREST).map(([, label]) => label),
      ];
      return [...new Set(labels)].slice(0, MOST_NEAREST);
    },
  };
}

/** Label, key and aliases of each option, to its label. */
function labelsOf({ list }: CompiledList): ReadonlyMap<string, string> {
  return new Map(
    list.options.flatMap(({ key, label, aliases = [] }) => [label, key, ...aliases].map((text) => [text, label] as const)),
  );
}

/** A slip in a code the map knows leads to what that code means. */
function* offeredSources(map: ReadonlyMap<string, string | null> | null, options: ReadonlyMap<string, string>) {
  for (const [source, target] of map ?? []) {
    const label = target === null ? undefined : options.get(target);
    if (label !== undefined) yield [source, label] as const;
  }
}
