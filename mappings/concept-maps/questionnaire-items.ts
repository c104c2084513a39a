/**
 * What the items of a questionnaire are. No public linkIds of the audit's instruments exist (interop 1.8), so a questionnaire is read by
 * the codes of its items, by a profile that names its linkIds, or by linkIds that are the dataset's own names: `hadsAnxiety`,
 * `coop.pain`, a group `coop` with an item `pain`, `hads-7`.
 */
import { CODED_ITEMS } from "./coded-items.ts";
import { MEASUREMENT_ITEMS } from "./measurement-items.ts";

/** A sum of answers that make one item. */
export interface QuestionnaireSum {
  readonly item: string;
  /** How many answers it takes; with one missing there is no sum. */
  readonly answers: number;
  /** The scale of each answer, both inclusive. */
  readonly scale: readonly [from: number, to: number];
}

/** One item of a questionnaire: a whole item of the dataset, or one answer of a sum. */
export type QuestionMeaning =
  | { readonly kind: "ITEM"; readonly item: string }
  /** `part` tells the answers of one sum apart. */
  | { readonly kind: "SUM"; readonly sum: QuestionnaireSum; readonly part: number }
  | { readonly kind: "NOT_COLLECTED" };

/** How a profile reads one questionnaire of a sender. */
export interface QuestionnaireMap {
  /** Canonical URL without a version; null: any questionnaire of the sender. */
  readonly questionnaire: string | null;
  /** linkId to an item of the dataset, a public code (`SNOMED|401319005`), or an answer of a sum (`hadsAnxiety+3`). */
  readonly items: Readonly<Record<string, string>>;
  /** Codes of answers to the number they score. */
  readonly scores?: Readonly<Record<string, number>>;
}

const HADS_ANSWERS = 7;
const ANXIETY: QuestionnaireSum = { item: "hadsAnxiety", answers: HADS_ANSWERS, scale: [0, 3] };
const DEPRESSION: QuestionnaireSum = { item: "hadsDepression", answers: HADS_ANSWERS, scale: [0, 3] };
const PHQ9: QuestionnaireSum = { item: "phq9", answers: 9, scale: [0, 3] };
const GAD7: QuestionnaireSum = { item: "gad7", answers: 7, scale: [0, 3] };
const QUESTIONNAIRE_SUMS: readonly QuestionnaireSum[] = [ANXIETY, DEPRESSION, PHQ9, GAD7];

/** LOINC codes of the questions of a sum, in the order printed (panels 44249-1 and 69737-5, as Argonaut and HL7 guides use them). */
const QUESTION_CODES: readonly (readonly [sum: QuestionnaireSum, codes: string])[] = [
  [PHQ9, "44250-9 44255-8 44259-0 44254-1 44251-7 44258-2 44252-5 44253-3 44260-8"],
  [GAD7, "69725-0 68509-9 69733-4 69734-2 69735-9 69689-8 69736-7"],
];
/** The question of a sum that a code `SYSTEM|code` asks. */
export const QUESTION_BY_CODE: ReadonlyMap<string, Extract<QuestionMeaning, { readonly kind: "SUM" }>> = new Map(
  QUESTION_CODES.flatMap(([sum, codes]) =>
    codes.split(" ").map((code, at) => [`LOINC|${code}`, { kind: "SUM", sum, part: at + 1 } as const] as const),
  ),
);

/** What the answers of LOINC's list LL358-3 score: not at all, several days, more than half the days, nearly every day. */
export const SCORE_BY_ANSWER: ReadonlyMap<string, number> = new Map([
  ["LOINC|LA6568-5", 0],
  ["LOINC|LA6569-3", 1],
  ["LOINC|LA6570-1", 2],
  ["LOINC|LA6571-9", 3],
]);

/** `Coop.Physical-Fitness` and `coopPhysicalFitness` are one name. */
const toName = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, "");

const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  hadsAnxiety: ["hada", "hadsa", "hadanxiety", "hadsanxietytotal", "hadsanxietyscore", "hadsatotal", "hadsascore"],
  hadsDepression: ["hadd", "hadsd", "haddepression", "hadsdepressiontotal", "hadsdepressionscore", "hadsdtotal", "hadsdscore"],
  phq9: ["phq9total", "phq9score"],
  gad7: ["gad7total", "gad7score"],
  iswtMetres: ["iswt", "iswtdistance"],
  sixMinuteWalkMetres: ["6mwt", "sixminutewalk", "sixminutewalkdistance", "6mwtdistance"],
  activity150: ["activity150minutes"],
};

