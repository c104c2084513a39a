import { defineCodeList } from "../../../src/dataset/define.ts";
import { referralSource as referralSource10 } from "../gw-1.0/code-lists-pathway.ts";

/** One option for every hospital outside the NHS: the form's BMI Hospital is the name of one company, and no other has its own. */
export const referralSource = defineCodeList({
  ...referralSource10,
  source: "[FORM]; that hospitals outside the NHS are one option, Other and Unknown are our decision",
  options: [
    { key: "NHS_TRUST", code: 1, label: "NHS Trust", status: "S" },
    // Code 2 was BMI Hospital and is not given again.
    { key: "INDEPENDENT_HOSPITAL", code: 3, label: "Independent hospital", aliases: ["Private Hospital"], status: "D" },
    { key: "GP", code: 4, label: "GP", status: "S" },
    { key: "OTHER", code: 5, label: "Other", status: "I" },
    { key: "UNKNOWN", code: 99, label: "Unknown", status: "I" },
  ],
});
