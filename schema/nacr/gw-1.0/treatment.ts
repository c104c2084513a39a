import { defineRecord } from "../../../src/dataset/define.ts";

/** A procedure or management that belongs to an initiating event. */
export const treatment = defineRecord({
  name: "TREATMENT",
  typeName: "Treatment",
  fieldName: "treatments",
  table: "treatment",
  label: "Treatment",
  description: "A treatment associated with the initiating event.",
  parent: "INITIATING_EVENT",
  naturalKey: ["type", "date"],
  programmeScoped: false,
  status: "S~",
  source: "[FORM]",
  items: {
    type: {
      label: "Treatment associated with IE",
      kind: "code",
      description: "Procedure or management.",
      list: "TreatmentType",
      status: "S~",
      source: "[FORM]",
    },
    date: {
      label: "Treatment Date",
      kind: "date",
      description: "Date of the treatment.",
      status: "S",
      source: "[FORM] label",
    },
  },
});
