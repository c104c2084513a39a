/** The rules about who may import whom must be able to fail: each seeded violation below has to be named by its rule. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const FILES: Readonly<Record<string, string>> = {
  "tsconfig.json": JSON.stringify({ compilerOptions: { module: "NodeNext", allowImportingTsExtensions: true, noEmit: true } }),
  "src/lib/clock.ts": 'import "../records/actor.ts";\nexport const clock = 1;\n',
  "src/records/actor.ts": "export const actor = 1;\n",
  "src/persistence/store.ts": "export const store = 1;\n",
  "src/http/server.ts": 'import "../persistence/store.ts";\nexport const server = 1;\n',
  "src/submission/submit.ts": 'import "../persistence/store.ts";\nimport "./merge.ts";\nexport const submit = 1;\n',
  "src/submission/merge.ts": 'import "./submit.ts";\nexport const merge = 1;\n',
  "src/simulation/simulate.ts": "export const simulate = 1;\n",
  "src/inbox/work.ts": 'import "../simulation/simulate.ts";\nexport const work = 1;\n',
  "mappings/pid-mapping.ts": 'import "node:fs";\nimport "../src/submission/merge.ts";\n',
  "schema/nacr/patient.ts": 'import "../../src/lib/clock.ts";\n',
};

let folder: string;
let output: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "architecture-"));
  for (const [file, text] of Object.entries(FILES)) {
    mkdirSync(path.join(folder, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
  output = cruise();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function cruise(): string {
  const config = path.resolve(".dependency-cruiser.cjs");
  const program = path.resolve("node_modules/dependency-cruiser/bin/dependency-cruiser.mjs");
  try {
    return execFileSync(process.execPath, [program, "--config", config, "src", "mappings", "schema"], {
      cwd: folder,
      encoding: "utf8",
      stdio: "pipe",
    });
  } catch (error) {
    return error instanceof Error && "stdout" in error ? String(error.stdout) : "";
  }
}

describe("the architecture rules", () => {
  it.each([
    ["lib-stands-alone", "src/lib/clock.ts"],
    ["adapters-know-no-adapters", "src/http/server.ts"],
    ["use-cases-know-no-adapters", "src/submission/submit.ts"],
    ["simulation-stands-above", "src/inbox/work.ts"],
    ["mappings-are-pure", "mappings/pid-mapping.ts"],
    ["mappings-do-no-io", "mappings/pid-mapping.ts"],
    ["dictionary-is-data", "schema/nacr/patient.ts"],
    ["no-cycles", "src/submission/"],
  ])("name a violation of %s in %s", (rule, file) => {
    expect(output).toMatch(new RegExp(`${rule}: ${file.replaceAll("/", "\\/")}`));
  });
});
