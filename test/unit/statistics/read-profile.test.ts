import { describe, expect, it } from "vitest";
import { applyProfile, applyToPercent, isCubeEnoughFor, profileOf } from "../../../src/statistics/profiles/disclosure-profile.ts";
import { agreedProfile, type FigureClass, readProfile } from "../../../src/statistics/profiles/read-profile.ts";
import { ownPercent, ownProfile } from "../../support/own-profile.ts";

const findingsOf = (changes: object, productClass: FigureClass = "AGGREGATED_SUPPRESSED"): readonly string[] => {
  const read = readProfile(ownProfile(changes), productClass);
  return read.kind === "PROFILE" ? [] : read.findings.map(({ code, field }) => `${code} ${field}`);
};

describe("a profile that an agreement brings", () => {
  it("does what it says, and the agreement's terms find it by its id", () => {
    const read = readProfile(ownProfile(), "AGGREGATED_SUPPRESSED");
    if (read.kind !== "PROFILE") throw new Error("refused");
    expect(applyProfile(read.profile, [0, 7, 8, 13])).toEqual(["<8", "<8", "10", "15"]);
    expect([applyToPercent(read.profile, 9, 24), applyToPercent(read.profile, 9, 25)]).toEqual([null, 40]);
    expect(isCubeEnoughFor(read.profile)).toBe(true);
    expect(profileOf("GP_WORKFORCE", [read.profile])).toBe(read.profile);
    expect(agreedProfile({ profile: "GP_WORKFORCE", ownProfile: ownProfile() })).toEqual(read.profile);
    expect(profileOf("GP_WORKFORCE")).toBeNull();
    expect(profileOf(null)?.id).toBe("HES_2018");
  });

  it.each([
    ["a shipped name", { id: "HES_2018" }, "PROFILE_ID_TAKEN id"],
    ["no name", { id: undefined }, "PROFILE_ITEM_MISSING id"],
    [
      "a range that ends before it begins",
      { suppressMin: 7, suppressMax: 1, suppressZero: false },
      "PROFILE_RANGE_EMPTY suppressMax",
    ],
    ["zeros apart", { suppressMin: 3 }, "PROFILE_ZERO_APART suppressZero"],
    ["a base that is no number", { roundBase: "5" }, "PROFILE_ITEM_INVALID roundBase"],
    ["a budget of questions, which nothing here obeys", { queryBudget: 100 }, "PROFILE_ITEM_NOT_APPLIED queryBudget"],
    ["an item that no profile has", { noise: 1 }, "PROFILE_ITEM_UNKNOWN noise"],
    ["decimals of true counts", ownPercent({ from: "TRUE", decimals: 1 }), "PROFILE_PERCENT_TELLS percent.decimals"],
    [
      "an untested rest",
      ownPercent({ suppressIfComplementIn: false }),
      "PROFILE_COMPLEMENT_UNTESTED percent.suppressIfComplementIn",
    ],
    ["a label of two lines", { label: "Strict\nCounts are exact" }, "PROFILE_ITEM_INVALID label"],
    ["half a character", { symbol: "\ud800" }, "PROFILE_ITEM_INVALID symbol"],
    ["a symbol that reads as a figure", { symbol: "0" }, "PROFILE_ITEM_INVALID symbol"],
    ["less withheld than any published rule", { suppressMax: 2 }, "PROFILE_BELOW_CLASS "],
    ["no rounding", { roundMode: "NONE" }, "PROFILE_BELOW_CLASS "],
  ])("is refused with %s", (_, changes, finding) => {
    expect(findingsOf(changes)).toEqual([finding]);
  });

  it("is refused as a whole where it is no object", () => {
    expect(readProfile("[", "AGGREGATED_SUPPRESSED")).toMatchObject({ findings: [{ code: "PROFILE_UNREADABLE", field: "" }] });
    expect(readProfile("[]", "AGGREGATED_SUPPRESSED")).toMatchObject({ findings: [{ code: "PROFILE_UNREADABLE", field: "" }] });
  });

  it("may show counts from 5 as they are where the agreement holds small numbers, not those from 1 to 4", () => {
    const exact = { suppressMax: 4, suppressZero: false, roundMode: "NONE" };
    expect(findingsOf(exact)).toEqual(["PROFILE_BELOW_CLASS "]);
    expect(findingsOf(exact, "AGGREGATED_SMALL_NUMBERS")).toEqual([]);
    expect(findingsOf({ ...exact, suppressMax: 3 }, "AGGREGATED_SMALL_NUMBERS")).toEqual(["PROFILE_BELOW_CLASS "]);
  });

  it("has no percentages of true counts where small ones are rounded and not withheld: 5 % of 20 is 1", () => {
    const rounded = { suppressMin: null, suppressMax: null, suppressZero: false, roundMode: "MIDPOINT" };
    const small = (change: object) => findingsOf({ ...rounded, ...ownPercent(change) }, "AGGREGATED_SMALL_NUMBERS");
    expect([small({ from: "TRUE" }), small({ from: "ROUNDED" })]).toEqual([["PROFILE_BELOW_CLASS "], []]);
    expect(findingsOf({ suppressMax: 4, ...ownPercent({ from: "TRUE" }) }, "AGGREGATED_SMALL_NUMBERS")).toEqual([]);
  });
});
