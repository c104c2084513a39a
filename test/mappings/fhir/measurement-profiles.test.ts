/** What a sender's profile and an organisation's codes change about observations and questionnaires. */
import { describe, expect, it } from "vitest";
import { mapFhir } from "../../../mappings/fhir/fhir-mapping.ts";
import { FHIR_PROFILES, type FhirProfile } from "../../../mappings/fhir/fhir-profiles.ts";
import { SHIPPED_TABLES } from "../../../mappings/support/mapping-tables.ts";

const subject = { reference: "Patient/p1" };
const coding = (system: string, code: string) => ({ coding: [{ system, code }] });
const SNOMED = "http://snomed.info/sct";
const base = [
  { resourceType: "Patient", id: "p1", birthDate: "1950-03-02", gender: "male" },
  { resourceType: "Condition", id: "c1", code: coding(SNOMED, "401303003"), subject, onsetDateTime: "2024-03-04" },
  {
    resourceType: "EpisodeOfCare",
    id: "r1",
    status: "active",
    type: [coding(SNOMED, "733459009")],
    patient: subject,
    period: { start: "2024-04-15" },
  },
];
const observation = (system: string, code: string, value: object, date = "2024-04-16") => ({
  resourceType: "Observation",
  status: "final",
  code: coding(system, code),
  subject,
  effectiveDateTime: date,
  ...value,
});

function profileOf(own: Partial<FhirProfile>): FhirProfile {
  const profile = FHIR_PROFILES["uk-core"];
  if (profile === undefined) throw new Error("the default profile is missing");
  return { ...profile, ...own };
}

const assessmentsOf = (resources: readonly object[], own: Partial<FhirProfile>, tables = SHIPPED_TABLES) =>
  mapFhir([...base, ...resources], profileOf(own), undefined, tables)
    .drafts.filter(({ recordType }) => recordType === "ASSESSMENT")
    .map(({ values }) => values);

describe("a profile", () => {
  it("names the sender's own observation codes", () => {
    const observationCodes = { "https://example.org/tests|ISWT": { item: "iswtMetres", unit: "m" } };
    const shuttle = observation("https://example.org/tests", "ISWT", { valueInteger: 340 });
    expect(assessmentsOf([shuttle], { observationCodes })).toEqual([{ number: 1, date: "2024-04-16", iswtMetres: 340 }]);
    expect(assessmentsOf([shuttle], {})).toEqual([]);
  });

  const response = {
    resourceType: "QuestionnaireResponse",
    status: "completed",
    subject,
    authored: "2024-04-16",
    questionnaire: "https://example.org/Questionnaire/intake|4",
    item: [
      { linkId: "12.1", answer: [{ valueCoding: { code: "mild" } }] },
      { linkId: "12.2", answer: [{ valueInteger: 9 }] },
      { linkId: "13", answer: [{ valueCoding: { system: SNOMED, code: "266919005" } }] },
    ],
  };

  it("names the linkIds of a questionnaire, and the scores of its answers", () => {
    const items = { "12.1": "coopPain", "12.2": "SNOMED|401319005", "13": "smokingStatus" };
    const map = { questionnaire: "https://example.org/Questionnaire/intake", items, scores: { mild: 2 } };
    expect(assessmentsOf([response], { questionnaires: [map] })).toEqual([
      { number: 1, date: "2024-04-16", coopPain: 2, hadsAnxiety: 9, smokingStatus: "NEVER" },
    ]);
    const ofAnother = { ...map, questionnaire: "https://example.org/Questionnaire/other" };
    expect(assessmentsOf([response], { questionnaires: [ofAnother] })).toEqual([
      { number: 1, date: "2024-04-16", smokingStatus: "NEVER" },
    ]);
  });

  it("asks for the latest values before a day, as one assessment of the last event", () => {
    const plain = [...base.slice(0, 2), { ...base[1], id: "c2", onsetDateTime: "2024-09-01" }];
    const weights = ["2020-01-01", "2024-08-01", "2024-12-24"].map((date, at) =>
      observation("http://loinc.org", "29463-7", { valueQuantity: { value: 80 + at, code: "kg" } }, date),
    );
    const { drafts } = mapFhir(
      [...plain, ...weights],
      profileOf({ assessmentFrom: { kind: "LATEST_BEFORE", date: "2024-10-01" } }),
    );
    const assessments = drafts.filter(({ recordType }) => recordType === "ASSESSMENT");
    expect(assessments.map(({ values }) => values)).toEqual([{ number: 1, date: "2024-08-01", weightKg: 81 }]);
    expect(assessments[0]?.parent?.parent?.values.eventDate).toBe("2024-09-01");
  });
});

describe("an organisation's code map", () => {
  it("names local test codes and local answers, and is named in the report", () => {
    const tables = {
      ...SHIPPED_TABLES,
      siteCodes: (_system: string, code: string) => {
        const target = { kind: "ITEM", recordType: "ASSESSMENT", item: "hadsAnxiety" } as const;
        return code === "HADSA" ? { target, override: false, version: 2 } : null;
      },
    };
    const score = observation("https://example.org/tests", "HADSA", { valueInteger: 9 });
    expect(assessmentsOf([score], {}, tables)).toEqual([{ number: 1, date: "2024-04-16", hadsAnxiety: 9 }]);
    const { drafts } = mapFhir([...base, score], profileOf({}), undefined, tables);
    expect(drafts.flatMap(({ mappingReport }) => mappingReport.map(({ reason }) => reason))).toContain("SITE_CODE_MAP/2");
  });
});

describe("the report of an observation", () => {
  it("accounts for every field, whether a record took the value or not", () => {
    const bloodPressure = {
      ...observation("http://loinc.org", "85354-9", {}),
      id: "bp",
      interpretation: [coding("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "H")],
      bodySite: coding(SNOMED, "40983000"),
      referenceRange: [{ text: "below 140/90" }],
      component: [
        { code: coding("http://loinc.org", "8480-6"), valueQuantity: { value: 142, code: "mm[Hg]", unit: "mmHg" } },
        { code: coding("http://loinc.org", "8462-4"), dataAbsentReason: coding("x", "unknown") },
        { code: coding("http://loinc.org", "8478-0"), valueQuantity: { value: 110, code: "mm[Hg]" } },
      ],
    };
    const { drafts } = mapFhir([...base, bloodPressure], profileOf({}));
    const lines = drafts
      .flatMap(({ mappingReport }) => mappingReport)
      .filter(({ expression }) => expression.startsWith("resources[3]"));
    const places = lines.map(
      ({ expression, result, reason }) => `${expression.slice("resources[3].".length)} ${result} ${reason}`,
    );
    expect(new Set(places).size).toBe(places.length);
    expect(places).toEqual(
      expect.arrayContaining([
        "component[0].valueQuantity.value MAPPED null",
        "component[0].valueQuantity.unit MAPPED null",
        "component[0].code MAPPED null",
        "component[1].code DROPPED DATA_ABSENT",
        "component[2].valueQuantity.value DROPPED AVERAGE_OR_AMBULATORY",
        "interpretation UNMAPPED NO_NACR_ITEM",
        "bodySite MAPPED null",
        "referenceRange UNMAPPED NO_NACR_ITEM",
        "effectiveDateTime MAPPED null",
      ]),
    );
    const fields = Object.keys(bloodPressure).filter((name) => name !== "resourceType");
    expect(fields.filter((name) => !places.some((place) => place.startsWith(name)))).toEqual([]);
  });
});
