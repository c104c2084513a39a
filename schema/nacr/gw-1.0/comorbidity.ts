import { defineRecord } from "../../../src/dataset/define.ts";

/** Another illness of the patient. No rows at all means not asked; None means asked. */
export const comorbidity = defineRecord({
  name: "COMORBIDITY",
  typeName: "Comorbidity",
  fieldName: "comorbidities",
  table: "comorbidity",
  label: "Comorbidity",
  description: "An illness beside the cardiac event.",
  parent: "PATIENT",
  naturalKey: ["type"],
  programmeScoped: false,
  status: "S~",
  source: "[FORM]; place our decision",
  items: {
    type: {
      label: "Comorbidity",
      kind: "code",
      description: "The illness.",
      list: "ComorbidityType",
      status: "S~",
      source: "[FORM]; a York paper used fifteen self-reported categories [TANG]",
    },
  },
});
