/** What the public may know: the agreements that were signed, and the standards they answer to. */
import type { Agreement } from "./agreement.ts";
import { answerTo, type MandatoryWhen, QUESTION_LIST, STANDARDS } from "./standards.ts";
import { type AgreementStatus, statusOf, versionAt } from "./standing.ts";
import type { ProductClass } from "./terms.ts";

export interface RegisterEntry {
  readonly id: string;
  readonly title: string;
  readonly status: AgreementStatus;
  readonly organisations: readonly string[];
  readonly legalBasis: readonly string[];
  readonly optOutsApplied: boolean;
  readonly productClass: ProductClass | null;
  readonly purposes: readonly string[];
  readonly startsOn: string | null;
  readonly endsOn: string | null;
}

/** Of each the version that counts, else the first that was signed. @param at ISO instant */
export const toRegister = (agreements: readonly Agreement[], at: string): readonly RegisterEntry[] =>
  agreements.flatMap((agreement) => {
    const version = versionAt(agreement, at) ?? agreement.versions.find(({ state }) => state === "SIGNED");
    return version === undefined ? [] : [toEntry(agreement, version.terms, at)];
  });

function toEntry(agreement: Agreement, terms: Agreement["versions"][number]["terms"], at: string): RegisterEntry {
  const { title, parties, productClass, purposes, startsOn, endsOn } = terms;
  const controllers = parties.filter(({ role }) => role === "CONTROLLER");
  const bases = controllers.flatMap(({ article6, article9 }) => [
    ...(article6 === null ? [] : [`ARTICLE_6_${article6}`]),
    ...(article9 === null ? [] : [`ARTICLE_9_${article9}`]),
  ]);
  const duty = answerTo(terms, "CONFIDENTIALITY_BASIS");
  return {
    id: agreement.id,
    title,
    status: statusOf(agreement, at),
    organisations: controllers.map(({ name }) => name),
    legalBasis: [...new Set([...bases, ...(duty === null ? [] : [duty])])],
    optOutsApplied: answerTo(terms, "OPT_OUTS") === "APPLIED",
    productClass,
    purposes: purposes.map(({ description }) => description),
    startsOn,
    endsOn,
  };
}

/** The table of standards as people fill it in. */
export const listStandards = () =>
  Object.entries(STANDARDS).map(([standard, label]) => ({
    standard,
    label,
    questions: QUESTION_LIST.filter(([, question]) => question.standard === standard).map(([key, question]) => ({
      question: key,
      text: question.text,
      kind: question.kind,
      choices: question.kind === "CHOICE" ? question.choices : [],
      shortest: question.kind === "TEXT" ? question.shortest : null,
      longest: question.kind === "TEXT" ? question.longest : null,
      mustBe: question.kind === "YES_NO" ? (question.mustBe ?? null) : null,
      mandatory: describeCondition(question.mandatory),
    })),
  }));

function describeCondition(mandatory: MandatoryWhen): string | null {
  if (mandatory === null) return null;
  return "fact" in mandatory ? mandatory.fact : mandatory.is.map((answer) => `${mandatory.question}=${answer}`).join(" or ");
}
