/** What stands under an answer, and how a figure is cited: enough to read it rightly and to ask for it again. */
import { DECLARATION_VERSION, MEASURES } from "./declaration.ts";
import { DIMENSIONS, isOrganisation, PLACE_LABELS } from "./dimensions.ts";
import { CUBE_RULES, CUBE_RULES_ID } from "./disclosure-rules.ts";
import type { PublishedCube } from "./published-cube.ts";
import type { NormalQuestion } from "./question.ts";

/** A disclosure profile by what names it. */
export interface NamedProfile {
  readonly id: string;
  readonly version: number;
}

export const labelOfMeasure = (measure: string): string => MEASURES.find(({ key }) => key === measure)?.label ?? measure;

/** They follow from the question alone. */
export function footnotesOf({ isMedian, table, whole }: NormalQuestion, profile: NamedProfile | null): readonly string[] {
  const { withheldTo, roundTo, minOfOrganisation, minContributors, maxShare } = CUBE_RULES;
  const demanded = profile === null ? "" : `, which hides at least as much as profile ${profile.id} version ${profile.version}`;
  const ofOrganisation = isOrganisation(table.level) ? `, or the whole is below ${minOfOrganisation}` : "";
  return [
    `Counts from 0 to ${withheldTo} are withheld (*), and others where they would tell about these; all other counts are rounded to the nearest ${roundTo}.`,
    `An organisation with fewer than ${minOfOrganisation} journeys is withheld; other figures need ${minContributors} organisations, none with more than ${maxShare} %.`,
    "A journey of which a dimension is not known is counted only in tables without the dimension. Figures need not add up.",
    ...(isMedian ? ["Medians are of days that are known, to two significant figures."] : []),
    ...(whole === null
      ? []
      : [
          `Percentages are whole percent of the published, rounded figures; withheld where one of them or the rest is${ofOrganisation}.`,
        ]),
    ...(table.level === "UNITED_KINGDOM" ? ["Journeys without a programme are in figures of the United Kingdom only."] : []),
    `Disclosure control: ${CUBE_RULES_ID} version ${DECLARATION_VERSION}${demanded}.`,
  ];
}

/** What a citation says of a cut. */
export interface CitedCut {
  readonly id: string;
  readonly number: number;
  /** ISO instant: what was committed before it is in the cut. */
  readonly asOf: string;
}

/**
 * Enough to repeat the figure years later: the cut with the day of its data, the measure and the dimensions as they are asked for, the filter,
 * the declaration under which it was published and the cube's digest.
 * @param digest of the encoded cube, hex
 */
export function citationOf(
  { auditYear, declaration }: PublishedCube,
  question: NormalQuestion,
  cut: CitedCut,
  digest: string,
): string {
  const { measure, table, measured, where } = question;
  const dimensions = table.dimensions.filter((key) => key !== measured?.dimension).map(labelOfDimension);
  const filter = where.map(({ dimension, category }) => `${labelOfDimension(dimension)} = ${category}`);
  const year = `audit year ${auditYear}/${String(auditYear + 1).slice(2)}`;
  return [
    `National Audit of Cardiac Rehabilitation, ${year}, cut ${cut.number} (${cut.id}) of data to ${cut.asOf}`,
    `${labelOfMeasure(measure)} (${measure}) by ${[PLACE_LABELS[table.level], ...dimensions].join(", ")}`,
    ...filter,
    `${CUBE_RULES_ID} version ${declaration}, cube ${digest}`,
  ].join("; ");
}

const LABELS = new Map<string, string>([
  ...Object.entries(PLACE_LABELS),
  ...DIMENSIONS.map(({ key, label }) => [key, label] as const),
]);
const labelOfDimension = (key: string): string => LABELS.get(key) ?? key;
