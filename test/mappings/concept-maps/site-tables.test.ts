import { describe, expect, it } from "vitest";
import { lookUpCode } from "../../../mappings/concept-maps/clinical-codes.ts";
import type { SiteCode, SiteProduct } from "../../../mappings/concept-maps/site-rows.ts";
import { overlaySiteTables } from "../../../mappings/concept-maps/site-tables.ts";
import { mapFhir } from "../../../mappings/fhir/fhir-mapping.ts";
import { findFhirProfile } from "../../../mappings/fhir/fhir-profiles.ts";

const row = (system: SiteCode["system"], code: string, target: string, more: Partial<SiteCode> = {}): SiteCode => ({
  system,
  code,
  target,
  label: "",
  action: "",
  place: `${system}:${code}`,
  ...more,
});
const product = (code: string, name: string, more: Partial<SiteProduct> = {}): SiteProduct => ({
  code,
  name,
  drugClass: "",
  atc: "",
  bnf: "",
  place: `dmd:${code}`,
  ...more,
});
const overlay = (codes: readonly SiteCode[], products: readonly SiteProduct[] = []) =>
  overlaySiteTables({ codes, products, version: "test" });
/** A well-formed concept that the shipped maps do not know. */
const UNKNOWN = "11687002";

describe("A site's row about a code", () => {
  it("adds a code the core does not know, and leaves everything else as it is", () => {
    const { terminology, report } = overlay([row("SNOMED", UNKNOWN, "DIABETES")]);
    expect(terminology.lookUpCode("SNOMED", UNKNOWN)).toEqual([{ role: "COMORBIDITY", key: "DIABETES", group: "DIABETES" }]);
    expect(terminology.lookUpCode("SNOMED", "401303003")).toEqual(lookUpCode("SNOMED", "401303003"));
    expect(terminology.lookUpCode("ICD10", "I21.9")).toEqual(lookUpCode("ICD10", "I21.9"));
    expect(report).toMatchObject({ added: { SNOMED: 1, ICD10: 0 }, replaced: [], refused: [], faults: [] });
  });

  it("replaces the core's meaning, of a category too, and says so", () => {
    const { terminology, report } = overlay([row("SNOMED", "49436004", "ARRHYTHMIA"), row("ICD10", "I10", "CHD_NOS")]);
    expect(terminology.lookUpCode("SNOMED", "49436004").map(({ group }) => group)).toEqual(["ARRHYTHMIA"]);
    expect(terminology.lookUpCode("ICD10", "I10X").map(({ group }) => group)).toEqual(["CHD_NOS"]);
    expect(report.replaced).toEqual(["ICD10 I10", "SNOMED 49436004"]);
  });

  it("changes nothing where it says what the core says, or says it less exactly", () => {
    const { terminology, report } = overlay([
      row("ICD10", "I21.9", "MI_UNKNOWN"),
      row("OPCS4", "K60.7", "PACEMAKER", { action: "new" }),
      row("ICD10", "I73.9", "PAD"),
    ]);
    expect(report).toMatchObject({ added: { ICD10: 0, OPCS4: 0 }, replaced: [], refused: [] });
    expect(terminology.lookUpCode("OPCS4", "K60.7").map(({ group }) => group)).toEqual(["CRT"]);
    expect(terminology.lookUpCode("ICD10", "I73.9").map(({ group }) => group)).toEqual(["PAD", "CLAUDICATION"]);
  });

  it.each([
    [row("SNOMED", "22298007", "MI_UNKNOWN"), "CHECK_DIGIT"],
    [row("SNOMED", "37436014", "MI_UNKNOWN"), "DESCRIPTION_ID"],
    [row("ICD10", "heart attack", "MI_UNKNOWN"), "MALFORMED"],
    [row("SNOMED", UNKNOWN, "SHOE_SIZE"), "TARGET_UNKNOWN"],
    [row("SNOMED", UNKNOWN, "SMOKER"), "NOT_OF_THESE_MAPS"],
  ])("has no effect where it cannot be used: %o", (refused, reason) => {
    const { terminology, report } = overlay([refused]);
    expect(report.refused).toEqual([{ place: refused.place, reason }]);
    expect(terminology.lookUpCode(refused.system, UNKNOWN)).toEqual([]);
  });

  // interop.md, Decisions: "Corrections before use".
  it.each(["408546009", "175006004", "440332008", "726011000", "175066001"])("cannot make %s a bypass", (code) => {
    const { terminology, report } = overlay([row("SNOMED", code, "CABG", { action: "treatment" })]);
    expect(terminology.lookUpCode("SNOMED", code)).toEqual(lookUpCode("SNOMED", code));
    expect(terminology.lookUpCode("SNOMED", code).map(({ group }) => group)).not.toContain("CABG");
    expect(report.refused).toMatchObject([{ reason: "SHIPPED_MEANING_STANDS" }]);
  });

  it("cannot take rheumatoid arthritis for rheumatism, nor a complication for the infarction itself", () => {
    const { terminology } = overlay([
      row("ICD10", "M06.9", "RHEUMATISM"),
      row("SNOMED", UNKNOWN, "RHEUMATISM", { label: "Seropositive rheumatoid arthritis" }),
      row("SNOMED", "371068009", "MI_COMPLICATION", { action: "index" }),
    ]);
    expect(terminology.lookUpCode("ICD10", "M06.9")).toMatchObject([{ key: "ARTHRITIS_RHEUMATOID" }]);
    expect(terminology.lookUpCode("SNOMED", UNKNOWN)).toMatchObject([{ key: "ARTHRITIS_RHEUMATOID" }]);
    expect(terminology.lookUpCode("SNOMED", "371068009")).toMatchObject([{ role: "SUPPORT" }]);
  });

  it("is found out where it contradicts another one", () => {
    const { report } = overlay([row("SNOMED", UNKNOWN, "MI_STEMI"), row("SNOMED", UNKNOWN, "MI_NSTEMI")]);
    expect(report.faults).toEqual([`SNOMED ${UNKNOWN}: contradicting groups MI_STEMI and MI_NSTEMI`]);
  });
});

