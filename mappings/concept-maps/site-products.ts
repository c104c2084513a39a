/** Reads the products of a site's dm+d tables as drug classes. */
import { drugClass } from "../../schema/nacr/gw-1.0/code-lists-clinical.ts";
import { normaliseCode } from "../support/normalise-code.ts";
import { classifyByCode, classifyByName, type DrugClassification, isLocalForm } from "./fhir-drugs.ts";
import type { RefusedRow, SiteProduct } from "./site-rows.ts";
import { DRUG_CLASS_OF_TARGET } from "./site-targets.ts";

const DRUG_CLASSES: ReadonlySet<string> = new Set(drugClass.options.map(({ key }) => key));

interface StatedProduct {
  readonly name: string;
  readonly place: string;
  readonly classes: Set<string>;
}

/** What each product means, by its code; a row that says nothing usable is refused. */
export function classifyProducts(
  products: readonly SiteProduct[],
  refused: RefusedRow[],
): ReadonlyMap<string, DrugClassification> {
  const stated = new Map<string, StatedProduct>();
  for (const row of products) {
    const normalised = normaliseCode("SNOMED", row.code);
    if (!normalised.ok) {
      refused.push({ place: row.place, reason: normalised.reason });
      continue;
    }
    const product = stated.get(normalised.code) ?? { name: row.name, place: row.place, classes: new Set() };
    const drugClassOfRow = readClass(row);
    if (drugClassOfRow !== undefined) product.classes.add(drugClassOfRow);
    stated.set(normalised.code, product);
  }
  const classified = new Map<string, DrugClassification>();
  for (const [code, product] of stated) {
    const classification = classifyProduct(product);
    if (typeof classification === "string") refused.push({ place: product.place, reason: classification });
    else classified.set(code, classification);
  }
  return classified;
}

function readClass({ drugClass: stated, atc, bnf }: SiteProduct): string | undefined {
  const named = DRUG_CLASS_OF_TARGET[stated] ?? stated;
  if (DRUG_CLASSES.has(named)) return named;
  return (atc && classifyByCode("atc", atc)) || (bnf && classifyByCode("bnf", bnf)) || undefined;
}

/**
 * The ingredient in a product's own name tells its class: published lists have angiotensin receptor blockers among the ACE inhibitors,
 * and eye drops among the beta blockers. The class of the table counts where the name, as of a brand, says nothing.
 */
function classifyProduct({ name, classes }: StatedProduct): DrugClassification | "CLASS_UNKNOWN" | "CLASS_CONTRADICTED" {
  const byName = classifyByName(name);
  if (byName.classes.length > 0) return { classes: byName.classes, reason: null };
  if (byName.reason === "ASPIRIN_NOT_ANTIPLATELET_DOSE" || isLocalForm(name)) return byName;
  if (classes.has("ASPIRIN")) classes.delete("OTHER_ANTIPLATELET");
  if (classes.size === 0) return "CLASS_UNKNOWN";
  return classes.size > 1 ? "CLASS_CONTRADICTED" : { classes: [...classes], reason: null };
}
