/** What a mapping asks the code tables: the shipped core, or the core with a site's full tables over it. */
import { CONCEPT_MAPS, createLookUp, type LookUpCode, lookUpCode } from "./clinical-codes.ts";
import type { ConceptMaps } from "./concept-group.ts";
import type { DrugClassification } from "./fhir-drugs.ts";
import { createFindCandidates, type FindCandidates } from "./nearest-codes.ts";

export interface Terminology {
  readonly lookUpCode: LookUpCode;
  /** The nearest codes the maps know, for a code they do not translate. */
  readonly findCandidates: FindCandidates;
  /** The classes of a product by its dm+d (or SNOMED CT) code; undefined where no table lists it: the shipped core lists none. */
  readonly findProduct: (code: string) => DrugClassification | undefined;
  /** Digest of a site's tables, which becomes part of `mappingVersion`; null for the shipped core. */
  readonly siteVersion: string | null;
}

/** The project's own tables. */
export const SHIPPED_TERMINOLOGY: Terminology = {
  lookUpCode,
  findCandidates: createFindCandidates(CONCEPT_MAPS),
  findProduct: () => undefined,
  siteVersion: null,
};

/** A site's tables, ready for use. */
export const createTerminology = (
  maps: ConceptMaps,
  products: ReadonlyMap<string, DrugClassification>,
  siteVersion: string,
): Terminology => ({
  lookUpCode: createLookUp(maps),
  findCandidates: createFindCandidates(maps),
  findProduct: (code) => products.get(code),
  siteVersion,
});
