/**
 * How many wrong mappings the cases notice. Each mutant is loaded in place of the right file, with everything that imports it loaded anew,
 * and all cases are run; a mutant that no case notices is printed.
 *
 *   node test/mappings/mutation/mutation-score-program.ts                    every wrong target and swapped field
 *   node test/mappings/mutation/mutation-score-program.ts --all [MOST] [SEED]  wrong numbers and conditions too: MOST of them, by SEED
 *
 * Ends with 1 where fewer than the floor are noticed.
 */
import { readdirSync } from "node:fs";
import { registerHooks } from "node:module";
import { pathToFileURL } from "node:url";
import { createSeededRandom } from "../../../src/lib/seeded-random.ts";
import { type Mutant, makeMutants } from "./make-mutants.ts";

/** Rules and tables; what only reports, checks or publishes is not a mapping. */
const FOLDERS = ["mappings/fhir", "mappings/hl7v2", "mappings/files", "mappings/support", "mappings/concept-maps"] as const;
const LEFT_OUT =
  /published-|site-|nearest-|text-index|map-faults|loinc-code|terminology|files\/(?:profile-|pasted-)|decode-bytes|xml-(?:tags|unread)|helper-resources/;
/** Kinds that change what a source means; of these at least so many must be noticed. The others are printed beside them. */
const MEANINGS: ReadonlySet<string> = new Set(["wrong target", "swapped item", "swapped source field"]);
const FLOOR = 0.8;
/** Modules that are loaded anew: the mappings, and what runs their cases. */
const RELOADED = /\/(?:mappings|test\/mappings)\//;

const everyKind = process.argv.includes("--all");
const [most = Number.POSITIVE_INFINITY, seed = 1] = process.argv
  .slice(2)
  .filter((word) => /^\d+$/.test(word))
  .map(Number);

let current: { readonly url: string; readonly text: string } | null = null;

registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context);
    const generation = context.parentURL === undefined ? null : new URL(context.parentURL).searchParams.get("mutant");
    if (generation === null || !RELOADED.test(resolved.url)) return resolved;
    return { ...resolved, url: `${resolved.url}?mutant=${generation}` };
  },
  load(url, context, next) {
    if (current === null || url.split("?")[0] !== current.url) return next(url, context);
    return { format: "module-typescript", source: current.text, shortCircuit: true };
  },
});

async function isNoticed(mutant: Mutant | null, generation: number): Promise<boolean> {
  current = mutant === null ? null : { url: pathToFileURL(mutant.file).href, text: mutant.text };
  try {
    const { runCases }: typeof import("./run-cases.ts") = await import(`./run-cases.ts?mutant=${generation}`);
    return runCases() === null;
  } catch {
    // A mapping that throws is noticed by every case.
    return true;
  }
}

function chooseMutants(): readonly Mutant[] {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(folder)
      .map((name) => `${folder}/${name}`)
      .filter((file) => file.endsWith(".ts") && !LEFT_OUT.test(file)),
  );
  const random = createSeededRandom(seed);
  return files
    .flatMap(makeMutants)
    .filter(({ kind }) => everyKind || MEANINGS.has(kind))
    .map((mutant) => ({ mutant, order: random.next() }))
    .toSorted((a, b) => a.order - b.order)
    .slice(0, most)
    .map(({ mutant }) => mutant);
}

async function main(): Promise<void> {
  if (await isNoticed(null, 0)) throw new Error("the cases do not agree with the mappings as they are");
  const mutants = chooseMutants();
  const byKind = new Map<string, { noticed: number; all: number }>();
  for (const [index, mutant] of mutants.entries()) {
    const noticed = await isNoticed(mutant, index + 1);
    const kind = byKind.get(mutant.kind) ?? { noticed: 0, all: 0 };
    kind.all++;
    if (noticed) kind.noticed++;
    else console.log(`not noticed: ${mutant.file}:${mutant.line} ${mutant.kind} ${mutant.change}`);
    byKind.set(mutant.kind, kind);
  }
  const counted = [...byKind].filter(([kind]) => MEANINGS.has(kind)).map(([, counts]) => counts);
  const noticed = counted.reduce((sum, kind) => sum + kind.noticed, 0);
  const all = counted.reduce((sum, kind) => sum + kind.all, 0);
  for (const [kind, counts] of byKind) console.log(`${kind}: ${counts.noticed} of ${counts.all}`);
  console.log(`mutation score, targets and fields: ${noticed} of ${all} (${((noticed / all) * 100).toFixed(1)} %)`);
  if (noticed / all < FLOOR) process.exitCode = 1;
}

await main();
