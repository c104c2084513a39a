/**
 * What a programme is compared with: the figures of its nation in the cut in force, of one audit year. They are published to everybody who
 * asks, so they are shown as they are; where there is no cut there is nothing to compare with, and that is said.
 */
import type { Nation } from "../access/registration-ports.ts";
import type { StandardName } from "../records/standard-movement.ts";
import type { OutcomeItem } from "../standards/outcome-measures.ts";
import { PERCENT_MEASURES } from "../statistics/cube/declaration.ts";
import { OUTCOMES } from "../statistics/cube/outcome-change.ts";
import type { Question } from "../statistics/cube/question.ts";
import type { PublishedCuts } from "../statistics/cuts/cut-ports.ts";

/** Which cut, to be named with every figure. */
export interface NationalSource {
  readonly cutId: string;
  readonly cutNumber: number;
  /** ISO instant. */
  readonly asOf: string;
  /** Of the events: the year in which it began. */
  readonly auditYear: number;
  /** Of a generated population: the demo's. */
  readonly isSynthetic: boolean;
}

/** What is asked of a nation's figures. */
export type NationalQuestion = Pick<Question, "measure" | "where">;

export interface NationalFigures {
  readonly source: NationalSource;
  /** Days or whole per cent; null: withheld. */
  of(nation: Nation, question: NationalQuestion): number | null;
}

export type ReadNationalFigures = (auditYear: number) => Promise<NationalFigures | null>;

/** Null: no cut is in force, or it has no published figures of the year. Throws GatewayError DATABASE_UNAVAILABLE. */
export const createReadNationalFigures =
  (published: Pick<PublishedCuts, "inForce" | "reader">): ReadNationalFigures =>
  async (auditYear) => {
    const cut = await published.inForce();
    const cube = cut === null ? null : await published.reader(cut.id, auditYear);
    if (cut === null || cube === null) return null;
    const { id: cutId, number: cutNumber, asOf, isSynthetic } = cut;
    return {
      source: { cutId, cutNumber, asOf, auditYear, isSynthetic },
      of: (nation, { measure, where }) => {
        const answer = cube.reader.lookUp({
          measure,
          dimensions: [],
          where: [{ dimension: "nation", category: nation }, ...where],
        });
        if (answer.kind === "NOT_PUBLISHED") throw new Error(`No table of the cube answers ${measure} of a nation`);
        return answer.rows[0]?.value ?? null;
      },
    };
  };

export const START_WAIT: NationalQuestion = { measure: "MEDIAN_START_WAIT", where: [] };

/**
 * The published figure that a standard is compared with. None of the wait after infarction or PCI: it is of three groups together, and the
 * median of a whole cannot be had from medians of its parts. That of the team and the groups offered is no figure of patients.
 */
export const STANDARD_QUESTIONS: Readonly<Partial<Record<StandardName, NationalQuestion>>> = {
  DURATION: { measure: "MEDIAN_DURATION", where: [] },
  ASSESSMENT_1: { measure: "PERCENT_WITH_ASSESSMENT_1", where: [] },
  CABG_WAIT: { ...START_WAIT, where: [{ dimension: "treatment", category: "CABG" }] },
  ASSESSMENT_2: { measure: "PERCENT_WITH_ASSESSMENT_2", where: [] },
};

/** Null: the cube has no such outcome. */
export function improvedQuestion(item: OutcomeItem): NationalQuestion | null {
  const dimension = Object.entries(OUTCOMES).find(([, outcome]) => outcome.item === item)?.[0];
  const found = PERCENT_MEASURES.find(({ part }) => part.dimension === dimension && part.key === "IMPROVED");
  return found === undefined ? null : { measure: found.key, where: [] };
}
