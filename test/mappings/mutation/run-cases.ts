/** Runs every case of the mappings and says how many do not agree with them. Loaded anew for each mutant. */

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { mapFhir } from "../../../mappings/fhir/fhir-mapping.ts";
import { findFhirProfile } from "../../../mappings/fhir/fhir-profiles.ts";
import * as codes from "../concept-maps/code-case.ts";
import * as fhir from "../fhir/mapping-case.ts";
import * as files from "../files/mapping-case.ts";
import * as hl7v2 from "../hl7v2/mapping-case.ts";

const CASES = new URL("../../cases/", import.meta.url);

const readJson = (folder: string): readonly unknown[] =>
  readdirSync(new URL(folder, CASES))
    .filter((name) => name.endsWith(".json"))
    .map((name) => JSON.parse(readFileSync(new URL(`${folder}${name}`, CASES), "utf8")));

function* disagreements(): Generator<boolean> {
  for (const item of codes.readCodeCases()) yield codes.answerOf(item).join() !== item[2].join();
  for (const { cases } of fhir.readCases(fileURLToPath(new URL("fhir/", CASES)))) {
    for (const item of cases) {
      const profile = findFhirProfile(item.profile ?? "uk-core");
      yield profile === null || fhir.findDifferences(mapFhir(item.input, profile), item.expect).length > 0;
    }
  }
  for (const parsed of readJson("hl7v2/")) {
    for (const item of z.array(hl7v2.mappingCaseSchema).parse(Array.isArray(parsed) ? parsed : [parsed]))
      yield hl7v2.findDifferences(hl7v2.runCase(item), item).length > 0;
  }
  for (const item of files.readCases()) yield files.findDifferences(files.runCase(item), item.expect).length > 0;
}

/**
 * How many cases there are, all of which agree; `null` as soon as one does not.
 * @public imported anew for each mutant, under a name made at run time
 */
export function runCases(): number | null {
  let count = 0;
  for (const disagrees of disagreements()) {
    if (disagrees) return null;
    count++;
  }
  return count;
}
