/** The dictionaries in service, compiled once each. */
import { DICTIONARIES } from "../../schema/nacr/index.ts";
import { compileDictionary } from "../dataset/compile-dictionary.ts";
import type { Dictionary } from "../dataset/dictionary.ts";

export { LATEST_DATASET_VERSION } from "../../schema/nacr/index.ts";

const compiled = new Map<string, Dictionary>();

/**
 * The dictionary of a dataset version, compiled at its first use; null for a version that is not in service.
 * @throws Error for an inconsistent dictionary, so a process asks for the latest version before it serves.
 */
export function dictionaryOf(version: string): Dictionary | null {
  const known = compiled.get(version);
  if (known !== undefined) return known;
  if (!Object.hasOwn(DICTIONARIES, version)) return null;
  const source = DICTIONARIES[version];
  if (source === undefined) return null;
  const dictionary = compileDictionary(source);
  compiled.set(version, dictionary);
  return dictionary;
}
