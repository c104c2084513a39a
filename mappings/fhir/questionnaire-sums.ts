/** Sums of answers: the subscales of HADS and the like. A sum stands only on all of its answers; none is made up for a missing one. */
import type { QuestionnaireSum } from "../concept-maps/questionnaire-items.ts";
import type { FhirRun } from "./fhir-run.ts";
import { leaveOut } from "./measured-value.ts";
import type { PatientFile } from "./patient-file.ts";
import { type ValuePlace, warnOfValue } from "./take-outcome.ts";

/** One answer of a sum. */
export interface SumAnswer {
  readonly sum: QuestionnaireSum;
  readonly part: number;
  readonly number: number | null;
  readonly path: string;
}

/** @param file holds the totals stated in the same response already */
export function addSums(answers: readonly SumAnswer[], place: ValuePlace, file: PatientFile, run: FhirRun): void {
  for (const [sum, parts] of Map.groupBy(answers, (answer) => answer.sum)) addSum(sum, parts, place, file, run);
}

function addSum(sum: QuestionnaireSum, parts: readonly SumAnswer[], place: ValuePlace, file: PatientFile, run: FhirRun): void {
  const { use } = place;
  const target = { recordType: "ASSESSMENT", item: sum.item } as const;
  const stated = file.measurements.find((known) => known.use === use && known.target.item === sum.item);
  const total = addUp(sum, parts);
  const reason = typeof total === "string" ? total : stated === undefined ? null : "THE_TOTAL_IS_STATED";
  const [first, ...others] = parts;
  if (reason === null && first !== undefined && typeof total === "number") {
    const rest = others.map(({ path }) => ({ use, path }));
    file.measurements.push({ ...place, target, value: total, path: first.path, note: "SUM_OF_ANSWERS", parts: rest });
    return;
  }
  for (const { path } of parts) leaveOut(use, path, reason ?? "ANSWERS_MISSING", target);
  if (first === undefined) return;
  if (stated === undefined)
    warnOfValue(use, run, "SOURCE_DROPPED", sum.item, first.path, { reason: reason ?? "ANSWERS_MISSING" });
  else if (typeof total === "number" && total !== stated.value) {
    warnOfValue(use, run, "DERIVED_VALUE_INCONSISTENT", sum.item, stated.path, { reason: "TOTAL_IS_NOT_THE_SUM" });
  }
}

/** The sum, or why there is none. */
function addUp({ answers, scale }: QuestionnaireSum, parts: readonly SumAnswer[]): number | string {
  const [from, to] = scale;
  const numbers = parts.map(({ number }) => number).filter((number) => number !== null);
  const isWhole =
    new Set(parts.map(({ part }) => part)).size === answers && parts.length === answers && numbers.length === answers;
  if (!isWhole) return "ANSWERS_MISSING";
  if (numbers.some((number) => !Number.isInteger(number) || number < from || number > to)) return "ANSWER_OFF_SCALE";
  return numbers.reduce((sum, number) => sum + number, 0);
}
