/**
 * The rules of the cube (assurance.md 4.3.3), as data. Every rule that takes effect on what is shown is judged by what is shown: by rounded
 * figures, never by true ones, so that a figure which passed the rule tells nothing beyond its own rounding (ADR 0037).
 */
export interface DisclosureRules {
  /** Counts from `withheldFrom` to `withheldTo` are withheld; 0 means that zeros are, too. */
  readonly withheldFrom: number;
  readonly withheldTo: number;
  /** Everything else is rounded half-up to a multiple of this. */
  readonly roundTo: number;
  /** An organisation with fewer journeys than this is withheld altogether; 0 switches the rule off. */
  readonly minOfOrganisation: number;
  /** Organisations that a figure above organisations needs, and the share of the largest that it bears, in per cent; 0 and 100 switch the rules off. */
  readonly minContributors: number;
  readonly maxShare: number;
  /** A row of fewer journeys than this may not show that all of it is in one category; 0 switches the rule off. */
  readonly minOfUniformRow: number;
}

/** Their name in footnotes and citations; the version is the declaration's. */
export const CUBE_RULES_ID = "CUBE_0_7_5";

/** `CUBE_0_7_5`: upwards only, so a site has no setting for it. */
export const CUBE_RULES: DisclosureRules = {
  withheldFrom: 0,
  withheldTo: 7,
  roundTo: 5,
  minOfOrganisation: 25,
  minContributors: 3,
  maxShare: 85,
  minOfUniformRow: 25,
};

export const WITHHELD = -1;

/** Why a cell has no figure. Never published: a reader sees one symbol for all. */
export const REASON = {
  PUBLISHED: 0,
  /** By its count. */
  SMALL: 1,
  /** Too few or too unequal contributors, or a row in one category. */
  RULE: 2,
  /** It would have told about another. */
  REPAIR: 3,
  /** Of an organisation with too few journeys. */
  SMALL_ORGANISATION: 4,
  /** Not withheld but published in an earlier cut: it can be withheld no more. */
  PAST: 5,
} as const;

export const roundHalfUp = (count: number, base: number): number => Math.floor(count / base + 0.5) * base;

/** The counts that are rounded to the figure. */
export const leastOf = (figure: number, { roundTo, withheldFrom, withheldTo }: DisclosureRules): number =>
  Math.max(figure - Math.floor(roundTo / 2), figure < withheldFrom ? 0 : withheldTo + 1);
export const mostOf = (figure: number, { roundTo, withheldFrom }: DisclosureRules): number =>
  figure < withheldFrom ? figure : figure + Math.floor((roundTo - 1) / 2);

/** Journeys of others that a figure above organisations must leave for certain: then an organisation learns no more of them than four apart. */
const LEAST_OF_OTHERS = 5;

/** Most that one organisation contributes to a figure above organisations. @param least that the count behind the figure can be */
export const mostOfOne = (least: number, { maxShare }: DisclosureRules): number =>
  maxShare >= 100 ? Number.POSITIVE_INFINITY : Math.min(Math.floor((least * maxShare) / 100), least - LEAST_OF_OTHERS);

/** The most that a figure above organisations can be which is withheld because it is small, or because one organisation has this part of it. */
export function mostOfWithheldBeside(part: number, rules: DisclosureRules): number {
  let figure = Math.ceil((rules.withheldTo + 1) / rules.roundTo) * rules.roundTo;
  while (part > mostOfOne(leastOf(figure, rules), rules)) figure += rules.roundTo;
  return leastOf(figure, rules) - 1;
}

/** The least that an organisation has which is not withheld altogether, given that its rounded total says so. */
export const leastOfShownOrganisation = ({ minOfOrganisation, roundTo }: DisclosureRules): number => {
  const below = Math.floor(roundTo / 2);
  return minOfOrganisation === 0 ? 0 : Math.ceil((minOfOrganisation + below) / roundTo) * roundTo - below;
};
