/** The mappings a clinician signs off one by one, and the revision of each: the digest of its tables and rules. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

export interface MappingRevision {
  readonly mapping: string;
  readonly title: string;
  readonly revision: string;
  readonly files: number;
}

/** What a mapping is made of: folders, and files by the beginning of their path. */
interface Parts {
  readonly mapping: string;
  readonly title: string;
  readonly include: readonly string[];
}

const MAPPINGS: readonly Parts[] = [
  {
    mapping: "diagnoses-and-procedures",
    title: "ICD-10, OPCS-4 and SNOMED CT to events, treatments, previous events and comorbidities",
    include: [
      "mappings/concept-maps/clinical-codes",
      "mappings/concept-maps/concept-group",
      "mappings/concept-maps/icd10-",
      "mappings/concept-maps/opcs4-",
      "mappings/concept-maps/snomed-",
      "mappings/support/coded-target",
      "mappings/support/derive-",
      "mappings/support/normalise-code",
    ],
  },
  {
    mapping: "measurements",
    title: "Observations, questionnaires, units, smoking and alcohol to assessment items",
    include: [
      "mappings/concept-maps/coded-items",
      "mappings/concept-maps/lifestyle-",
      "mappings/concept-maps/measurement-",
      "mappings/concept-maps/nyha-",
      "mappings/concept-maps/questionnaire-",
      "mappings/support/activity-",
      "mappings/support/assessment-",
      "mappings/support/coded-answer",
      "mappings/support/measure",
      "mappings/support/observation-",
    ],
  },
  { mapping: "drugs", title: "Medicines to drug classes", include: ["mappings/concept-maps/fhir-drugs"] },
  {
    mapping: "person",
    title: "Sex, ethnic group and marital status",
    include: [
      "mappings/concept-maps/fhir-demographics",
      "mappings/concept-maps/hl7v2-demographics",
      "schema/nacr/gw-1.0/code-lists-patient",
    ],
  },
  {
    mapping: "fhir",
    title: "FHIR R4 resources to records",
    include: [
      "mappings/fhir/",
      "mappings/concept-maps/fhir-systems",
      "mappings/support/fhir-",
      "mappings/support/rehabilitation-words",
    ],
  },
  {
    mapping: "hl7v2",
    title: "HL7 v2 messages to records",
    include: ["mappings/hl7v2/", "mappings/support/hl7v2-", "mappings/support/rehabilitation-words"],
  },
  { mapping: "files", title: "Importer files and column profiles to records", include: ["mappings/files/"] },
  {
    mapping: "site-tables",
    title: "A site's own code tables and codes",
    include: [
      "mappings/concept-maps/nearest-codes",
      "mappings/concept-maps/site-",
      "mappings/concept-maps/terminology",
      "mappings/concept-maps/text-index",
      "mappings/support/mapping-tables",
      "mappings/support/site-codes",
      "mappings/support/site-meaning",
    ],
  },
];

/** Translates nothing: places, ids, publication, checks, and records that come in the dataset's own words. */
const WITHOUT_MEANING = [
  "mappings/concept-maps/loinc-code",
  "mappings/concept-maps/map-faults",
  "mappings/concept-maps/published-",
  "mappings/index",
  "mappings/records/",
  "mappings/sign-off",
  "mappings/support/place-of",
  "mappings/support/stated-source-id",
];

const REVISION_DIGITS = 12;

/** Every file below a folder, as paths from the root with `/`. */
const listFiles = (root: string, folder: string): readonly string[] =>
  readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, "/"));

/** @param root the repository */
export function computeRevisions(root: string): readonly MappingRevision[] {
  const files = [...listFiles(root, "mappings"), ...listFiles(root, "schema/nacr/gw-1.0")].toSorted();
  return MAPPINGS.map(({ mapping, title, include }) => {
    const own = files.filter((file) => include.some((begin) => file.startsWith(begin)));
    const digest = createHash("sha256");
    for (const file of own) digest.update(`${file}\n`).update(readFileSync(path.join(root, file)));
    return { mapping, title, revision: digest.digest("hex").slice(0, REVISION_DIGITS), files: own.length };
  });
}

/** Files of the mappings that no sign-off would cover. */
export function findUncovered(root: string): readonly string[] {
  const covered = [...MAPPINGS.flatMap(({ include }) => include), ...WITHOUT_MEANING];
  return listFiles(root, "mappings").filter((file) => !covered.some((begin) => file.startsWith(begin)));
}
