/** Runs every case of the mappings and says how many do not agree with them. Loaded anew for each mutant. */

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { lookUpCode } from "../../../mappings/concept-maps/clinical-codes.ts";
import { classifyByCode, classifyByName } from "../../../mappings/concept-maps/fhir-drugs.ts";
import { mapFhir } from "../../../mappings/fhir/fhir-mapping.ts";
import { findFhirProfile } from "../../../mappings/fhir/fhir-profiles.ts";
import * as fhir from "../fhir/mapping-case.ts";
import * as files from "../files/mapping-case.ts";
import * as hl7v2 from "../hl7v2/mapping-case.ts";

const CASES = new URL("../../cases/", import.meta.url);

/** How a group of cases is run: how many there are, and which disagree. */
const codeCases = z.array(z.tuple([z.enum(["ICD10", "OPCS4", "SNOMED"]), z.string(), z.array(z.string())]));

const drugCases = z.array(z.tuple([z.enum(["ATC", "BNF", "NAME"]), z.string(), z.array(z.string())]));

const readJson = (folder: string, only = ""): readonly unknown[] =>
  readdirSync(new URL(folder, CASES))
    .filter((name) => name.endsWith(".json") && name.startsWith(only))
    .map((name) => JSON.parse(readFileSync(new URL(`${folder}${name}`, CASES), "utf8")));

function* disagreements(): Generator<boolean> {
  for (const [system, code, meanings] of ["icd10", "opcs4", "snomed"].flatMap((name) =>
    readJson("codes/", name).flatMap((parsed) => codeCases.parse(parsed)),
  )) {
    const found = lookUpCode(system, code).map(({ role, key }) => (key === null ? role : `${role} ${key}`));
    yield found.join() !== meanings.join();
  }
  for (const [system, code, classes] of readJson("codes/", "drugs").flatMap((parsed) => drugCases.parse(parsed))) {
    const found = system === "NAME" ? classifyByName(code).classes : [classifyByCode(system, code)];
    yield found.join() !== classes.join();
  }
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
