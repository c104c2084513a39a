/**
 * All code tables of the mappings in one shape, that of FHIR's ConceptMap and ValueSet: for the pages that describe them, for export, and
 * for the checks that hold for every code. The mappings themselves read the tables where they stand.
 */
import type { CodeRole, CodeSystem } from "../support/coded-target.ts";
import { CONCEPT_MAPS } from "./clinical-codes.ts";
import type { ConceptGroup } from "./concept-group.ts";
import { DEMOGRAPHIC_MAPS, DEMOGRAPHIC_SETS } from "./published-demographics.ts";
import { DRUG_MAPS } from "./published-drugs.ts";
import { MEASUREMENT_MAPS, MEASUREMENT_SETS } from "./published-measurements.ts";
import { type MapElement, NACR_LISTS, type PublishedMap, type PublishedSet } from "./published-shapes.ts";

const SYSTEM_URI: Readonly<Record<CodeSystem, string>> = {
  ICD10: "http://hl7.org/fhir/sid/icd-10",
  OPCS4: "https://fhir.hl7.org.uk/Id/opcs-4",
  SNOMED: "http://snomed.info/sct",
};

const TITLES: Readonly<Record<CodeSystem, string>> = { ICD10: "ICD-10 (UK)", OPCS4: "OPCS-4", SNOMED: "SNOMED CT" };

/** Which list holds the target of a role; the roles that make no record share one map. */
const TARGETS: readonly { readonly roles: readonly CodeRole[]; readonly id: string; readonly title: string }[] = [
  { roles: ["INDEX"], id: "event-type", title: "initiating events" },
  { roles: ["PREVIOUS_EVENT"], id: "previous-event-type", title: "previous events" },
  { roles: ["COMORBIDITY"], id: "comorbidity-type", title: "comorbidities" },
  { roles: ["TREATMENT"], id: "treatment-type", title: "treatments" },
  { roles: ["SUPPORT", "REVIEW", "REHABILITATION", "NOT_AN_EVENT", "NO_OPTION"], id: "no-record", title: "known, and no record" },
];

function publishClinical(system: CodeSystem): readonly PublishedMap[] {
  return TARGETS.flatMap(({ roles, id, title }) => {
    const groups = CONCEPT_MAPS[system].filter(({ role }) => roles.includes(role));
    if (groups.length === 0) return [];
    return [
      {
        id: `${system.toLowerCase()}-${id}`,
        title: `${TITLES[system]}: ${title}`,
        source: SYSTEM_URI[system],
        target: `${NACR_LISTS}/${id}`,
        elements: groups.flatMap((group) => toElements(system, group)),
      },
    ];
  });
}

const toElements = (system: CodeSystem, group: ConceptGroup): readonly MapElement[] =>
  group.codes.map((entry) => {
    const [code, display] = typeof entry === "string" ? [entry, group.label] : entry;
    return {
      code,
      display,
      isPrefix: system !== "SNOMED" && code.length === 3,
      target: group.key,
      equivalence: group.key === null ? "unmatched" : "wider",
      meaning: group.key === null ? `${group.group} (${group.role})` : group.group,
      status: group.status,
      source: group.source,
    };
  });

/** Every map, in one order. */
export const PUBLISHED_MAPS: readonly PublishedMap[] = [
  ...publishClinical("ICD10"),
  ...publishClinical("OPCS4"),
  ...publishClinical("SNOMED"),
  ...MEASUREMENT_MAPS,
  ...DRUG_MAPS,
  ...DEMOGRAPHIC_MAPS,
];

/** Every value set. */
export const PUBLISHED_SETS: readonly PublishedSet[] = [...MEASUREMENT_SETS, ...DEMOGRAPHIC_SETS];
