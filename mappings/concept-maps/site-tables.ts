/** Lays a site's full code tables over the shipped core. Pure: the files are read elsewhere. */
import type { CodeSystem } from "../support/coded-target.ts";
import { normaliseCode } from "../support/normalise-code.ts";
import { CONCEPT_MAPS } from "./clinical-codes.ts";
import { type ConceptGroup, type ConceptMaps, codesOf } from "./concept-group.ts";
import { CODE_SYSTEMS, findMapFaults } from "./map-faults.ts";
import { classifyProducts } from "./site-products.ts";
import type { RefusedRow, RowRefusal, SiteCode, SiteTables } from "./site-rows.ts";
import { correctTarget, groupsOfTarget, isCorrected } from "./site-targets.ts";
import { createTerminology, type Terminology } from "./terminology.ts";

export interface SiteReport {
  /** Codes the maps did not know, by system; products with a class. */
  readonly added: Readonly<Record<CodeSystem | "PRODUCTS", number>>;
  /** Codes whose shipped meaning the site's table replaces: `SNOMED 49436004`. */
  readonly replaced: readonly string[];
  readonly refused: readonly RefusedRow[];
  /** Contradictions that the tables bring in; the terminology must not be used while there is one. */
  readonly faults: readonly string[];
}

/** A site's row wins over the core, but for the named corrections; what it does not name keeps its shipped meaning. */
export function overlaySiteTables(tables: SiteTables): { readonly terminology: Terminology; readonly report: SiteReport } {
  const refused: RefusedRow[] = [];
  const overlays = CODE_SYSTEMS.map((system) => overlaySystem(system, tables.codes, refused));
  const [icd10, opcs4, snomed] = overlays;
  const groupsIn = (overlay: Overlay | undefined): readonly ConceptGroup[] => overlay?.groups ?? [];
  const maps: ConceptMaps = { ICD10: groupsIn(icd10), OPCS4: groupsIn(opcs4), SNOMED: groupsIn(snomed) };
  const products = classifyProducts(tables.products, refused);
  return {
    terminology: createTerminology(maps, products, tables.version),
    report: {
      added: {
        ICD10: icd10?.added ?? 0,
        OPCS4: opcs4?.added ?? 0,
        SNOMED: snomed?.added ?? 0,
        PRODUCTS: [...products.values()].filter(({ classes }) => classes.length > 0).length,
      },
      replaced: overlays.flatMap(({ replaced }) => replaced),
      refused,
      faults: findMapFaults(maps),
    },
  };
}

interface Overlay {
  readonly groups: readonly ConceptGroup[];
  readonly added: number;
  readonly replaced: readonly string[];
}

interface StatedMeaning {
  readonly label: string;
  readonly groups: Set<string>;
}

function overlaySystem(system: CodeSystem, codes: readonly SiteCode[], refused: RefusedRow[]): Overlay {
  const shipped = CONCEPT_MAPS[system];
  const shippedOf = indexShipped(shipped);
  const stated = readMeanings(system, codes, shippedOf, refused);
  const fresh = [...stated].filter(([code, { groups }]) => !holdsAll(shippedOf(code), groups));
  const changed = fresh.filter(([code]) => shippedOf(code).size > 0).map(([code]) => code);
  const taken = new Set(changed);
  const groups = shipped.map((group): ConceptGroup => {
    const own = fresh.filter(([, meaning]) => meaning.groups.has(group.group));
    const kept = taken.size === 0 ? group.codes : withoutCodes(group.codes, taken);
    return own.length === 0 ? { ...group, codes: kept } : { ...group, codes: [...labelled(kept, group), ...own.map(toEntry)] };
  });
  return {
    groups,
    added: fresh.length - changed.length,
    replaced: changed.map((code) => `${system} ${code}`),
  };
}

const toEntry = ([code, { label }]: readonly [string, StatedMeaning]): readonly [string, string] => [code, label];

/** Bare codes take the label of their group, so that added codes can bring their own. */
const labelled = (codes: ConceptGroup["codes"], { label }: ConceptGroup): readonly (readonly [string, string])[] =>
  codes.map((code) => (typeof code === "string" ? ([code, label] as const) : code));

const withoutCodes = (codes: ConceptGroup["codes"], without: ReadonlySet<string>): ConceptGroup["codes"] =>
  codes.flatMap((entry): readonly (readonly [string, string])[] => {
    const pair = typeof entry === "string" ? ([entry, entry] as const) : entry;
    return without.has(pair[0]) ? [] : [pair];
  });

const holdsAll = (known: ReadonlySet<string>, stated: ReadonlySet<string>): boolean =>
  [...stated].every((group) => known.has(group));

/** Groups of a code by itself, else by its category. */
function indexShipped(groups: readonly ConceptGroup[]): (code: string) => ReadonlySet<string> {
  const index = new Map<string, Set<string>>();
  for (const group of groups) {
    for (const code of codesOf(group)) index.set(code, (index.get(code) ?? new Set()).add(group.group));
  }
  const none: ReadonlySet<string> = new Set();
  return (code) => index.get(code) ?? index.get(code.slice(0, 3)) ?? none;
}

function readMeanings(
  system: CodeSystem,
  codes: readonly SiteCode[],
  shippedOf: (code: string) => ReadonlySet<string>,
  refused: RefusedRow[],
): ReadonlyMap<string, StatedMeaning> {
  const names = new Set(CONCEPT_MAPS[system].map(({ group }) => group));
  const stated = new Map<string, StatedMeaning>();
  for (const row of codes) {
    if (row.system !== system) continue;
    const refuse = (reason: RowRefusal): void => void refused.push({ place: row.place, reason });
    const normalised = normaliseCode(system, row.code);
    if (!normalised.ok) {
      refuse(normalised.reason);
      continue;
    }
    const { code } = normalised;
    const wanted = groupsOfTarget(correctTarget(row.target, row.label), row.action);
    const known = shippedOf(code);
    const group = wanted.find((name) => known.has(name)) ?? wanted[0];
    if (isCorrected(system, code)) refuse("SHIPPED_MEANING_STANDS");
    else if (group === undefined) refuse("NOT_OF_THESE_MAPS");
    else if (!names.has(group)) refuse("TARGET_UNKNOWN");
    else {
      const meaning = stated.get(code) ?? { label: row.label || code, groups: new Set() };
      meaning.groups.add(group);
      stated.set(code, meaning);
    }
  }
  return stated;
}
