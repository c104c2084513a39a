import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderIssue } from "../../../src/dataset/issue-text.ts";
import { judgeDraft } from "../../../src/dataset/judge-draft.ts";
import { dictionaryOf } from "../../../src/records/dictionaries.ts";
import { tiny } from "./tiny-dictionary.ts";

const gw = dictionaryOf("gw-1.0");
if (gw === null) throw new Error("gw-1.0 is in service");
const PLACE = /[{}]|undefined|null|NaN/;

describe("the text of an issue", () => {
  it("is the catalogue's, with the label of the record type's own item and the limits", () => {
    const params = { min: 0, max: 21, unit: "score" };
    expect(renderIssue(gw, { code: "OUT_OF_HARD_RANGE", field: "hadsAnxiety", params }, "ASSESSMENT")).toBe(
      "HAD Anxiety is outside the possible range of 0 to 21 score.",
    );
    expect(renderIssue(gw, { code: "FORMAT_INVALID", field: "date" }, "TREATMENT")).toBe("Treatment Date cannot be read.");
    expect(renderIssue(gw, { code: "FORMAT_INVALID", field: "date" }, "ASSESSMENT")).toBe("Assessment date cannot be read.");
  });

  it("names what belongs to a record's envelope", () => {
    const text = renderIssue(gw, { code: "MANDATORY_MISSING", field: "sourceRecordId" }, "PATIENT");
    expect(text).toMatch(/^Record id /);
  });

  it("leaves no loose space where an item has no unit", () => {
    const params = { min: 1, max: 3, unit: "" };
    expect(renderIssue(tiny, { code: "OUT_OF_HARD_RANGE", field: "number", params })).toBe("Number is outside 1 to 3.");
  });

  it("speaks of the record where no item is concerned, and shows a code it has no words for", () => {
    expect(renderIssue(gw, { code: "CONDITION_NOT_MET", field: null }, "DRUG")).toBe("Drug does not fit the rest of the record.");
    expect(renderIssue(gw, { code: "CONDITION_NOT_MET", field: null })).toBe("The record does not fit the rest of the record.");
    expect(renderIssue(gw, { code: "NOT_IN_CATALOGUE", field: null })).toBe("NOT_IN_CATALOGUE");
  });

  it("is the rule's own sentence where a rule was broken", () => {
    for (const rule of gw.rules) {
      const issue = { code: rule.code, field: rule.field, params: { rule: rule.id } };
      expect(renderIssue(gw, issue, rule.recordType)).toBe(rule.text);
    }
  });

  it("fills every place of every text that reading a value can give", () => {
    fc.assert(
      fc.property(fc.constantFrom(...gw.recordTypes), fc.jsonValue(), (recordType, raw) => {
        const values = Object.fromEntries(recordType.items.map((item) => [item.name, raw]));
        const draft = {
          recordType: recordType.name,
          parent: null,
          sourceRecordId: null,
          expression: "x",
          clear: [],
          issues: [],
          mappingReport: [],
        };
        for (const issue of judgeDraft({ ...draft, values }, recordType, "STATED", "2026-11-21").issues) {
          expect(gw.issueCodes.has(issue.code)).toBe(true);
          expect(renderIssue(gw, issue, recordType.name)).not.toMatch(PLACE);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("would be seen with an empty place by that check", () => {
    expect(String(tiny.issueCodes.get("OUT_OF_HARD_RANGE")?.text)).toMatch(PLACE);
  });
});
