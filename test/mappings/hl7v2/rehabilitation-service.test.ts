import { describe, expect, it } from "vitest";
import { mapHl7v2 } from "../../../mappings/hl7v2/hl7v2-mapping.ts";
import { DEFAULT_HL7V2_PROFILE } from "../../../mappings/hl7v2/hl7v2-profiles.ts";
import { type MappingTables, SHIPPED_TABLES } from "../../../mappings/support/mapping-tables.ts";
import { namesCardiacRehabilitation } from "../../../mappings/support/rehabilitation-words.ts";
import type { SiteCode } from "../../../mappings/support/site-codes.ts";

describe("cardiac rehabilitation in words", () => {
  it.each(["Cardiac Rehabilitation", "CARDIAC REHAB PHASE 3", "Rehabilitation, cardiac", "Heart failure rehab programme"])(
    "is %s",
    (text) => {
      expect(namesCardiacRehabilitation(text)).toBe(true);
    },
  );

  it.each([
    "Cardiac rehabilitation declined",
    "Not for cardiac rehab",
    "Pulmonary rehabilitation",
    "Cardiac diagnostics",
    "Cardiac clinic. Rehabilitation of speech",
    "",
  ])("is not `%s`", (text) => {
    expect(namesCardiacRehabilitation(text)).toBe(false);
  });

  it("is no story: a long text is not searched", () => {
    expect(namesCardiacRehabilitation(`${"cardiac ".repeat(100)}rehabilitation`)).toBe(false);
    const before = process.threadCpuUsage();
    namesCardiacRehabilitation("cardiac ".repeat(120_000));
    expect(process.threadCpuUsage(before).user).toBeLessThan(200_000);
  });
});

describe("the organisation's own code of the service", () => {
  const pid = "PID|1||4007^^^RXX^MR||TEST^ANNE||19500412|2";
  const stay = `PV1|1|I${"|".repeat(17)}V1${"|".repeat(25)}20260226|20260301`;
  const messages = [
    ["MSH|^~\\&|PAS|RXX|GW|NACR|20260301||ADT^A03|1|P|2.4", pid, stay, "DG1|1||I21.0^text^ICD10"].join("\r"),
    ["MSH|^~\\&|PAS|RXX|GW|NACR|20260305||REF^I12|2|P|2.4", "RF1||R|4711^Team B^99SVC|||R77|20260305", pid].join("\r"),
  ];
  const map = (table: string, code: string) => {
    const entry: SiteCode = { target: { kind: "CONCEPT", system: "SNOMED", code }, override: false, version: 1 };
    const siteCodes: MappingTables["siteCodes"] = (system, own) => (system === table && own === "4711" ? entry : null);
    return mapHl7v2(messages, DEFAULT_HL7V2_PROFILE, undefined, { ...SHIPPED_TABLES, siteCodes });
  };

  it("is known once it was translated, and without a warning", () => {
    const { drafts, issues } = map("99SVC", "733459009");
    expect(drafts.map(({ recordType }) => recordType)).toContain("REHABILITATION");
    expect([...issues, ...drafts.flatMap((draft) => draft.issues)]).toEqual([]);
  });

  it.each([
    ["of another table", "99OTHER", "733459009"],
    ["that stands for another concept", "99SVC", "385715006"],
  ])("is not one %s", (_title, table, code) => {
    const { drafts } = map(table, code);
    expect(drafts.flatMap((draft) => draft.issues.map((issue) => issue.code))).toEqual(["MESSAGE_UNSUPPORTED"]);
  });
});
