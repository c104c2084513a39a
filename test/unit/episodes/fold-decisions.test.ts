import { describe, expect, it } from "vitest";
import { foldDecisions } from "../../../src/episodes/fold-decisions.ts";
import type { PairKind, TeamDecision } from "../../../src/episodes/link-ports.ts";

type Word = TeamDecision["decision"];

/** What is left of decisions about one pair, each `TEAM WORD hour`; the pair is of organisations N and S unless both are N. */
function fold(kind: PairKind, words: readonly string[], other = "S"): readonly string[] {
  const decisions = words.map((text): TeamDecision => {
    const [decidedBy = "", word, hour] = text.split(" ");
    const decision = (["CONFIRMED", "REJECTED", "UNLINKED"] as const).find((known): known is Word => known === word);
    if (decision === undefined) throw new RangeError("no such word");
    return { a: { ods: "N", id: "1" }, b: { ods: other, id: "2" }, decision, decidedBy, decidedAt: `2026-07-01T${hour}:00:00Z` };
  });
  return foldDecisions(kind, decisions).map(({ decision, decidedAt }) => `${decision} ${decidedAt.slice(11, 13)}`);
}

describe("decisions about two patients of two organisations", () => {
  it("leave the pair to the rules while one organisation alone has confirmed it", () => {
    expect(fold("PERSON", ["N CONFIRMED 10"])).toEqual([]);
    expect(fold("PERSON", ["N CONFIRMED 10", "N CONFIRMED 11"])).toEqual([]);
  });

  it("are a confirmation when both have confirmed it, from the later of the two on", () => {
    expect(fold("PERSON", ["S CONFIRMED 12", "N CONFIRMED 10"])).toEqual(["CONFIRMED 12"]);
  });

  it("keep apart what either of them rejects or unlinks, until that one takes it back", () => {
    expect(fold("PERSON", ["S REJECTED 10"])).toEqual(["REJECTED 10"]);
    expect(fold("PERSON", ["N CONFIRMED 10", "S CONFIRMED 11", "S UNLINKED 12"])).toEqual(["UNLINKED 12"]);
    expect(fold("PERSON", ["S UNLINKED 12", "N CONFIRMED 13"])).toEqual(["UNLINKED 12"]);
    expect(fold("PERSON", ["N CONFIRMED 10", "S CONFIRMED 11", "S UNLINKED 12", "S CONFIRMED 13"])).toEqual(["CONFIRMED 13"]);
    expect(fold("PERSON", ["S UNLINKED 12", "S CONFIRMED 13"])).toEqual([]);
  });
});

describe("decisions about other pairs", () => {
  it("are one team's: the latest stands, whoever took it", () => {
    expect(fold("EPISODE", ["N CONFIRMED 10"])).toEqual(["CONFIRMED 10"]);
    expect(fold("EPISODE", ["N CONFIRMED 10", "S UNLINKED 11"])).toEqual(["UNLINKED 11"]);
    expect(fold("EPISODE", ["S UNLINKED 11", "N CONFIRMED 12"])).toEqual(["CONFIRMED 12"]);
    expect(fold("PERSON", ["N CONFIRMED 10"], "N")).toEqual(["CONFIRMED 10"]);
  });

  it("keep apart where two fall in one instant", () => {
    expect(fold("EPISODE", ["N REJECTED 10", "S CONFIRMED 10"])).toEqual(["REJECTED 10"]);
    expect(fold("EPISODE", ["S CONFIRMED 10", "N REJECTED 10"])).toEqual(["REJECTED 10"]);
  });
});
