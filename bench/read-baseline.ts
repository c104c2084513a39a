/**
 * The same inputs read by the libraries others build on. They only pick the fields out: nothing is translated, judged, accounted for or
 * located, so they do a part of what the mappings do.
 */
import { Hl7Message } from "@medplum/core";
import fhirpath from "fhirpath";

/** Segment, and the fields and components the HL7 v2 mapping asks for. */
const HL7_FIELDS: readonly (readonly [segment: string, field: number, component: number])[] = [
  ["MSH", 4, 1],
  ["MSH", 7, 1],
  ["MSH", 9, 2],
  ["MSH", 10, 1],
  ["PID", 3, 1],
  ["PID", 3, 4],
  ["PID", 3, 5],
  ["PID", 5, 1],
  ["PID", 5, 2],
  ["PID", 7, 1],
  ["PID", 8, 1],
  ["PID", 11, 1],
  ["PID", 11, 3],
  ["PID", 11, 5],
  ["PID", 13, 1],
  ["PID", 16, 1],
  ["PID", 22, 1],
  ["PID", 30, 1],
  ["PD1", 3, 3],
  ["PV1", 2, 1],
  ["PV1", 19, 1],
  ["PV1", 36, 1],
  ["PV1", 44, 1],
  ["PV1", 45, 1],
];
const CODED_SEGMENTS = ["DG1", "PR1"] as const;

/** @returns how many values were found, so that nothing of it can be left out */
export function readWithMedplum(text: string): number {
  const message = Hl7Message.parse(text);
  let found = 0;
  for (const [segment, field, component] of HL7_FIELDS) {
    if (message.getSegment(segment)?.getField(field)?.getComponent(component)) found++;
  }
  for (const name of CODED_SEGMENTS) {
    for (const segment of message.getAllSegments(name)) {
      for (const component of [1, 2, 3]) if (segment.getField(3)?.getComponent(component)) found++;
      if (segment.getField(5)?.getComponent(1)) found++;
    }
  }
  return found;
}

/** What the FHIR mapping asks of the kinds of resource it reads, as FHIRPath, compiled once. */
const CODED = ["code.coding.system", "code.coding.code", "subject.reference", "encounter.reference"];
const FHIR_PATHS: Readonly<Record<string, readonly string[]>> = {
  Patient: [
    "identifier.where(system = 'https://fhir.nhs.uk/Id/nhs-number').value",
    "identifier.where(type.coding.code = 'MR').value",
    "name.where(use = 'official').family",
    "name.where(use = 'official').given.first()",
    "birthDate",
    "deceasedDateTime",
    "gender",
    "maritalStatus.coding.code",
    "address.postalCode",
    "telecom.where(system = 'phone').value",
  ],
  Encounter: ["status", "class.code", "period.start", "period.end", "diagnosis.rank", "diagnosis.condition.reference"],
  Condition: [...CODED, "verificationStatus.coding.code", "clinicalStatus.coding.code", "onsetDateTime", "recordedDate"],
  Procedure: [...CODED, "status", "performedDateTime", "performedPeriod.start"],
  Observation: [
    ...CODED,
    "status",
    "effectiveDateTime",
    "valueQuantity.value",
    "valueQuantity.code",
    "valueCodeableConcept.coding.code",
    "component.valueQuantity.value",
  ],
  MedicationRequest: ["status", "intent", "authoredOn", "medicationCodeableConcept.coding.code", "subject.reference"],
  CarePlan: ["status", "category.coding.code", "period.start", "period.end", "subject.reference"],
};

type Compiled = (resource: object) => number;
const COMPILED: ReadonlyMap<string, readonly Compiled[]> = new Map(
  Object.entries(FHIR_PATHS).map(([type, paths]) => [
    type,
    paths.map((path): Compiled => {
      const evaluate = fhirpath.compile(path);
      return (resource) => {
        const values = evaluate(resource);
        return Array.isArray(values) ? values.length : 0;
      };
    }),
  ]),
);

/** @returns how many values were found */
export function readWithFhirpath(text: string): number {
  const { entry }: { entry: readonly { resource: { resourceType: string } }[] } = JSON.parse(text);
  let found = 0;
  for (const { resource } of entry) {
    for (const evaluate of COMPILED.get(resource.resourceType) ?? []) found += evaluate(resource);
  }
  return found;
}
