/** Writes a code table as a FHIR R4 ConceptMap or ValueSet, versioned by its content. */
import { createHash } from "node:crypto";
import type { MapElement, PublishedMap, PublishedSet } from "../../mappings/concept-maps/published-shapes.ts";

const BASE = "https://nacr.example/fhir";
const PUBLISHER = "NACR Gateway";

/** The first twelve digits of the digest of everything the table says. */
export const versionOf = (table: PublishedMap | PublishedSet): string =>
  createHash("sha256").update(JSON.stringify(table)).digest("hex").slice(0, 12);

/** Marks `[V]` and so on are explained in docs/mapping.md. */
const toComment = ({ meaning, status, source, isPrefix }: MapElement): string =>
  `${meaning} [${status}] ${source}${isPrefix ? "; stands for every code below it that is not listed itself" : ""}`;

/** A code with several meanings is one element with several targets. */
export function toFhirConceptMap(map: PublishedMap): object {
  const elements = [...Map.groupBy(map.elements, ({ code }) => code)].map(([code, meanings]) => ({
    code,
    ...(meanings[0]?.display ? { display: meanings[0].display } : {}),
    target: meanings.map((element) => ({
      ...(element.target === null ? {} : { code: element.target }),
      equivalence: element.equivalence,
      comment: toComment(element),
    })),
  }));
  return {
    resourceType: "ConceptMap",
    id: map.id,
    url: `${BASE}/ConceptMap/${map.id}`,
    version: versionOf(map),
    name: map.id.replaceAll("-", "_"),
    title: map.title,
    status: "active",
    publisher: PUBLISHER,
    group: [{ source: map.source, target: map.target, element: elements }],
  };
}

export const toFhirValueSet = (set: PublishedSet): object => ({
  resourceType: "ValueSet",
  id: set.id,
  url: `${BASE}/ValueSet/${set.id}`,
  version: versionOf(set),
  name: set.id.replaceAll("-", "_"),
  title: set.title,
  status: "active",
  publisher: PUBLISHER,
  purpose: `[${set.status}] ${set.source}`,
  compose: {
    include: [...Map.groupBy(set.codes, ({ system }) => system)].map(([system, codes]) => ({
      system,
      concept: codes.map(({ code }) => ({ code })),
    })),
  },
});
