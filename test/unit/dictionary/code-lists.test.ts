import { describe, expect, it } from "vitest";
import { gw10 } from "../../../schema/nacr/gw-1.0/index.ts";
import type { CodeList, CodeOption } from "../../../src/dataset/define.ts";
import { findAmbiguousCrosswalks, findRepeated, findWrongKeys, toKey } from "./dictionary-checks.ts";

const list = (name: string): CodeList => {
  const found = gw10.codeLists.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`no list ${name}`);
  return found;
};
const meaning = (name: string, system: string, code: string): string | undefined =>
  list(name).options.find((option) => option.crosswalk?.[system]?.includes(code))?.key;

describe("code lists", () => {
  it.each(gw10.codeLists.map((codeList) => [codeList.name, codeList] as const))(
    "%s has keys made of its labels, and no key, code or label twice",
    (_, codeList) => {
      expect(findWrongKeys(codeList)).toEqual([]);
      expect(findRepeated(codeList.options.map(({ key }) => key))).toEqual([]);
      expect(findRepeated(codeList.options.map(({ code }) => code))).toEqual([]);
      expect(findRepeated(codeList.options.map(({ label }) => label))).toEqual([]);
    },
  );

  it("are found wrong where a key is not made of its label, or is no GraphQL name", () => {
    const options = [
      { key: "STEMI", code: 1, label: "MI STEMI" },
      { key: "6MWT", code: 2, label: "6MWT" },
    ];
    expect(findWrongKeys({ ...list("EventType"), options })).toEqual(["STEMI", "6MWT"]);
    expect(findRepeated([1, 2, 1])).toEqual([1]);
  });

  it("spell the keys that integrators were promised", () => {
    expect(list("EventType").options.map(({ key }) => key)).toContain("MI_STEMI");
    expect(list("EthnicGroup").options.map(({ key }) => key)).toEqual(
      expect.arrayContaining(["WHITE_BRITISH", "WHITE_OTHER", "WHITE_BLACK_CARIBBEAN", "NOT_KNOWN"]),
    );
    expect(list("TreatmentType").options.map(({ key }) => key)).toContain("BYPASS_SURGERY");
    expect(toKey("Chronic Bronchitis (COPD)")).toBe("CHRONIC_BRONCHITIS_COPD");
  });

  it("give Unknown the code 99 and None the code 97, wherever no table says otherwise", () => {
    const special = gw10.codeLists.filter(({ name }) => name !== "MaritalStatus").flatMap(({ options }) => options);
    expect(new Set(special.filter(({ key }) => key === "UNKNOWN").map(({ code }) => code))).toEqual(new Set([99]));
    expect(new Set(special.filter(({ key }) => key === "NONE").map(({ code }) => code))).toEqual(new Set([97]));
  });

  it("name as unknown, and as what an open list stores, only options they have", () => {
    for (const { name, options, unknown, open } of gw10.codeLists) {
      const keys = options.map(({ key }) => key);
      for (const key of [...unknown, ...(open?.storeAs ? [open.storeAs] : [])]) expect(keys, name).toContain(key);
    }
  });

  it("are open exactly where the list is unconfirmed or promises to take other texts", () => {
    const open = gw10.codeLists.filter((codeList) => codeList.open !== undefined).map(({ name }) => name);
    expect(open).toEqual(["ReasonNotTakingPart", "ReasonNotCompleting", "RehabilitationComponent", "OnwardReferral"]);
    const unconfirmed = gw10.codeLists.filter(({ status }) => status === "R");
    for (const codeList of unconfirmed) expect(codeList.open, codeList.name).toBeDefined();
  });
});

describe("crosswalks", () => {
  it("let a code of another system mean one option only", () => {
    for (const codeList of gw10.codeLists) expect(findAmbiguousCrosswalks(codeList), codeList.name).toEqual([]);
  });

  it("are found wrong where one letter means two options", () => {
    const options: readonly CodeOption[] = [
      { key: "A", code: 1, label: "A", crosswalk: { HL7_V2_0002: ["P"] } },
      { key: "B", code: 2, label: "B", crosswalk: { HL7_V2_0002: ["P"], HL7_V3_MARITAL: ["P"] } },
    ];
    expect(findAmbiguousCrosswalks({ options })).toEqual(["HL7_V2_0002 P"]);
  });

  it("keep the letter P apart by the system that sends it", () => {
    expect(meaning("MaritalStatus", "NHS_MARITAL_ENGLAND", "P")).toBe("SEPARATED");
    expect(meaning("MaritalStatus", "HL7_V2_0002", "P")).toBe("PERMANENT_PARTNERSHIP");
    expect(meaning("MaritalStatus", "HL7_V3_MARITAL", "P")).toBe("MARRIED");
  });

  it("keep the ethnic letters of England and Wales apart", () => {
    expect(meaning("EthnicGroup", "NHS_ETHNIC_2001", "B")).toBe("WHITE_IRISH");
    expect(meaning("EthnicGroup", "NHS_ETHNIC_WALES", "B")).toBe("WHITE_OTHER");
    expect(meaning("EthnicGroup", "NHS_ETHNIC_WALES", "T")).toBe("OTHER_ETHNIC_GROUP");
    expect(meaning("EthnicGroup", "NHS_ETHNIC_WALES", "A")).toBeUndefined();
  });

  it("cover every letter of the 2001 list and every value of FHIR administrative gender", () => {
    for (const letter of "ABCDEFGHJKLMNPRSZ") expect(meaning("EthnicGroup", "NHS_ETHNIC_2001", letter), letter).toBeDefined();
    for (const value of ["male", "female", "other", "unknown"])
      expect(meaning("Gender", "FHIR_ADMINISTRATIVE_GENDER", value), value).toBeDefined();
  });
});
