/**
 * Questions of analysts under an agreement. A question becomes its normal form, the agreement is asked, the published cube answers. What is
 * refused, and in which words, follows from the declaration, the agreement, the purpose and the time; never from a figure (assurance.md 4.3.6).
 */
import { isLikeNhsNumber } from "../../access/registration-texts.ts";
import type { UseRefusal } from "../../agreements/judge-use.ts";
import type { AgreementGate, AskedUse } from "../../agreements/ports.ts";
import { GatewayError } from "../../errors/gateway-error.ts";
import type { Actor } from "../../records/actor.ts";
import { MEASURES, type Measure } from "../cube/declaration.ts";
import { citationOf } from "../cube/footnotes.ts";
import type { Answer } from "../cube/look-up.ts";
import { type NormalQuestion, nearestPublished, normaliseQuestion, type Question } from "../cube/question.ts";
import type { Cut } from "../cuts/cut.ts";
import type { PublishedCuts } from "../cuts/cut-ports.ts";
import { type DisclosureProfile, isCubeEnoughFor } from "../profiles/disclosure-profile.ts";
import { agreedProfile } from "../profiles/read-profile.ts";
import { type ChosenCube, chooseCube } from "./choose-cube.ts";
import { type PermittedRows, permitRows } from "./permitted-rows.ts";
import { ASKED_DIMENSIONS, toNamedQuestion } from "./question-words.ts";

export interface AskedStatistics {
  readonly agreementId: string;
  /** As the agreement declares it, letter by letter. */
  readonly purpose: string;
  /** Null: the one in force. */
  readonly cutId: string | null;
  /** The year in which the audit year began; null: the latest of the cut that the agreement has. */
  readonly auditYear: number | null;
  readonly question: Question;
  /** What becomes of the answer: it stands in the agreement's log. */
  readonly handedOutAs: "ANSWER" | "CSV" | "JSON" | "SDMX_CSV";
}

export interface StatisticsAnswer {
  readonly agreementId: string;
  /** The version that permitted it. */
  readonly agreementVersion: number;
  readonly purpose: string;
  readonly cut: Cut;
  readonly auditYear: number;
  /** What the agreement demands of figures; the cube hides as much. */
  readonly profile: DisclosureProfile;
  readonly question: NormalQuestion;
  readonly unit: Measure["unit"];
  readonly table: PublishedAnswer;
  readonly citation: string;
}
export type PublishedAnswer = Extract<Answer, { readonly kind: "PUBLISHED" }>;

/**
 * One look-up, one use of the agreement, one line of its log.
 * @throws GatewayError NOT_PUBLISHED with the nearest questions, FORBIDDEN with every reason, NOT_FOUND for an agreement or a cut, CUT_WITHDRAWN,
 * DATABASE_UNAVAILABLE
 */
export type AskStatistics = (actor: Actor, asked: AskedStatistics) => Promise<StatisticsAnswer>;

export interface AskDependencies {
  readonly gate: AgreementGate;
  readonly published: Pick<PublishedCuts, "find" | "inForce" | "reader">;
}

export const createAskStatistics =
  ({ gate, published }: AskDependencies): AskStatistics =>
  async (actor, asked) => {
    const question = requirePublished(asked.question);
    const use = await gate.use(toUse(actor, asked, question), async ({ version, rows, ...agreed }) => {
      const demanded = requireEnough(agreed);
      const chosen = await chooseCube(published, asked, rows.years);
      const table = noteOrigin(chosen.cut, lookUp(chosen, question, rows, demanded));
      const { cut, auditYear, cube } = chosen;
      const citation = citationOf(cube.reader.cube, question, cut, cube.digest);
      const { agreementId, purpose } = asked;
      return {
        result: {
          agreementId,
          agreementVersion: version,
          purpose,
          cut,
          auditYear,
          profile: demanded,
          question,
          unit: unitOf(question),
          table,
          citation,
        },
        cutId: cut.id,
        cellsReturned: table.rows.length - table.suppressedCells,
      };
    });
    if (!use.permitted) throw notPermitted(use.refusals);
    return use.result;
  };

