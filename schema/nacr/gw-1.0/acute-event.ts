import { defineRecord } from "../../../src/dataset/define.ts";

/** A cardiac or other acute event while the patient was in rehabilitation. */
export const acuteEvent = defineRecord({
  name: "ACUTE_EVENT",
  typeName: "AcuteEvent",
  fieldName: "acuteEvents",
  table: "acute_event",
  label: "Acute event",
  description: "An acute event during rehabilitation.",
  parent: "REHABILITATION",
  naturalKey: ["type", "date"],
  programmeScoped: true,
  status: "S~",
  source: "[FORM]",
  items: {
    type: {
      label: "Acute Events During Rehab",
      kind: "code",
      description: "What happened.",
      list: "AcuteEventType",
      status: "S~",
      source: "[FORM]",
    },
    date: {
      label: "Acute event date",
      kind: "date",
      description: "When it happened.",
      status: "I",
      source: "own decision: no date is seen on the form",
    },
  },
});
