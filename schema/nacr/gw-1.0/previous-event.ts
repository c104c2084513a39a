import { defineRecord } from "../../../src/dataset/define.ts";

/** Cardiac history before the initiating event; hangs off the patient because the form lists it without an event. */
export const previousEvent = defineRecord({
  name: "PREVIOUS_EVENT",
  typeName: "PreviousEvent",
  fieldName: "previousEvents",
  table: "previous_event",
  label: "Previous event",
  description: "An event of the patient's history.",
  parent: "PATIENT",
  naturalKey: ["type", "date"],
  programmeScoped: false,
  status: "S~",
  source: "[FORM]; place our decision",
  items: {
    type: {
      label: "Previous Events",
      kind: "code",
      description: "What happened.",
      list: "PreviousEventType",
      status: "S~",
      source: "[FORM]",
    },
    date: {
      label: "Previous event date",
      kind: "partialDate",
      description: "When, as exactly as it is known: year, month or day.",
      status: "I",
      source: "own decision: no date is seen on the form",
    },
  },
});
