/**
 * Reads the folder `NACR_CODES_DIR`: a site's full code tables, which come to it under its own licence. Each file tells by its header what
 * it is; docs/terminology.md describes the forms.
 */
import type { Hash } from "node:crypto";
import { readdir } from "node:fs/promises";
import path from "node:path";
import type { SiteCode, SiteProduct, SiteTables } from "../../mappings/concept-maps/site-rows.ts";
import type { CodeSystem } from "../../mappings/support/coded-target.ts";
import { type CodeTable, createDigest, openCodeTable, type TableFile } from "./code-table.ts";
import { type NamedSets, readReferenceSet } from "./reference-set.ts";

/** A folder that cannot be used; its text is printed as it stands and names the file. */
export class SiteTablesError extends Error {}

const SYSTEM_OF_NAME: readonly (readonly [begins: string, system: CodeSystem])[] = [
  ["icd10", "ICD10"],
  ["opcs4", "OPCS4"],
  ["snomed", "SNOMED"],
];
/** Says what the reference sets of the folder mean. */
const NAMED_SETS = "refsets.csv";

const CODE = ["code", "vpid", "apid", "vppid", "appid", "snomed code"] as const;
const NAME = ["display", "nm", "name", "dm+d: product description"] as const;
const CLASS = ["class", "drug class"] as const;
const ATC = ["atc", "atc code"] as const;
const BNF = ["bnf", "bnf code"] as const;

interface Reading {
  readonly codes: SiteCode[];
  readonly products: SiteProduct[];
  readonly digest: Hash;
  readonly sets: NamedSets;
}

/** @throws SiteTablesError for a folder or file that cannot be read, or whose header is none of the forms */
export async function loadSiteTables(folder: string): Promise<SiteTables> {
  const files = await listFiles(folder);
  const digest = createDigest();
  const reading: Reading = { codes: [], products: [], digest, sets: await readNamedSets(files, digest) };
  for (const file of files) {
    if (path.basename(file.name) === NAMED_SETS) continue;
    await readFile(file, reading).catch((error: unknown) => {
      throw error instanceof SiteTablesError ? error : new SiteTablesError(`${file.name} cannot be read`, { cause: error });
    });
  }
  const { codes, products } = reading;
  return { codes, products, version: digest.digest("hex").slice(0, 12) };
}

/** Tables only, in one order on every machine. */
async function listFiles(folder: string): Promise<readonly TableFile[]> {
  const names = await readdir(folder, { recursive: true }).catch((error: unknown) => {
    throw new SiteTablesError("the folder cannot be read", { cause: error });
  });
  const tables = names.filter((name) => /\.(?:csv|txt)$/i.test(name)).toSorted();
  if (tables.length === 0) throw new SiteTablesError("the folder holds no table (.csv, .txt)");
  return tables.map((name) => ({ name, path: path.join(folder, name) }));
}

async function readNamedSets(files: readonly TableFile[], digest: Hash): Promise<NamedSets> {
  const file = files.find(({ name }) => path.basename(name) === NAMED_SETS);
  const table = file === undefined ? null : await openCodeTable(file, digest);
  if (file === undefined || table === null) return new Map();
  if (!table.columns.has("refsetid") || !table.columns.has("target"))
    throw new SiteTablesError(`${file.name}: the columns refsetId and target are needed`);
  const sets = new Map<string, { readonly target: string; readonly action: string }>();
  for await (const row of table.rows) {
    sets.set(row.text("refsetid"), { target: row.text("target"), action: row.text("action", "role") });
  }
  return sets;
}

async function readFile(file: TableFile, reading: Reading): Promise<void> {
  const table = await openCodeTable(file, reading.digest);
  if (table === null) return;
  const has = (names: readonly string[]): boolean => names.some((name) => table.columns.has(name));
  if (has(["refsetid"]) && has(["referencedcomponentid"])) await readReferenceSet(table, reading.sets, reading.codes);
  else if (has(CODE) && has(["target"])) await readCodes(file, table, reading.codes);
  else if (has(CODE) && has([...CLASS, ...ATC, ...BNF, ...NAME])) await readProducts(table, reading.products);
  // A release of SNOMED CT holds many other text files; a table made for this folder has a form.
  else if (/\.csv$/i.test(file.name)) throw new SiteTablesError(`${file.name}: its columns are none of the forms`);
}

async function readCodes({ name }: TableFile, table: CodeTable, codes: SiteCode[]): Promise<void> {
  const base = path.basename(name).toLowerCase();
  const system = SYSTEM_OF_NAME.find(([begins]) => base.startsWith(begins))?.[1];
  if (system === undefined) throw new SiteTablesError(`${name}: the name of a table of codes begins with icd10, opcs4 or snomed`);
  for await (const row of table.rows) {
    codes.push({
      system,
      code: row.text("code"),
      label: row.text("display", "description"),
      target: row.text("target"),
      action: row.text("action", "role"),
      place: row.place,
    });
  }
}

async function readProducts(table: CodeTable, products: SiteProduct[]): Promise<void> {
  for await (const row of table.rows) {
    products.push({
      code: row.text(...CODE),
      name: row.text(...NAME),
      drugClass: row.text(...CLASS),
      atc: row.text(...ATC),
      bnf: row.text(...BNF),
      place: row.place,
    });
  }
}
