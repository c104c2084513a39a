import type { Dictionary } from "../dataset/dictionary.ts";
import { dictionaryOf, LATEST_DATASET_VERSION } from "../records/dictionaries.ts";

/** The dictionary in force, from which the GraphQL types are made. */
export function latestDictionary(): Dictionary {
  const dictionary = dictionaryOf(LATEST_DATASET_VERSION);
  if (dictionary === null) throw new Error(`There is no dictionary ${LATEST_DATASET_VERSION}.`);
  return dictionary;
}

/** The dictionary whose words render an answer. A submission may claim a version that does not exist: it is rejected in the latest one's words. */
export const dictionaryForAnswer = (version: string): Dictionary => dictionaryOf(version) ?? latestDictionary();
