import { describe, expect, it } from "vitest";
import { mapHl7v2 } from "../../../mappings/hl7v2/hl7v2-mapping.ts";
import type { Hl7v2Profile } from "../../../mappings/hl7v2/hl7v2-profile.ts";
import { DEFAULT_HL7V2_PROFILE, HL7V2_PROFILES } from "../../../mappings/hl7v2/hl7v2-profiles.ts";
import { parseMessages } from "../../../mappings/hl7v2/parse-message.ts";
import { recogniseProfile } from "../../../mappings/hl7v2/recognise-profile.ts";
import { type MappingTables, SHIPPED_TABLES } from "../../../mappings/support/mapping-tables.ts";
import type { SiteCodes, SiteCodeTarget } from "../../../mappings/support/site-codes.ts";

const AUTO = HL7V2_PROFILES.get("auto") ?? DEFAULT_HL7V2_PROFILE;

function recognise(text: string, profile: Hl7v2Profile = AUTO): string {
  const [result] = parseMessages(text);
  if (result?.ok !== true) throw new Error("The message does not parse.");
  return recogniseProfile(result.message, profile).name;
}

const message = (application: string, facility: string, identifier: string, profileId = ""): string =>
  `MSH|^~\\&|${application}|${facility}|GW|NACR|20260301||ADT^A31|1|P|2.4|||||||||${profileId}\rPID|1||${identifier}`;

describe("the profile `auto`", () => {
  it.each([
    ["itk", message("PAS", "RCB", "1^^^NHS", "iTKv1.0")],
    ["simhospital", message("SIMHOSP", "SFAC", "1^^^SIMULATOR MRN^MRN")],
    ["hl7-wales", message("X", "7A4", "1^^^7A4^PI")],
    ["pims-wales", message("X", "7A4", "1^^^7A4^PI~9434765919^01^^^NI")],
    ["auto", message("PAS", "RXX", "1^^^RXX^MR")],
    // A check digit, and a sender that is not Welsh: neither is the Welsh trace status.
    ["hl7-wales", message("X", "7A4", "9434765919^9^^^NI")],
    ["auto", message("X", "RXX", "9434765919^01^^^NI")],
    ["auto", message("SIMHOSPITAL", "SFAC", "1")],
    ["auto", message("X", "7A9", "1")],
  ])("takes a message for %s by its marks alone", (name, text) => {
    expect(recognise(text)).toBe(name);
  });

  it("is what a sender asks for: a named profile recognises nothing", () => {
    expect(recognise(message("SIMHOSP", "7A4", "1"), DEFAULT_HL7V2_PROFILE)).toBe("hl7-uk");
  });

  it("stands for dialects that have marks, so that none is chosen for want of another", () => {
    expect(AUTO.standsFor.filter(({ marks }) => marks.length === 0)).toEqual([]);
  });
});

describe("a sender's own observation codes", () => {
  const profile: Hl7v2Profile = {
    ...DEFAULT_HL7V2_PROFILE,
    name: "local",
    observationCodes: { "WinPath|HB1": "SNOMED|999791000000106", "99CR|ISWT": { item: "iswtMetres", unit: "m" } },
  };
  const header = (type: string): string => `MSH|^~\\&|LAB|RXX|GW|NACR|20260411||${type}|1|P|2.4`;
  const patient = "PID|1||4007^^^RXX^MR||TEST^ANNE||19500412|2";
  const pv1 = `PV1|1|I${"|".repeat(17)}V1${"|".repeat(25)}20260226|20260301`;
  const contact = "PR1|1||U54.1^text^OPCS4||20260410";
  const results = ["OBX|1|NM|HB1^HbA1c^WinPath||48|mmol/mol|||||F", "OBX|2|NM|ISWT^^99CR||340||||||F"];
  const messages = [
    [header("ADT^A03"), patient, pv1, "DG1|1||I21.0^text^ICD10", contact],
    [header("ORU^R01"), patient, "OBR|1||||||20260411", ...results],
  ].map((segments) => segments.join("\r"));
  const assess = (chosen: Hl7v2Profile) =>
    mapHl7v2(messages, chosen).drafts.find(({ recordType }) => recordType === "ASSESSMENT")?.values;

  it("are read by the profile that knows them, with the unit it gives them", () => {
    expect(assess(profile)).toEqual({ number: 1, date: "2026-04-11", hba1cMmolMol: 48, iswtMetres: 340 });
  });

  it("mean nothing under another profile", () => {
    expect(assess(DEFAULT_HL7V2_PROFILE)).toBeUndefined();
  });
});

describe("an organisation's own translations", () => {
  const siteCodes: SiteCodes = (system, code) => {
    const target = TARGETS.get(`${system}|${code}`);
    return target === undefined ? null : { target, override: false, version: 3 };
  };
  const TARGETS = new Map<string, SiteCodeTarget>([
    ["PID-22|WB", { kind: "OPTION", recordType: "PATIENT", item: "ethnicGroup", key: "WHITE_BRITISH" }],
    ["PID-22|A", { kind: "OPTION", recordType: "PATIENT", item: "ethnicGroup", key: "WHITE_IRISH" }],
    ["99CARD|STEMI", { kind: "CONCEPT", system: "ICD10", code: "I21.0" }],
  ]);
  const map = (ethnicGroup: string, tables: MappingTables) => {
    const pid = `PID|1||4007^^^RXX^MR||TEST^ANNE||19500412|2${"|".repeat(14)}${ethnicGroup}`;
    const dg1 = "DG1|1||STEMI^text^99CARD||20260226|F";
    const text = ["MSH|^~\\&|PAS|RXX|GW|NACR|20260301||ADT^A31|1|P|2.4", pid, dg1].join("\r");
    return mapHl7v2([text], DEFAULT_HL7V2_PROFILE, undefined, tables);
  };

  it("are asked where the tables know nothing, and named in the report", () => {
    const { drafts } = map("WB", { ...SHIPPED_TABLES, siteCodes });
    expect(drafts[0]?.values.ethnicGroup).toBe("WHITE_BRITISH");
    const line = drafts[0]?.mappingReport.find(({ sourceField }) => sourceField === "PID-22");
    expect(line).toMatchObject({ result: "MAPPED", reason: "SITE_CODE_MAP/3" });
    expect(drafts[1]?.values).toMatchObject({ eventType: "MI_STEMI", eventDate: "2026-02-26" });
  });

  it("do not replace what the tables know, and mean nothing to others", () => {
    expect(map("A", { ...SHIPPED_TABLES, siteCodes }).drafts[0]?.values.ethnicGroup).toBe("WHITE_BRITISH");
    const { drafts, issues } = map("WB", SHIPPED_TABLES);
    expect(drafts.map(({ values }) => values.ethnicGroup)).toEqual([undefined]);
    expect(issues.map(({ code, expression }) => [code, expression])).toEqual([["CODE_NOT_TRANSLATED", "messages[0].DG1-3"]]);
  });
});