describe("A site's product", () => {
  const [ANY, OTHER] = ["317972000", "319775004"];
  const classesOf = (...products: readonly SiteProduct[]) => overlay([], products).terminology.findProduct(ANY)?.classes;

  it.each([
    [
      "the ingredient in its name, whatever the class says",
      [product(ANY, "Losartan 50mg tablets", { drugClass: "ACE_INHIBITOR" })],
      ["ARB"],
    ],
    [
      "its class where the name is a brand",
      [product(ANY, "Accupro 10mg tablets", { drugClass: "ACE_INHIBITOR" })],
      ["ACE_INHIBITOR"],
    ],
    ["its class under another name", [product(ANY, "Plavix", { drugClass: "CLOPIDOGREL" })], ["OTHER_ANTIPLATELET"]],
    ["its ATC code", [product(ANY, "Brand", { atc: "C10AA05" })], ["STATIN"]],
    ["its BNF code", [product(ANY, "Brand", { bnf: "0204000H0BBAAAA" })], ["BETA_BLOCKER"]],
    [
      "aspirin rather than antiplatelet",
      [product(ANY, "Brand", { drugClass: "ANTIPLATELET" }), product(ANY, "Brand", { drugClass: "ASPIRIN" })],
      ["ASPIRIN"],
    ],
    ["no class as eye drops", [product(ANY, "Timolol 0.25% eye drops", { drugClass: "BETA_BLOCKER" })], []],
    ["no class as an analgesic", [product(ANY, "Aspirin 600mg tablets", { drugClass: "ASPIRIN" })], []],
  ] as const)("has %s", (_what, products, classes) => {
    expect(classesOf(...products)).toEqual(classes);
  });

  it.each([
    ["CLASS_CONTRADICTED", [product(ANY, "Brand", { drugClass: "ARB" }), product(ANY, "Brand", { drugClass: "ACE_INHIBITOR" })]],
    ["CLASS_UNKNOWN", [product(ANY, "Brand")]],
    ["CHECK_DIGIT", [product("317972001", "Furosemide 40mg tablets")]],
  ] as const)("is refused: %s", (reason, products) => {
    const { terminology, report } = overlay([], products);
    expect(report.refused).toMatchObject([{ reason }]);
    expect(terminology.findProduct(ANY)).toBeUndefined();
    expect(report.added.PRODUCTS).toBe(0);
  });

  it("is what a prescription of that code is taken for, and of no other", () => {
    const profile = findFhirProfile("uk-core");
    if (profile === null) throw new Error("no profile");
    const { terminology } = overlay([], [product(ANY, "Brand", { drugClass: "DIURETIC" })]);
    const drugsOf = (code: string, tables?: { terminology: typeof terminology }) => {
      const subject = { reference: "Patient/p" };
      const coding = [{ system: "https://dmd.nhs.uk", code }];
      const input = [
        { resourceType: "Patient", id: "p", gender: "male", birthDate: "1950-01-01" },
        {
          resourceType: "Condition",
          id: "c",
          subject,
          code: { coding: [{ system: "http://snomed.info/sct", code: "401303003" }] },
          onsetDateTime: "2024-03-01",
        },
        {
          resourceType: "EpisodeOfCare",
          id: "e",
          status: "active",
          patient: subject,
          type: [{ coding: [{ system: "http://snomed.info/sct", code: "733459009" }] }],
          period: { start: "2024-04-01" },
        },
        {
          resourceType: "Observation",
          id: "o",
          status: "final",
          subject,
          code: { coding: [{ system: "http://loinc.org", code: "29463-7" }] },
          effectiveDateTime: "2024-04-02",
          valueQuantity: { value: 80, code: "kg" },
        },
        {
          resourceType: "MedicationStatement",
          id: "m",
          status: "active",
          subject,
          effectiveDateTime: "2024-03-20",
          medicationCodeableConcept: { coding },
        },
      ];
      return mapFhir(input, profile, undefined, tables)
        .drafts.filter(({ recordType }) => recordType === "DRUG")
        .map(({ values }) => values.drugClass ?? values.class);
    };
    expect(drugsOf(ANY, { terminology })).toEqual(["DIURETIC"]);
    expect(drugsOf(ANY)).toEqual([]);
    expect(drugsOf(OTHER, { terminology })).toEqual([]);
  });
});
