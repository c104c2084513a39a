/**
 * Writes every code table of the mappings into a folder, as FHIR R4 ConceptMap and ValueSet resources, one file each.
 *
 *   npx tsx scripts/export-terminology.ts FOLDER
 */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { PUBLISHED_MAPS, PUBLISHED_SETS } from "../mappings/concept-maps/published-terminology.ts";
import { toFhirConceptMap, toFhirValueSet } from "./generate/fhir-terminology.ts";

function main(folder: string | undefined): void {
  if (folder === undefined) {
    console.error("usage: npx tsx scripts/export-terminology.ts FOLDER");
    process.exitCode = 2;
    return;
  }
  mkdirSync(folder, { recursive: true });
  const write = (type: string, id: string, resource: object): void =>
    writeFileSync(path.join(folder, `${type}-${id}.json`), `${JSON.stringify(resource, null, 2)}\n`);
  for (const map of PUBLISHED_MAPS) write("ConceptMap", map.id, toFhirConceptMap(map));
  for (const set of PUBLISHED_SETS) write("ValueSet", set.id, toFhirValueSet(set));
  console.log(`${PUBLISHED_MAPS.length} concept maps and ${PUBLISHED_SETS.length} value sets in ${folder}`);
}

main(process.argv[2]);
