/**
 * Writes `docs/access-matrix.md` from the schemas of the roles. `--check` writes nothing and fails where the committed page is not what
 * would be written: its diff is the review of who may do what.
 */
import { readFile, writeFile } from "node:fs/promises";
import { latestDictionary } from "../../src/graphql/dictionary-lookup.ts";
import { createRoleSchemas } from "../../src/graphql/role-schema.ts";
import { buildGatewaySchema } from "../../src/graphql/schema.ts";
import { REFUSING_DEPS } from "./refusing-deps.ts";
import { renderAccessMatrix } from "./render-access-matrix.ts";

const TARGET = new URL("../../docs/access-matrix.md", import.meta.url);

const full = buildGatewaySchema(REFUSING_DEPS);
const text = renderAccessMatrix({ full, schemaOf: createRoleSchemas(full), dictionary: latestDictionary() });

if (process.argv.includes("--check")) {
  const committed = await readFile(TARGET, "utf8").catch(() => "");
  if (committed !== text) {
    console.error("docs/access-matrix.md is not current: run npm run generate:committed and review the difference.");
    process.exitCode = 1;
  }
} else {
  await writeFile(TARGET, text);
}
