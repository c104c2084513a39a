/** Registry of dataset dictionaries by the version a submission claims (`datasetVersion`). */
import type { DictionarySource } from "../../src/dataset/dictionary.ts";
import { gw10 } from "./gw-1.0/index.ts";
import { gw11 } from "./gw-1.1/index.ts";

/** A version that submissions may claim. */
export interface VersionInService {
  readonly dictionary: DictionarySource;
  /** The announced last day of its service (ISO date); null: none is announced. */
  readonly sunset: string | null;
}

/** Oldest first; records are stored in the shape of the last (docs/versions.md). */
export const VERSIONS: readonly VersionInService[] = [
  { dictionary: gw10, sunset: null },
  { dictionary: gw11, sunset: null },
];

/**
 * Versions in service. A claimed version that is not here is `DATASET_VERSION_UNKNOWN`.
 * Without a prototype, since the version comes from input: `constructor` must be no dictionary.
 */
export const DICTIONARIES: Readonly<Record<string, DictionarySource>> = Object.assign(
  Object.create(null),
  Object.fromEntries(VERSIONS.map(({ dictionary }) => [dictionary.version, dictionary])),
);

/** The version that is assumed where a submission names none. Part of the published contract: it stays where newer versions appear. */
export const DEFAULT_DATASET_VERSION = "gw-1.0";

/** The newest version: tables, answers and documentation are made from it. */
export const LATEST_DATASET_VERSION = "gw-1.1";
