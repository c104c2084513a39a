import { defineRecord } from "../../../src/dataset/define.ts";

/** Whether a class of drugs is taken, as told at an assessment. */
export const drug = defineRecord({
  name: "DRUG",
  typeName: "Drug",
  fieldName: "drugs",
  table: "drug",
  label: "Drug",
  description: "A drug class at an assessment.",
  parent: "ASSESSMENT",
  naturalKey: ["class"],
  programmeScoped: true,
  status: "S~",
  source: "[QM1][MDS]",
  items: {
    class: {
      label: "Drugs/Medication",
      kind: "code",
      description: "Class of drugs.",
      list: "DrugClass",
      status: "I",
      source: "[QM1][MDS] name the item; the classes are our decision",
    },
    taking: {
      label: "Taking",
      kind: "code",
      description: "Whether the patient takes it.",
      list: "Taking",
      status: "I",
      source: "own decision",
    },
  },
});
