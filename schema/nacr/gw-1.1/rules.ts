// biome-ignore-all lint/suspicious/noThenProperty: `then` is a word of the rule language; a rule is never awaited.
import type { Rule } from "../../../src/dataset/rule.ts";

/** A reminder in gw-1.0: who sends gw-1.1 is refused a procedure without its date. */
export const treatmentDate: Rule = {
  kind: "condition",
  id: "C-TREATMENT-DATE",
  recordType: "TREATMENT",
  severity: "ERROR",
  code: "CONDITION_NOT_MET",
  field: "date",
  when: { item: "type", notIn: ["MEDICAL_MANAGEMENT", "NONE", "UNKNOWN"] },
  then: { item: "date", present: true },
  text: "A procedure must have its date.",
  status: "D",
  source: "own decision; precedent [NDA-2]: what was carried out has a date",
};
