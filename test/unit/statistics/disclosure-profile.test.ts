import { describe, expect, it } from "vitest";
import { CUBE_RULES } from "../../../src/statistics/cube/disclosure-rules.ts";
import {
  applyProfile,
  applyToPercent,
  DEFAULT_PROFILE,
  type DisclosureProfile,
  isCubeEnoughFor,
  PROFILES,
} from "../../../src/statistics/profiles/disclosure-profile.ts";

const profile = (id: string): DisclosureProfile => {
  const found = PROFILES.find((one) => one.id === id);
  if (found === undefined) throw new Error(`No profile ${id}`);
  return found;
};

describe("disclosure profiles (dataset.md, Decision 44 and 11.2)", () => {
  const counts = [0, 1, 4, 5, 7, 8, 12, 13, 17, 18, 22, 23];
  it.each([
    ["HES_2018", "0 * * * * 10 10 15 15 20 20 25"],
    ["SHMI", "0 * * * * 10 10 15 15 20 20 25"],
    ["CSDS", "* * * 5 5 10 10 15 15 20 20 25"],
    ["MIDPOINT_6", "0 3 3 3 9 9 9 15 15 15 21 21"],
    ["OPENSAFELY_7_5", "0 [REDACTED] [REDACTED] [REDACTED] [REDACTED] 10 10 15 15 20 20 25"],
    ["NONE_INTERNAL", "0 1 4 5 7 8 12 13 17 18 22 23"],
  ])("%s shows the published vector", (id, shown) => {
    expect(applyProfile(profile(id), counts).join(" ")).toBe(shown);
  });

  it("is HES_2018 where an agreement names none", () => {
    expect(profile(DEFAULT_PROFILE).label).toContain("HES");
  });

  it.each([
    ["CSDS", 3, 40, null],
    ["CSDS", 38, 40, null],
    ["CSDS", 2, 4, null],
    ["CSDS", 13, 40, 33],
    ["CSDS", 5, 40, 13],
    ["HES_2018", 13, 41, 37.5],
    ["HES_2018", 7, 40, null],
    ["HES_2018", 36, 40, null],
    ["HES_2018", 0, 0, null],
  ])("%s shows %i of %i as %s percent", (id, part, whole, shown) => {
    expect(applyToPercent(profile(id), part, whole)).toBe(shown);
  });

  it("the cube is enough for every profile but MIDPOINT_6, and a weaker rule is not", () => {
    expect(PROFILES.filter((one) => !isCubeEnoughFor(one)).map(({ id }) => id)).toEqual(["MIDPOINT_6"]);
    expect(isCubeEnoughFor(profile("SHMI"), { ...CUBE_RULES, withheldTo: 5 })).toBe(false);
    expect(isCubeEnoughFor(profile("CSDS"), { ...CUBE_RULES, withheldFrom: 1 })).toBe(false);
    expect(isCubeEnoughFor(profile("HES_2018"), { ...CUBE_RULES, roundTo: 3 })).toBe(false);
  });
});
