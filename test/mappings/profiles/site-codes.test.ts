import { describe, expect, it } from "vitest";
import { SHIPPED_TERMINOLOGY } from "../../../mappings/concept-maps/terminology.ts";
import { MAPPINGS } from "../../../mappings/index.ts";
import type { SiteCode, SiteCodes, SiteCodeTarget } from "../../../mappings/support/site-codes.ts";
import { dictionaryOf } from "../../../src/records/dictionaries.ts";
import type { MappedSource } from "../../../src/records/draft-record.ts";

const LOCAL = "https://hospital.test/codes";
const ICD10 = "http://hl7.org/fhir/sid/icd-10";

/** One entry, for one code of one system. */
const saying = (system: string, code: string, target: SiteCodeTarget, more: Partial<SiteCode> = {}): SiteCodes => {
  const entry = { target, override: false, version: 2, ...more };
  return (askedSystem, askedCode) => (askedSystem === system && askedCode === code ? entry : null);
};

function map(mapping: "FHIR" | "HL7V2", payload: unknown, siteCodes?: SiteCodes): MappedSource {
  const dictionary = dictionaryOf("gw-1.0");
  if (dictionary === null) throw new Error("gw-1.0 is in service");
  const tables = { terminology: SHIPPED_TERMINOLOGY, siteCodes };
  const source = MAPPINGS[mapping](payload, { dictionary, profile: null, detectTestData: false, tables });
  if (source === null) throw new Error("there is no such profile");
  return source;
}

const valuesOf = ({ drafts }: MappedSource, recordType: string): readonly unknown[] =>
  drafts.filter((draft) => draft.recordType === recordType && draft.silent !== true).map(({ values }) => values);
const reasonsOf = ({ drafts }: MappedSource, field: string): readonly unknown[] =>
  drafts.flatMap(({ mappingReport }) => mappingReport.filter((line) => line.field === field).map(({ reason }) => reason));

const patient = (more: object = {}) => ({
  resourceType: "Patient",
  id: "p1",
  identifier: [{ system: "https://fhir.nhs.uk/Id/nhs-number", value: "9990000018" }],
  gender: "male",
  birthDate: "1950-02-01",
  ...more,
});
const condition = (system: string, code: string) => ({
  resourceType: "Condition",
  id: "c1",
  subject: { reference: "Patient/p1" },
  clinicalStatus: { coding: [{ code: "active" }] },
  code: { coding: [{ system, code }] },
  onsetDateTime: "2026-01-03",
});
const option = (recordType: "INITIATING_EVENT" | "COMORBIDITY" | "PATIENT", item: string, key: string): SiteCodeTarget => ({
  kind: "OPTION",
  recordType,
  item,
  key,
});

describe("site codes of a sender of FHIR", () => {
  it("make an event of a local diagnosis code that no table knows, and are named in the report", () => {
    const siteCodes = saying(LOCAL, "CARD1", option("INITIATING_EVENT", "eventType", "MI_STEMI"));
    expect(valuesOf(map("FHIR", [patient(), condition(LOCAL, "CARD1")]), "INITIATING_EVENT")).toEqual([]);
    const source = map("FHIR", [patient(), condition(LOCAL, "CARD1")], siteCodes);
    expect(valuesOf(source, "INITIATING_EVENT")).toMatchObject([{ eventType: "MI_STEMI", eventDate: "2026-01-03" }]);
    expect(reasonsOf(source, "eventType")).toContain("SITE_CODE_MAP/2");
  });

  it("let a local code stand for a public one", () => {
    const siteCodes = saying(LOCAL, "CARD2", { kind: "CONCEPT", system: "ICD10", code: "I21.4" });
    expect(valuesOf(map("FHIR", [patient(), condition(LOCAL, "CARD2")], siteCodes), "INITIATING_EVENT")).toMatchObject([
      { eventType: "MI_NSTEMI" },
    ]);
  });

  it("change nothing of what the built-in tables know, but as a reviewed override", () => {
    const target = option("INITIATING_EVENT", "eventType", "ANGINA");
    const input = [patient(), condition(ICD10, "I21.4")];
    expect(valuesOf(map("FHIR", input, saying(ICD10, "I21.4", target)), "INITIATING_EVENT")).toMatchObject([
      { eventType: "MI_NSTEMI" },
    ]);
    expect(valuesOf(map("FHIR", input, saying(ICD10, "I21.4", target, { override: true })), "INITIATING_EVENT")).toMatchObject([
      { eventType: "ANGINA" },
    ]);
  });

  it("translate a local marital status", () => {
    const input = [patient({ maritalStatus: { coding: [{ system: LOCAL, code: "COHAB" }] } })];
    const source = map("FHIR", input, saying(LOCAL, "COHAB", option("PATIENT", "maritalStatus", "PERMANENT_PARTNERSHIP")));
    expect(valuesOf(source, "PATIENT")).toMatchObject([{ maritalStatus: "PERMANENT_PARTNERSHIP" }]);
    expect(reasonsOf(source, "maritalStatus")).toContain("SITE_CODE_MAP/2");
    expect(valuesOf(map("FHIR", input), "PATIENT")).not.toMatchObject([{ maritalStatus: "PERMANENT_PARTNERSHIP" }]);
  });
});

describe("site codes of a sender of HL7 v2", () => {
  const message = (dg1: string, pid16 = "") =>
    [
      "MSH|^~\\&|PAS|RTEST|GW|NACR|20260310||ADT^A03|M1|P|2.4",
      `PID|1||H1^^^^PI||TEST^ANN||19500201|F||||||||${pid16}`,
      "PV1|1|I|||||||||||||||||V1|||||||||||||||||||||||||20260103|20260110",
      dg1,
    ].join("\r");

  it("make an event of a diagnosis of a local table", () => {
    const siteCodes = saying("LOCAL", "X1", option("INITIATING_EVENT", "eventType", "MI_STEMI"));
    const source = map("HL7V2", [message("DG1|1||X1^Heart attack^LOCAL||20260103|A|||||||||1")], siteCodes);
    expect(valuesOf(source, "INITIATING_EVENT")).toMatchObject([{ eventType: "MI_STEMI" }]);
    expect(reasonsOf(source, "eventType")).toContain("SITE_CODE_MAP/2");
  });

  it("change nothing of what the built-in tables know, but as a reviewed override", () => {
    const target = option("INITIATING_EVENT", "eventType", "ANGINA");
    const input = [message("DG1|1||I21.4^MI^I10||20260103|A|||||||||1")];
    expect(valuesOf(map("HL7V2", input, saying("I10", "I21.4", target)), "INITIATING_EVENT")).toMatchObject([
      { eventType: "MI_NSTEMI" },
    ]);
    expect(valuesOf(map("HL7V2", input, saying("I10", "I21.4", target, { override: true })), "INITIATING_EVENT")).toMatchObject([
      { eventType: "ANGINA" },
    ]);
  });

  it("translate a user-defined marital status by the field it stands in", () => {
    const source = map("HL7V2", [message("", "Q")], saying("PID-16", "Q", option("PATIENT", "maritalStatus", "WIDOWED")));
    expect(valuesOf(source, "PATIENT")).toMatchObject([{ maritalStatus: "WIDOWED" }]);
  });
});
