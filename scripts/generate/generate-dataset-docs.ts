/**
 * Writes the documentation of the newest dictionary: `docs/dataset.md`, `docs/dataset.json`, `docs/errors.md`.
 *
 * `--check` writes nothing, names every stale file and exits with 1 where there is one.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { conversions } from "../../schema/nacr/conversions.ts";
import { sources } from "../../schema/nacr/gw-1.0/sources.ts";
import { gw11 as newest } from "../../schema/nacr/gw-1.1/index.ts";
import { DEFAULT_DATASET_VERSION, VERSIONS } from "../../schema/nacr/index.ts";
import { renderDatasetPage } from "./render-dataset-page.ts";
import { renderErrorsPage } from "./render-errors-page.ts";

/** A generated file: its path from the root of the repository and its text. */
export interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

/** The texts as they should be. */
export function renderDatasetDocs(): readonly GeneratedFile[] {
  const versions = { versions: VERSIONS, assumed: DEFAULT_DATASET_VERSION, conversions };
  return [
    { path: "docs/dataset.md", text: renderDatasetPage(newest, sources, versions) },
    { path: "docs/dataset.json", text: `${JSON.stringify({ ...newest, conversions, sources }, null, 2)}\n` },
    { path: "docs/errors.md", text: renderErrorsPage(newest) },
  ];
}

/** Paths of the files whose stored text is not the rendered one; a file that is not there is stale too. */
export function findStale(files: readonly GeneratedFile[], read: (path: string) => string | null): readonly string[] {
  return files.filter(({ path, text }) => read(path) !== text).map(({ path }) => path);
}

const ROOT = new URL("../../", import.meta.url);

/** The text of a file of the repository; null where there is none. */
export function readRepositoryFile(path: string): string | null {
  try {
    return readFileSync(new URL(path, ROOT), "utf8");
  } catch {
    return null;
  }
}

function main(check: boolean): void {
  const files = renderDatasetDocs();
  const stale = findStale(files, readRepositoryFile);
  if (!check) {
    for (const { path, text } of files) writeFileSync(new URL(path, ROOT), text);
    return;
  }
  for (const path of stale) console.error(`${path} is stale: run scripts/generate/generate-dataset-docs.ts`);
  if (stale.length > 0) process.exitCode = 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.includes("--check"));
