/** The dictionaries in service, compiled once and joined: each knows how its records become records of the newest. */
import { conversions } from "../../schema/nacr/conversions.ts";
import { DEFAULT_DATASET_VERSION, VERSIONS } from "../../schema/nacr/index.ts";
import { compileDictionary } from "../dataset/compile-dictionary.ts";
import type { Dictionary, DictionarySource } from "../dataset/dictionary.ts";
import { joinVersions } from "../dataset/up-convert.ts";

export { DEFAULT_DATASET_VERSION, LATEST_DATASET_VERSION, VERSIONS } from "../../schema/nacr/index.ts";

let compiled: ReadonlyMap<string, Dictionary> | null = null;

/**
 * The dictionary of a dataset version; null for a version that is not in service. All are compiled at the first call.
 * @throws Error for an inconsistent dictionary or conversion, so a process asks for one before it serves.
 */
export function dictionaryOf(version: string): Dictionary | null {
  compiled ??= compileVersions();
  return compiled.get(version) ?? null;
}

/** All of them, the one first that is assumed where a submission names none. @throws Error as `dictionaryOf` */
export function dictionariesInService(): readonly [Dictionary, ...Dictionary[]] {
  const assumed = dictionaryOf(DEFAULT_DATASET_VERSION);
  if (assumed === null) throw new Error(`There is no dictionary ${DEFAULT_DATASET_VERSION}.`);
  const all = VERSIONS.flatMap(({ dictionary }) => dictionaryOf(dictionary.version) ?? []);
  return [assumed, ...all.filter((dictionary) => dictionary !== assumed)];
}

/**
 * The dictionaries as they would be in service with some of them changed, each in place of the one of its version.
 * @throws Error for whatever is inconsistent in them or between them
 */
export function compileVersions(changed: readonly DictionarySource[] = []): ReadonlyMap<string, Dictionary> {
  const sources = VERSIONS.map(({ dictionary }) => changed.find(({ version }) => version === dictionary.version) ?? dictionary);
  const dictionaries = joinVersions(
    sources.map((source) => compileDictionary(source)),
    conversions,
  );
  return new Map(dictionaries.map((dictionary) => [dictionary.version, dictionary]));
}
