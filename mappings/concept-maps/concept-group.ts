/** The shape of our concept maps: a FHIR ConceptMap group in short, one NACR target for many source codes. */

import type {
  comorbidityType,
  eventType,
  previousEventType,
  treatmentType,
} from "../../schema/nacr/gw-1.0/code-lists-clinical.ts";
import type { Provenance } from "../../src/dataset/define.ts";
import type { CodeRole, CodeSystem } from "../support/coded-target.ts";

type KeyOf<L extends { readonly options: readonly { readonly key: string }[] }> = L["options"][number]["key"];
/** Keys of the dictionary's lists: a target that is no option there does not compile. */
export type EventTypeKey = KeyOf<typeof eventType>;
export type PreviousEventKey = KeyOf<typeof previousEventType>;
export type ComorbidityKey = KeyOf<typeof comorbidityType>;
export type TreatmentKey = KeyOf<typeof treatmentType>;

type Target =
  | { readonly role: "INDEX"; readonly key: EventTypeKey }
  | { readonly role: "PREVIOUS_EVENT"; readonly key: PreviousEventKey }
  | { readonly role: "COMORBIDITY"; readonly key: ComorbidityKey }
  | { readonly role: "TREATMENT"; readonly key: TreatmentKey }
  | { readonly role: Exclude<CodeRole, "INDEX" | "PREVIOUS_EVENT" | "COMORBIDITY" | "TREATMENT">; readonly key: null };

/** Codes with one meaning. A code with two meanings stands in two groups. */
export type ConceptGroup = Provenance &
  Target & {
    /** Our own name of the group, for reports and reviews. */
    readonly group: string;
    readonly label: string;
    /**
     * Normalised codes. ICD-10 and OPCS-4: a four-character code, or a category of three that stands for all its codes
     * that no group names by themselves. SNOMED CT: concept ids, each with our own label.
     */
    readonly codes: readonly string[] | readonly (readonly [conceptId: string, label: string])[];
  };

/** The bare codes of a group. */
export const codesOf = (group: ConceptGroup): readonly string[] =>
  group.codes.map((code) => (typeof code === "string" ? code : code[0]));

/** The groups of each code system. */
export type ConceptMaps = Readonly<Record<CodeSystem, readonly ConceptGroup[]>>;
