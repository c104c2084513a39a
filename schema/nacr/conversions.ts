/** What became of the items and codes of each version in the next one: one entry for every version but the newest. */
import type { Conversion } from "../../src/dataset/conversion.ts";

export const conversions: readonly Conversion[] = [
  {
    from: "gw-1.0",
    to: "gw-1.1",
    steps: [
      { kind: "code", list: "ReferralSource", from: "PRIVATE_HOSPITAL", to: "INDEPENDENT_HOSPITAL" },
      {
        kind: "code",
        list: "ReferralSource",
        from: "BMI_HOSPITAL",
        to: "INDEPENDENT_HOSPITAL",
        reason: "BMI Hospital is an independent hospital, and whose it is is not kept",
      },
    ],
  },
];
