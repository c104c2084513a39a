/**
 * Writes prisma/nacr.generated.prisma, the models of the dataset's tables, from the dictionary.
 *
 *   tsx scripts/generate/generate-prisma.ts              write the models
 *   tsx scripts/generate/generate-prisma.ts --check      fail when the committed file is not current
 *   tsx scripts/generate/generate-prisma.ts --migration  print the tables' creation, for the first migration
 */
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gw10 } from "../../schema/nacr/gw-1.0/index.ts";
import { compileDictionary } from "../../src/dataset/compile-dictionary.ts";
import { renderMigration } from "./dataset-migration.ts";
import { renderModels } from "./dataset-models.ts";

const TARGET = fileURLToPath(new URL("../../prisma/nacr.generated.prisma", import.meta.url));

const dictionary = compileDictionary(gw10);
const option = process.argv[2];

if (option === "--migration") {
  process.stdout.write(renderMigration(dictionary));
} else if (option === "--check") {
  const committed = await readFile(TARGET, "utf8").catch(() => "");
  if (committed !== renderModels(dictionary)) {
    console.error("prisma/nacr.generated.prisma is not what the dictionary gives: run `npm run generate:prisma`.");
    process.exitCode = 1;
  }
} else {
  await writeFile(TARGET, renderModels(dictionary));
}
