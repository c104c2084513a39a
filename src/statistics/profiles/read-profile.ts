/**
 * A disclosure profile that an agreement brings: the object of dataset.md 11.4.1 as JSON. What is wrong with it is values, each with a code and
 * a place. Nothing is read past what takes effect here: a profile that asks for more is refused, not half obeyed.
 */
import { z } from "zod";
import { applyToCount, countsLeftBy, type DisclosureProfile, hidesAsMuch, PROFILES, profileOf } from "./disclosure-profile.ts";

export const PROFILE_FINDINGS = {
  PROFILE_UNREADABLE: "This is no JSON object.",
  PROFILE_ITEM_MISSING: "This must be there.",
  PROFILE_ITEM_INVALID: "This is none of what it may be.",
  PROFILE_ITEM_UNKNOWN: "A profile has no such item.",
  PROFILE_ITEM_NOT_APPLIED:
    "This would have no effect: published tables are audited instead, means are not given out, totals are rounded.",
  PROFILE_ID_TAKEN: "A shipped profile is called so.",
  PROFILE_RANGE_EMPTY: "The counts that are withheld end before they begin.",
  PROFILE_ZERO_APART: "Zero is withheld with the counts from 1, or not at all.",
  PROFILE_PERCENT_TELLS: "Decimals of a percentage of true counts tell the counts.",
  PROFILE_COMPLEMENT_UNTESTED: "Where counts are withheld, the rest of a percentage is tested, too.",
  PROFILE_BELOW_CLASS: "It hides less than an agreement of this class must.",
} as const;

export interface ProfileFinding {
  readonly code: keyof typeof PROFILE_FINDINGS;
  /** Where: `percent.decimals`; empty for the whole. */
  readonly field: string;
  readonly message: string;
}
export type ReadProfile =
  | { readonly kind: "PROFILE"; readonly profile: DisclosureProfile }
  | { readonly kind: "REFUSED"; readonly findings: readonly ProfileFinding[] };

/** Agreements whose figures a profile protects: none is applied to records. */
const FIGURE_CLASSES = ["AGGREGATED_SUPPRESSED", "AGGREGATED_SMALL_NUMBERS"] as const;
export type FigureClass = (typeof FIGURE_CLASSES)[number];

/** Of 11.4.1, but for the engine's own: the cube's audit, its declared tables and frozen cuts are stronger than these. */
const NOT_APPLIED: ReadonlySet<string> = new Set([
  "mean",
  "totals",
  "dominance",
  "secondary",
  "minPopulation",
  "maxDimensions",
  "queryBudget",
]);
/** In files and footnotes: of one line, of whole characters. */
const ONE_LINE = /^[^\p{Cc}\p{Cs}\u2028\u2029]*$/u;
/** A symbol that reads as a number would be taken for a figure. */
const NO_NUMBER = /^(?![\d.,\s]*$)/;
/** Far below the 120 counts within which profiles are compared. */
const HIGHEST = 50;

const schema = z.strictObject({
  id: z.string().regex(/^[A-Z][A-Z0-9_]{2,39}$/),
  version: z.int().min(1).max(9999),
  label: z.string().trim().min(1).max(200).regex(ONE_LINE),
  nationalExempt: z.boolean(),
  /** Both null: nothing is withheld. */
  suppressMin: z.int().min(1).max(HIGHEST).nullable(),
  suppressMax: z.int().min(1).max(HIGHEST).nullable(),
  suppressZero: z.boolean(),
  roundBase: z.int().min(1).max(HIGHEST),
  roundMode: z.enum(["NONE", "NEAREST", "MIDPOINT"]),
  symbol: z.string().trim().min(1).max(20).regex(ONE_LINE).regex(NO_NUMBER),
  percent: z.strictObject({
    from: z.enum(["ROUNDED", "TRUE"]),
    decimals: z.int().min(0).max(2),
    minDenominator: z.int().min(0).max(10_000),
    suppressIfComplementIn: z.boolean(),
  }),
});
type ProfileJson = z.infer<typeof schema>;

/** @param productClass null: none asks for anything, as of terms that were judged before */
export function readProfile(json: string, productClass: FigureClass | null): ReadProfile {
  const parsed = parseJson(json);
  if (parsed === undefined) return refuse(["PROFILE_UNREADABLE", ""]);
  const read = schema.safeParse(parsed, { reportInput: true });
  if (!read.success) return refuse(...read.error.issues.flatMap(toFindings));
  const broken = judge(read.data);
  if (broken.length > 0) return refuse(...broken);
  const profile = toProfile(read.data);
  return productClass === null || hidesEnough(profile, productClass)
    ? { kind: "PROFILE", profile }
    : refuse(["PROFILE_BELOW_CLASS", ""]);
}

