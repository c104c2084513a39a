import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { mapFhir } from "../../../mappings/fhir/fhir-mapping.ts";
import { detectFhirProfile, FHIR_PROFILES, findFhirProfile } from "../../../mappings/fhir/fhir-profiles.ts";
import type { MappedSource } from "../../../src/records/draft-record.ts";

/** Published sample data beside the checkout; never part of it. */
const DATA = fileURLToPath(new URL("../../../../shared/data/", import.meta.url));
const isThere = existsSync(DATA);
if (!isThere) console.info(`sample data not found beside the checkout: the tests on published FHIR examples are skipped`);

const FOLDERS = [
  "synthea-r4-2021",
  "ukcore-examples-xml",
  "nhs-clinical-observations-json",
  "nhs-pathology",
  "nhs-eps-prescriptions-json",
];

const listFiles = (folder: string): readonly string[] =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? listFiles(path) : name === "INDEX.json" ? [] : [path];
  });
const readFile = (path: string): string => readFileSync(path, "utf8");
const mapFile = (path: string): MappedSource => {
  const text = readFile(path);
  const profile = findFhirProfile(detectFhirProfile(text) ?? "uk-core") ?? FHIR_PROFILES["uk-core"];
  if (profile === undefined) throw new Error("the default profile is missing");
  return mapFhir(text, profile);
};
const countBy = <T>(items: readonly T[], keyOf: (item: T) => string): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const item of items) counts[keyOf(item)] = (counts[keyOf(item)] ?? 0) + 1;
  return counts;
};
const allLines = (mapped: MappedSource) => [...mapped.mappingReport, ...mapped.drafts.flatMap((draft) => draft.mappingReport)];

describe.runIf(isThere)("published FHIR examples", () => {
  it.each(FOLDERS)("reads every file of %s", (folder) => {
    const files = listFiles(join(DATA, folder));
    expect(files.length).toBeGreaterThan(3);
    for (const file of files)
      expect(
        mapFile(file).issues.filter(({ code }) => code === "FORMAT_UNRECOGNISED"),
        file,
      ).toEqual([]);
  });

  it("accounts for every resource of every bundle", () => {
    for (const file of FOLDERS.flatMap((folder) => listFiles(join(DATA, folder))).filter((path) => path.endsWith(".json"))) {
      const input: { readonly entry?: readonly unknown[] } = JSON.parse(readFile(file));
      const places = new Set(allLines(mapFile(file)).map(({ expression }) => /^Bundle\.entry\[\d+\]/.exec(expression)?.[0]));
      const missing = (input.entry ?? []).map((_entry, at) => `Bundle.entry[${at}]`).filter((place) => !places.has(place));
      expect(missing, file).toEqual([]);
    }
  });
});

describe.runIf(isThere)("Synthea's patients", () => {
  const files = isThere ? listFiles(join(DATA, "synthea-r4-2021")) : [];
  const mapped = files.map((file) => ({ text: readFile(file), ...mapFile(file) }));
  const draftsOf = (recordType: string) =>
    mapped.flatMap(({ drafts }) => drafts.filter((draft) => draft.recordType === recordType));

  it("are recognised, identified by their medical record number, and stored without American numbers", () => {
    const version = `synthea/${findFhirProfile("synthea")?.version}`;
    expect(countBy(mapped, ({ mappingVersion }) => mappingVersion)).toEqual({ [version]: 12 });
    const patients = draftsOf("PATIENT");
    expect(patients).toHaveLength(12);
    for (const { values, issues } of patients) {
      expect(values).toHaveProperty("hospitalNumber");
      expect(values).not.toHaveProperty("postcode");
      expect(issues.filter(({ severity }) => severity === "ERROR")).toEqual([]);
    }
    expect(
      JSON.stringify(mapped.map(({ drafts }) => drafts.map(({ values, sourceRecordId }) => [values, sourceRecordId]))),
    ).not.toMatch(/999-\d\d-\d{4}|"S999\d{5}"|"X\d+X"/);
  });

  it("have an event for each heart attack they left hospital alive from", () => {
    const survivors = mapped.filter(({ text, drafts }) => {
      const attack = /"code": "22298006",[^{}]*\}[^}]*?\},\s*"subject"[\s\S]*?"onsetDateTime": "(\d{4}-\d\d-\d\d)/.exec(
        text,
      )?.[1];
      const death = drafts[0]?.values.dateOfDeath;
      return attack !== undefined && (typeof death !== "string" || death > attack);
    });
    expect(survivors.length).toBeGreaterThan(0);
    for (const { drafts } of survivors) expect(drafts.map(({ values }) => values.eventType)).toContain("MI_UNKNOWN");
  });

  it("who died on the day are reported with that reason", () => {
    const dead = mapped.filter(({ mappingReport }) => mappingReport.some(({ reason }) => reason === "DIED_IN_SPELL"));
    expect(dead.length).toBeGreaterThan(0);
    for (const { drafts } of dead) expect(drafts[0]?.values).toHaveProperty("dateOfDeath");
  });

  it("yield at least one event, one assumed rehabilitation with an assessment, and drugs", () => {
    expect(countBy(draftsOf("INITIATING_EVENT"), ({ values }) => String(values.eventType))).toMatchObject({
      MI_UNKNOWN: 1,
      HEART_FAILURE: 2,
    });
    expect(draftsOf("REHABILITATION").length).toBe(draftsOf("ASSESSMENT").length);
    expect(draftsOf("ASSESSMENT").length).toBeGreaterThanOrEqual(2);
    expect(countBy(draftsOf("DRUG"), ({ values }) => String(values.class))).toMatchObject({ BETA_BLOCKER: 2, DIURETIC: 2 });
  });
});

describe.runIf(isThere)("NHS examples", () => {
  it("name their patient only by a reference, which makes no patient", () => {
    const { drafts } = mapFile(join(DATA, "nhs-clinical-observations-json", "HeightObservation.json"));
    expect(drafts.map(({ recordType, reference, values }) => ({ recordType, reference, values }))).toEqual([
      { recordType: "PATIENT", reference: true, values: {} },
    ]);
  });

  it("of an EPS prescription give the patient with practice, postcode and NHS number", () => {
    const [file = ""] = listFiles(join(DATA, "nhs-eps-prescriptions-json")).filter((path) => path.includes("1-Prepare"));
    const [patient] = mapFile(file).drafts;
    expect(Object.keys(patient?.values ?? {}).toSorted()).toEqual(
      "address dateOfBirth forename gender gpPracticeCode nhsNumber postcode surname".split(" "),
    );
  });

  it("of UK Core give the ethnic group", () => {
    const { drafts } = mapFile(join(DATA, "ukcore-examples-xml", "UKCore-Patient-RichardSmith-Example.xml"));
    expect(drafts[0]?.values).toMatchObject({ gender: "MALE", ethnicGroup: "ANY_OTHER_MIXED", postcode: "LS17 7DF" });
  });
});
