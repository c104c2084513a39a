import { describe, expect, it } from "vitest";
import { gw10 } from "../../../schema/nacr/gw-1.0/index.ts";
import type { Rule } from "../../../src/dataset/rule.ts";
import { findRepeated, findRuleFaults, itemsOf } from "./dictionary-checks.ts";

const { rules, recordTypes, codeLists, issueCodes } = gw10;
const rule = (id: string): Rule => {
  const found = rules.find((candidate) => candidate.id === id);
  if (!found) throw new Error(`no rule ${id}`);
  return found;
};

describe("rules", () => {
  it("speak of items, ancestors and options that exist", () => {
    expect(findRuleFaults(rules, recordTypes, codeLists)).toEqual([]);
  });

  it("are found wrong where they speak of an item, an ancestor or an option that does not", () => {
    const faulty: Rule[] = [
      { ...rule("D9"), id: "item", field: "coreEnd" },
      { ...rule("C-ABI"), id: "ancestor", recordType: "PATIENT" },
      { ...rule("C-AGREED"), id: "option", when: { item: "agreedToTakePart", in: ["NEVER"] } } as Rule,
    ];
    const faults = findRuleFaults(faulty, recordTypes, codeLists);
    expect(faults).toEqual(expect.arrayContaining(["item: coreEnd", "ancestor: eventType", "option: agreedToTakePart = NEVER"]));
  });

  it("have an id of their own, a code of the catalogue and a sentence to the sender", () => {
    expect(findRepeated(rules.map(({ id }) => id))).toEqual([]);
    const codes = issueCodes.map(({ code }) => code);
    for (const { id, code, text } of rules) {
      expect(codes, id).toContain(code);
      expect(text, id).toMatch(/^[A-Z].*\.$/);
      expect(text, id).not.toMatch(/[{}]/);
    }
  });

  it("say must where they reject and should where they warn", () => {
    for (const { id, severity, text } of rules) {
      if (severity === "WARNING") expect(text, id).toMatch(/\bshould\b/);
      else expect(text, id).toMatch(/\bmust\b|\bneeds\b|\bbelongs to\b/);
    }
  });

  it("refuse every date of every record type before birth, and doubt it after death", () => {
    const dated = itemsOf(recordTypes).filter(
      ({ item, name }) => item.kind.toLowerCase().endsWith("date") && name !== "dateOfBirth",
    );
    expect(dated.length).toBeGreaterThanOrEqual(15);
    for (const { path, name } of dated) {
      expect(rule(`D2.${path}`)).toMatchObject({ severity: "ERROR", code: "DATE_ORDER", field: name, later: name });
      if (name !== "dateOfDeath") expect(rule(`D3.${path}`)).toMatchObject({ severity: "WARNING", earlier: name });
    }
  });

  it("never reject through a fact that nobody confirmed", () => {
    expect(rules.filter(({ status, severity }) => ["R", "W", "U"].includes(status) && severity === "ERROR")).toEqual([]);
  });

  it("reject by condition exactly what the decision on effects lists", () => {
    const rejecting = rules.filter(({ code, severity }) => code === "CONDITION_NOT_MET" && severity === "ERROR");
    expect(rejecting.map(({ id }) => id)).toEqual(["C-ABI", "C-USE-TREATMENT", "C-AGREED", "C-SESSIONS"]);
  });

  it("hold the windows of assessments 2 and 3 in days after assessment 1", () => {
    expect(rule("D11")).toMatchObject({ minDays: 1, maxDays: 140 });
    expect(rule("D12")).toMatchObject({ minDays: 305, maxDays: 455 });
  });

  it("reject a wait below nought where the rehabilitation states its referral, and only warn where it inherits one", () => {
    expect(rule("D8").severity).toBe("ERROR");
    expect(rule("D8-INHERITED")).toMatchObject({ severity: "WARNING", when: { item: "referralDate", present: false } });
  });
});
