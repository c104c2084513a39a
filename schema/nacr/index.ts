/** Registry of dataset dictionaries by the version a submission claims (`datasetVersion`). */
import type { DictionarySource } from "../../src/dataset/dictionary.ts";
import { gw10 } from "./gw-1.0/index.ts";

/**
 * Versions in service. A claimed version that is not here is `DATASET_VERSION_UNKNOWN`.
 * Without a prototype, since the version comes from input: `constructor` must be no dictionary.
 */
export const DICTIONARIES: Readonly<Record<string, DictionarySource>> = Object.assign(Object.create(null), {
  [gw10.version]: gw10,
});

/** The version that is assumed where a submission names none, and that documentation describes. */
export const LATEST_DATASET_VERSION = "gw-1.0";
