import { expect, it } from "vitest";
import { printHistory } from "../../../src/cli/verify-cut.ts";
import type { HistoryVerification } from "../../../src/statistics/cuts/verify-history.ts";

const verification: HistoryVerification = {
  number: 3,
  asOf: "2026-03-31T09:00:00.000Z",
  equal: 812,
  different: 1,
  withoutQuintile: 40,
  withheld: { OBJECTION: null, OPT_OUT: 0, OPT_OUT_UNKNOWN: 0, NO_SECTION_251: 0, WITHDRAWN: 10 },
  gone: 0,
  isGoneExplained: true,
  notComparable: { IDENTITY_CHANGED: 0, LINKS_CHANGED: 0, NOT_IN_CUT: 0, WRITTEN_JUST_BEFORE: 0, DESTROYED: 0 },
  ok: false,
};

it("prints what history gives of a cut, few persons as 1-7 and reasons only where there are any", () => {
  expect(printHistory(verification).split("\n")).toEqual([
    "Cut 3 as of 2026-03-31T09:00:00.000Z: HISTORY GIVES OTHER ROWS.",
    "  persons whose rows are the same: 812, of 40 of them but for the quintile of deprivation",
    "  persons whose rows ARE OTHERS: 1",
    "  in the cut, and not to be derived again:",
    "    1-7: objected",
    "    10: withdrawn since",
    "  in the cut, and of nobody who is there: 0",
    "  not comparable:",
    "    none",
  ]);
});