/** As terms of agreements are judged: what it is called, null where something is wrong, and what. */
export function judgeProfile(
  json: string,
  productClass: string | null,
): { readonly id: string | null; readonly findings: readonly ProfileFinding[] } {
  const read = readProfile(json, FIGURE_CLASSES.find((one) => one === productClass) ?? null);
  return read.kind === "PROFILE" ? { id: read.profile.id, findings: [] } : { id: null, findings: read.findings };
}

/** The profile under which an agreement has figures: of those that are shipped, or the one that it brought. Null: nobody has it. */
export function agreedProfile({ profile, ownProfile }: AgreedProfile): DisclosureProfile | null {
  const own = ownProfile === null ? null : readProfile(ownProfile, null);
  return profileOf(profile, own?.kind === "PROFILE" ? [own.profile] : []);
}
/** As a permission to use an agreement says it. */
interface AgreedProfile {
  readonly profile: string | null;
  /** JSON. */
  readonly ownProfile: string | null;
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

type Coded = readonly [code: ProfileFinding["code"], field: string];
const refuse = (...found: readonly Coded[]): ReadProfile => ({
  kind: "REFUSED",
  findings: found.map(([code, field]) => ({ code, field, message: PROFILE_FINDINGS[code] })),
});

function toFindings(issue: z.core.$ZodIssue): readonly Coded[] {
  const at = (...more: readonly PropertyKey[]): string => [...issue.path, ...more].map(String).join(".");
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => [NOT_APPLIED.has(key) ? "PROFILE_ITEM_NOT_APPLIED" : "PROFILE_ITEM_UNKNOWN", at(key)]);
  if (issue.path.length === 0) return [["PROFILE_UNREADABLE", ""]];
  return [[issue.input === undefined ? "PROFILE_ITEM_MISSING" : "PROFILE_ITEM_INVALID", at()]];
}

/** What no item alone shows. */
function judge({ id, suppressMin, suppressMax, suppressZero, percent }: ProfileJson): readonly Coded[] {
  const withholds = suppressMin !== null || suppressMax !== null;
  const found: Coded[] = [];
  if (PROFILES.some((shipped) => shipped.id === id)) found.push(["PROFILE_ID_TAKEN", "id"]);
  if (withholds && (suppressMin === null || suppressMax === null || suppressMax < suppressMin))
    found.push(["PROFILE_RANGE_EMPTY", "suppressMax"]);
  if (suppressZero && suppressMin !== 1) found.push(["PROFILE_ZERO_APART", "suppressZero"]);
  if (percent.from === "TRUE" && percent.decimals > 0) found.push(["PROFILE_PERCENT_TELLS", "percent.decimals"]);
  if (withholds && !percent.suppressIfComplementIn) found.push(["PROFILE_COMPLEMENT_UNTESTED", "percent.suppressIfComplementIn"]);
  return found;
}

function toProfile({ nationalExempt, suppressMin, suppressMax, suppressZero, percent, ...json }: ProfileJson): DisclosureProfile {
  const { id, version, label, symbol, roundBase, roundMode } = json;
  const { from, decimals, minDenominator, suppressIfComplementIn } = percent;
  return {
    id,
    version,
    label,
    symbol,
    withheld: suppressMin === null || suppressMax === null ? null : { from: suppressZero ? 0 : suppressMin, to: suppressMax },
    rounding: roundMode === "NONE" ? { kind: "NONE" } : { kind: roundMode, base: roundBase },
    percent: { from, decimals, testsComplement: suppressIfComplementIn, minDenominator },
    isNationalExempt: nationalExempt,
  };
}

/** The rules in force elsewhere: whoever hides less than each of them is outside of all. */
const PUBLISHED_RULES = PROFILES.filter(({ id }) => id !== "NONE_INTERNAL").map(countsLeftBy);
/** The counts that the weakest of them, of CSDS, withholds. An agreement that holds small numbers may see all others as they are. */
const SMALLEST_COUNTS = [1, 2, 3, 4] as const;

/** Percentages of true counts tell those that are only rounded: 5 % of 20 is 1. */
const tellsNoSmallest = (profile: DisclosureProfile): boolean =>
  profile.percent.from === "ROUNDED" || SMALLEST_COUNTS.every((count) => applyToCount(profile, count) === null);

function hidesEnough(profile: DisclosureProfile, productClass: FigureClass): boolean {
  const left = countsLeftBy(profile);
  if (productClass === "AGGREGATED_SUPPRESSED") return PUBLISHED_RULES.some((rule) => hidesAsMuch(left, rule));
  return tellsNoSmallest(profile) && SMALLEST_COUNTS.every((count) => (left[count] ?? 0) >= SMALLEST_COUNTS.length);
}
