/**
 * Writes prisma/nacr.generated.prisma, the models of the dataset's tables, from the dictionary.
 *
 *   tsx scripts/generate/generate-prisma.ts              write the models
 *   tsx scripts/generate/generate-prisma.ts --check      fail when the committed file is not current
 *   tsx scripts/generate/generate-prisma.ts --migration  print the tables' creation, for the first migration
 *   tsx scripts/generate/generate-prisma.ts --conversion print the change of the tables from the version before the newest
 */
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { LATEST_DATASET_VERSION, VERSIONS } from "../../schema/nacr/index.ts";
import type { Dictionary } from "../../src/dataset/dictionary.ts";
import { dictionaryOf } from "../../src/records/dictionaries.ts";
import { renderConversion } from "./conversion-migration.ts";
import { renderMigration } from "./dataset-migration.ts";
import { renderModels } from "./dataset-models.ts";

const TARGET = fileURLToPath(new URL("../../prisma/nacr.generated.prisma", import.meta.url));

function requireDictionary(version: string | undefined): Dictionary {
  const found = dictionaryOf(version ?? "");
  if (found === null) throw new Error("there is no such dictionary");
  return found;
}

const dictionary = requireDictionary(LATEST_DATASET_VERSION);
const option = process.argv[2];

if (option === "--migration") {
  process.stdout.write(renderMigration(dictionary));
} else if (option === "--conversion") {
  process.stdout.write(renderConversion(requireDictionary(VERSIONS.at(-2)?.dictionary.version)));
} else if (option === "--check") {
  const committed = await readFile(TARGET, "utf8").catch(() => "");
  if (committed !== renderModels(dictionary)) {
    console.error("prisma/nacr.generated.prisma is not what the dictionary gives: run `npm run generate:prisma`.");
    process.exitCode = 1;
  }
} else {
  await writeFile(TARGET, renderModels(dictionary));
}
