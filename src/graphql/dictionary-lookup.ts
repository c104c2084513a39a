import type { Dictionary } from "../dataset/dictionary.ts";
import { dictionaryOf, LATEST_DATASET_VERSION, VERSIONS } from "../records/dictionaries.ts";

/** The newest dictionary, in whose words records are stored and answered. */
export function latestDictionary(): Dictionary {
  const dictionary = dictionaryOf(LATEST_DATASET_VERSION);
  if (dictionary === null) throw new Error(`There is no dictionary ${LATEST_DATASET_VERSION}.`);
  return dictionary;
}

/** Those in service, newest first: the GraphQL types are made from them. */
export function dictionariesByAge(): readonly [Dictionary, ...Dictionary[]] {
  const newest = latestDictionary();
  const all = VERSIONS.flatMap(({ dictionary }) => dictionaryOf(dictionary.version) ?? []);
  return [newest, ...all.reverse().filter((dictionary) => dictionary !== newest)];
}

/** The dictionary whose words render an answer. A submission may claim a version that does not exist: it is rejected in the latest one's words. */
export const dictionaryForAnswer = (version: string): Dictionary => dictionaryOf(version) ?? latestDictionary();
