/** The drug tables as maps. */
import type { StatusMark } from "../../src/dataset/define.ts";
import { ATC_CLASSES, ATC_PARTNERS, BNF_CLASSES, INGREDIENTS } from "./fhir-drugs.ts";
import { type MapElement, NACR_LISTS, type PublishedMap } from "./published-shapes.ts";

type Rows = readonly (readonly [code: string, drugClass: string])[];

const toMap = (
  map: Pick<PublishedMap, "id" | "title" | "source">,
  rows: Rows,
  basis: { readonly status: StatusMark; readonly source: string; readonly isPrefix: boolean },
): PublishedMap => ({
  ...map,
  target: `${NACR_LISTS}/drug-class`,
  elements: rows.map(
    ([code, target]): MapElement => ({ code, display: "", target, equivalence: "wider", meaning: target, ...basis }),
  ),
});

export const DRUG_MAPS: readonly PublishedMap[] = [
  toMap(
    { id: "atc-drug-class", title: "ATC: drug classes", source: "http://www.whocc.no/atc" },
    [...ATC_CLASSES, ...ATC_PARTNERS],
    { status: "D", source: "WHO ATC index; interop 1.10, not checked code by code", isPrefix: true },
  ),
  toMap({ id: "bnf-drug-class", title: "BNF: drug classes", source: "https://fhir.nhs.uk/Id/bnf" }, BNF_CLASSES, {
    status: "V",
    source: "BHFDSC CCU002_01 and standard-pipeline; 020202, 020601, 0203, 0201010 are D (interop 1.10)",
    isPrefix: true,
  }),
  toMap(
    { id: "ingredient-drug-class", title: "Ingredient names: drug classes", source: `${NACR_LISTS}/ingredient` },
    Object.entries(INGREDIENTS).flatMap(([drugClass, names]) => names.split(" ").map((name) => [name, drugClass] as const)),
    { status: "D", source: "British National Formulary chapters, by ingredient; declared fallback, warns", isPrefix: false },
  ),
];
