/**
 * Writes `docs/mapping.md` from the mappings and their cases.
 *
 * `--check` writes nothing, says whether the page is stale and exits with 1 where it is.
 */
import { writeFileSync } from "node:fs";
import { gw10 } from "../../schema/nacr/gw-1.0/index.ts";
import { compileDictionary } from "../../src/dataset/compile-dictionary.ts";
import { findStale, readRepositoryFile } from "./generate-dataset-docs.ts";
import { renderMappingPage } from "./render-mapping-page.ts";

function main(check: boolean): void {
  const page = { path: "docs/mapping.md", text: renderMappingPage(compileDictionary(gw10)) };
  if (!check) {
    writeFileSync(new URL(`../../${page.path}`, import.meta.url), page.text);
    return;
  }
  for (const path of findStale([page], readRepositoryFile)) {
    console.error(`${path} is stale: run scripts/generate/generate-mapping-docs.ts`);
    process.exitCode = 1;
  }
}

main(process.argv.includes("--check"));