/** Of places nothing but a code is ever asked for: a question stands in logs and citations, and no NHS number does. */
const PLACE_CODE = /^[A-Z0-9_-]{1,64}$/;
const isPlaceCode = (text: string): boolean => PLACE_CODE.test(text) && !isLikeNhsNumber(text);
const PLACES = new Set(ASKED_DIMENSIONS.filter(({ isPlace }) => isPlace).map(({ key }) => key));

/** @throws GatewayError NOT_PUBLISHED: by the declaration alone */
export function requirePublished(question: Question): NormalQuestion {
  const hasCodes = question.where.every(({ dimension, category }) => !PLACES.has(dimension) || isPlaceCode(category));
  const normal = hasCodes ? normaliseQuestion(question) : null;
  if (normal !== null) return normal;
  throw new GatewayError("NOT_PUBLISHED", "No published table answers this question.", {
    details: { suggestions: nearestPublished(question).map((nearest) => ({ ...toNamedQuestion(nearest) })) },
  });
}

/** What the gate judges is the normal form, so that the same question is refused in the same words. */
function toUse(actor: Actor, asked: AskedStatistics, question: NormalQuestion): AskedUse {
  const { agreementId, purpose, cutId, auditYear, handedOutAs } = asked;
  const { measure, where } = question;
  const dimensions = dimensionsOf(question);
  const named = (wanted: string): readonly string[] =>
    where.filter(({ dimension }) => dimension === wanted).map(({ category }) => category);
  return {
    actor,
    agreementId,
    purpose,
    product: "AGGREGATED_SUPPRESSED",
    measures: [measure],
    dimensions,
    fields: [],
    years: auditYear === null ? [] : [auditYear],
    nations: named("nation"),
    eventGroups: named("eventGroup"),
    location: null,
    question: { as: handedOutAs, cut: cutId, auditYear, measure, dimensions, where },
  };
}

/** The place first. What the measure itself says is no dimension of the question. */
export const dimensionsOf = ({ table: { level, dimensions }, measured }: NormalQuestion): readonly string[] => [
  ...(level === "UNITED_KINGDOM" ? [] : [level]),
  ...dimensions.filter((key) => key !== measured?.dimension),
];

/** @throws GatewayError FORBIDDEN for an agreement whose profile hides more than the cube does */
function requireEnough(agreed: Parameters<typeof agreedProfile>[0]): DisclosureProfile {
  const profile = agreedProfile(agreed);
  if (profile === null || !isCubeEnoughFor(profile))
    throw new GatewayError("FORBIDDEN", "The agreement's disclosure profile demands more than the published tables hide.", {
      details: { refusals: ["PROFILE_NOT_SATISFIED"] },
    });
  return profile;
}

/** @throws Error: a normal form has a declared measure */
function unitOf({ measure }: NormalQuestion): Measure["unit"] {
  const declared = MEASURES.find(({ key }) => key === measure);
  if (declared === undefined) throw new Error("No such measure");
  return declared.unit;
}

/** The look-up is the same whatever is within the agreement's rows: neither its order nor its time tells. */
function lookUp(
  { cube }: ChosenCube,
  question: NormalQuestion,
  rows: PermittedRows,
  profile: DisclosureProfile,
): PublishedAnswer {
  const { hasAny, isPermitted } = permitRows(cube.reader.cube, question, rows);
  const { measure, where } = question;
  const answer = cube.reader.lookUp({ measure, dimensions: dimensionsOf(question), where }, isPermitted, profile);
  if (answer.kind !== "PUBLISHED") throw new Error("A declared table is not in the cube");
  if (hasAny) return answer;
  return {
    ...answer,
    rows: answer.rows.map(({ categories }) => ({ categories, value: null })),
    suppressedCells: answer.rows.length,
  };
}

const GENERATED = "The cut is of a generated population: nobody in these figures is real.";

const noteOrigin = ({ isSynthetic }: Cut, table: PublishedAnswer): PublishedAnswer =>
  isSynthetic ? { ...table, footnotes: [GENERATED, ...table.footnotes] } : table;

const notPermitted = (refusals: readonly UseRefusal[]): GatewayError =>
  new GatewayError("FORBIDDEN", "The agreement does not permit this.", { details: { refusals } });