const NAMES: ReadonlyMap<string, QuestionMeaning> = new Map([
  ...[...MEASUREMENT_ITEMS.map(({ item }) => item), ...CODED_ITEMS].map(
    (item) => [toName(item), { kind: "ITEM", item } as const] as const,
  ),
  ...Object.entries(SYNONYMS).flatMap(([item, names]) => names.map((name) => [name, { kind: "ITEM", item } as const] as const)),
  ...sumParts(ANXIETY, ["hadsanxiety", "hadsa", "hadanxiety"]),
  ...sumParts(DEPRESSION, ["hadsdepression", "hadsd", "haddepression"]),
  ...sumParts(PHQ9, ["phq9item", "phq9q", "phq9question", "phq9"]),
  ...sumParts(GAD7, ["gad7item", "gad7q", "gad7question", "gad7"]),
  ...hadsInOrder(),
]);

function sumParts(sum: QuestionnaireSum, prefixes: readonly string[]): readonly (readonly [string, QuestionMeaning])[] {
  return prefixes.flatMap((prefix) =>
    Array.from({ length: sum.answers }, (_, at) => [`${prefix}${at + 1}`, { kind: "SUM", sum, part: at + 1 } as const] as const),
  );
}

/** The fourteen questions as printed: odd ones ask for anxiety, even ones for depression. */
function hadsInOrder(): readonly (readonly [string, QuestionMeaning])[] {
  return Array.from({ length: 2 * HADS_ANSWERS }, (_, at) => {
    const sum = at % 2 === 0 ? ANXIETY : DEPRESSION;
    return [`hads${at + 1}`, { kind: "SUM", sum, part: Math.floor(at / 2) + 1 } as const] as const;
  });
}

/** Forms that number their questions `PHQ.1` to `PHQ.9`: the last is then a question, although it has the name of the total. */
const NUMBERED: ReadonlyMap<string, QuestionMeaning> = new Map([...sumParts(PHQ9, ["phq"]), ...sumParts(GAD7, ["gad"])]);
const FIRST_OF_NUMBERED = /^(?:phq|gad)1$/;

/** Whether the questions of a form are numbered that way. */
export const hasNumberedQuestions = (linkIds: readonly string[]): boolean =>
  linkIds.some((linkId) => FIRST_OF_NUMBERED.test(toName(linkId)));

/** Instruments that are understood and not collected. */
const NOT_COLLECTED_NAMES = /^(?:eq5d|euroqol|gppaq)/;
const INSTRUMENT_PREFIX = /^(?:nacr|dartmouth)/;

/**
 * What an item means by its own name, or by its name below that of its groups; undefined: nothing.
 * @param path linkIds from the outermost group to the item
 * @param isNumbered `hasNumberedQuestions` of the form
 */
export function findByName(path: readonly string[], isNumbered = false): QuestionMeaning | undefined {
  const question = isNumbered ? NUMBERED.get(toName(path.at(-1) ?? "")) : undefined;
  if (question !== undefined) return question;
  for (let from = path.length - 1; from >= 0; from -= 1) {
    const name = toName(path.slice(from).join(" ")).replace(INSTRUMENT_PREFIX, "");
    const meaning = NAMES.get(name);
    if (meaning !== undefined) return meaning;
    if (NOT_COLLECTED_NAMES.test(name)) return { kind: "NOT_COLLECTED" };
  }
  return undefined;
}

const SUM_PART = /^([A-Za-z0-9]+)\+(\d{1,2})$/;

/** What a profile says of an item: `hadsAnxiety`, `hadsAnxiety+3`; undefined: it names a code. */
export function readMeaning(text: string): QuestionMeaning | undefined {
  if (text.includes("|")) return undefined;
  const [, item, part] = SUM_PART.exec(text) ?? [];
  const sum = item === undefined ? undefined : QUESTIONNAIRE_SUMS.find((candidate) => candidate.item === item);
  return sum === undefined ? { kind: "ITEM", item: text } : { kind: "SUM", sum, part: Number(part) };
}
