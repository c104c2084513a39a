import { defineRecord } from "../../../src/dataset/define.ts";
import { assessment as assessment10 } from "../gw-1.0/assessment.ts";

/** An assessment also says whether goals were agreed, without which the start of core cannot be judged. */
export const assessment = defineRecord({
  ...assessment10,
  items: {
    ...assessment10.items,
    goalsAgreed: {
      label: "Goals agreed",
      kind: "code",
      description: "Whether goals were agreed with the patient at this assessment, as a start of core needs.",
      list: "YesNoUnknown",
      status: "S~",
      source: "[START] core begins after a full assessment with agreed goals; that it is an item is our decision",
    },
  },
});
