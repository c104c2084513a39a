/** The shape in which every code table is published: that of FHIR's ConceptMap and ValueSet, without their ceremony. */
import type { StatusMark } from "../../src/dataset/define.ts";

/** FHIR R4 ConceptMapEquivalence, of which these are used. `unmatched`: known, and no record is made of it. */
export type Equivalence = "equivalent" | "wider" | "inexact" | "unmatched";

export interface MapElement {
  readonly code: string;
  readonly display: string;
  /** Stands for every code below it as well: an ICD-10 category, an ATC class. */
  readonly isPrefix: boolean;
  /** Key of the target; null where no record is made. */
  readonly target: string | null;
  readonly equivalence: Equivalence;
  /** Our name of the meaning: the group, the item. */
  readonly meaning: string;
  readonly status: StatusMark;
  /** What a reviewer can open. */
  readonly source: string;
}

export interface PublishedMap {
  /** Part of the canonical URL. */
  readonly id: string;
  readonly title: string;
  /** URI of the source code system. */
  readonly source: string;
  /** URI of the NACR code list, or of the record types' items. */
  readonly target: string;
  readonly elements: readonly MapElement[];
}

export const NACR_LISTS = "https://nacr.example/fhir/CodeSystem/gw-1.0";

/** Codes that mean one thing to a mapping without a target of their own. */
export interface PublishedSet {
  readonly id: string;
  readonly title: string;
  readonly status: StatusMark;
  readonly source: string;
  readonly codes: readonly { readonly system: string; readonly code: string }[];
}

/** System URIs by the names that code keys (`SNOMED|22298006`) are written with. */
const URI_OF_NAME: Readonly<Record<string, string>> = {
  SNOMED: "http://snomed.info/sct",
  LOINC: "http://loinc.org",
  MDC: "urn:iso:std:iso:11073:10101",
};

/** `SNOMED|22298006`, or `http://snomed.info/sct|22298006`, as system URI and code. */
export function splitCodeKey(key: string): { readonly system: string; readonly code: string } {
  const bar = key.lastIndexOf("|");
  const name = key.slice(0, bar);
  return { system: URI_OF_NAME[name] ?? name, code: key.slice(bar + 1) };
}
