/**
 * Disclosure profiles as data (dataset.md, Decision 44 and 11): what the class of an agreement demands of counts and percentages. They are
 * used for exact tables of agreements that hold small numbers, and as the minimum that the published cube must satisfy.
 */
import { CUBE_RULES, type DisclosureRules, roundHalfUp } from "../cube/disclosure-rules.ts";

export interface DisclosureProfile {
  readonly id: string;
  readonly version: number;
  readonly label: string;
  /** Counts from..to are withheld; null: none are. */
  readonly withheld: { readonly from: number; readonly to: number } | null;
  readonly rounding:
    | { readonly kind: "NONE" }
    | { readonly kind: "NEAREST"; readonly base: number }
    /** Up to a multiple of the base, less half of it: 1 to 6 become 3. */
    | { readonly kind: "MIDPOINT"; readonly base: number };
  readonly symbol: string;
  readonly percent: {
    /** Whether numerator and denominator are rounded before they are divided. */
    readonly from: "ROUNDED" | "TRUE";
    readonly decimals: number;
    /** Also withheld where what is left of the denominator is a withheld count. */
    readonly testsComplement: boolean;
    /** Withheld where the denominator is less; 0 asks for nothing beyond the above. */
    readonly minDenominator: number;
  };
  /** National figures are as they are. Only where nothing below them is reachable (Decision 45). */
  readonly isNationalExempt: boolean;
}

const NEAREST_5 = { kind: "NEAREST", base: 5 } as const;
const ONE_TO_SEVEN = { from: 1, to: 7 } as const;

export const PROFILES: readonly DisclosureProfile[] = [
  {
    id: "HES_2018",
    version: 1,
    label: "HES analysis guide, from September 2018",
    withheld: ONE_TO_SEVEN,
    rounding: NEAREST_5,
    symbol: "*",
    percent: { from: "ROUNDED", decimals: 1, testsComplement: true, minDenominator: 0 },
    isNationalExempt: true,
  },
  {
    id: "SHMI",
    version: 1,
    label: "Summary Hospital-level Mortality Indicator",
    withheld: ONE_TO_SEVEN,
    rounding: NEAREST_5,
    symbol: "*",
    // The source says nothing of percentages: those of HES, whose family it is.
    percent: { from: "ROUNDED", decimals: 1, testsComplement: true, minDenominator: 0 },
    isNationalExempt: true,
  },
  {
    id: "CSDS",
    version: 1,
    label: "Community Services Data Set",
    withheld: { from: 0, to: 4 },
    rounding: NEAREST_5,
    symbol: "*",
    percent: { from: "TRUE", decimals: 0, testsComplement: true, minDenominator: 0 },
    isNationalExempt: true,
  },
  {
    id: "OPENSAFELY_7_5",
    version: 1,
    label: "OpenSAFELY, 7 and 5",
    withheld: ONE_TO_SEVEN,
    rounding: NEAREST_5,
    symbol: "[REDACTED]",
    percent: { from: "ROUNDED", decimals: 1, testsComplement: true, minDenominator: 0 },
    isNationalExempt: false,
  },
  {
    id: "MIDPOINT_6",
    version: 1,
    label: "Midpoint 6",
    withheld: null,
    rounding: { kind: "MIDPOINT", base: 6 },
    symbol: "*",
    percent: { from: "ROUNDED", decimals: 1, testsComplement: false, minDenominator: 0 },
    isNationalExempt: false,
  },
  {
    id: "NONE_INTERNAL",
    version: 1,
    label: "None: an organisation's own figures",
    withheld: null,
    rounding: { kind: "NONE" },
    symbol: "*",
    percent: { from: "TRUE", decimals: 1, testsComplement: false, minDenominator: 0 },
    isNationalExempt: false,
  },
];

/** Of agreements that name none (Decision 44). */
export const DEFAULT_PROFILE = "HES_2018";

/**
 * The profile of an agreement, by the id that its terms name. @param id null: the default
 * @param own those that the agreement brought (read-profile.ts); their ids are none of the shipped ones
 * @returns null where nobody has it
 */
export const profileOf = (id: string | null, own: readonly DisclosureProfile[] = []): DisclosureProfile | null =>
  [...PROFILES, ...own].find((profile) => profile.id === (id ?? DEFAULT_PROFILE)) ?? null;

/** What is shown of a count: null is the profile's symbol. Integers never lie half-way between multiples of 5; others go up. */
export function applyToCount({ withheld, rounding }: DisclosureProfile, count: number): number | null {
  if (withheld !== null && count >= withheld.from && count <= withheld.to) return null;
  if (rounding.kind === "NONE") return count;
  if (rounding.kind === "NEAREST") return roundHalfUp(count, rounding.base);
  return count === 0 ? 0 : Math.ceil(count / rounding.base) * rounding.base - rounding.base / 2;
}

/**
 * What is shown of a percentage: withheld where numerator, denominator or, as Decision 48 has it, the rest is a withheld count. Half away
 * from zero. Null also where nothing is divided by.
 */
export function applyToPercent(profile: DisclosureProfile, numerator: number, denominator: number): number | null {
  const { percent } = profile;
  const tested = [numerator, denominator, ...(percent.testsComplement ? [denominator - numerator] : [])];
  const shown = tested.map((count) => applyToCount(profile, count));
  if (shown.includes(null) || denominator < percent.minDenominator) return null;
  const [part, whole] = percent.from === "TRUE" ? [numerator, denominator] : [shown[0] ?? 0, shown[1] ?? 0];
  if (whole === 0) return null;
  const scale = 10 ** percent.decimals;
  return Math.floor((part / whole) * 100 * scale + 0.5) / scale;
}

/** In the order of the counts, each as it is shown: a figure or the profile's symbol. */
export const applyProfile = (profile: DisclosureProfile, counts: readonly number[]): readonly string[] =>
  counts.map((count) => String(applyToCount(profile, count) ?? profile.symbol));

/** Beyond it, withholding and rounding repeat themselves: every threshold and base is far below. */
const ENOUGH_COUNTS = 120;

/**
 * The minimum that the cube must satisfy: whatever the count, the cube leaves at least as many counts possible as the profile does. Where
 * it does not, cubes are not published to agreements that demand the profile. True for all shipped ones but MIDPOINT_6, which leaves six
 * counts possible where a cube rounded to 5 leaves five.
 */
export function isCubeEnoughFor(profile: DisclosureProfile, rules: DisclosureRules = CUBE_RULES): boolean {
  const isSmall = (count: number): boolean => count >= rules.withheldFrom && count <= rules.withheldTo;
  return hidesAsMuch(
    possibleCounts((count) => (isSmall(count) ? null : roundHalfUp(count, rules.roundTo))),
    countsLeftBy(profile),
  );
}

/** Of each count from 0: how many counts are shown as it is, itself among them. */
export const countsLeftBy = (profile: DisclosureProfile): readonly number[] =>
  possibleCounts((count) => applyToCount(profile, count));

export const hidesAsMuch = (left: readonly number[], least: readonly number[]): boolean =>
  left.every((possible, count) => possible >= (least[count] ?? 0));

function possibleCounts(show: (count: number) => number | null): readonly number[] {
  const shown = Array.from({ length: ENOUGH_COUNTS * 2 }, (_, count) => show(count));
  return shown.slice(0, ENOUGH_COUNTS).map((figure) => shown.filter((other) => other === figure).length);
}
