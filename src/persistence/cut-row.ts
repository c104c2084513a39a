/** Cuts and publications as the statements of the schema `cut` return them. */
import type { Cut } from "../statistics/cuts/cut.ts";
import { CUT_STATES } from "../statistics/cuts/cut.ts";
import { cubesOf, readManifest } from "../statistics/cuts/cut-manifest.ts";
import {
  CUT_REFUSALS,
  type CutPublication,
  PUBLICATION_STATES,
  PUBLICATION_STEPS,
  type YearReport,
} from "../statistics/cuts/publication.ts";
import type { PreviousYear } from "../statistics/cuts/publication-ports.ts";
import { booleanOf, bytesOf, numberOf, optionalTextOf, type SqlRow, textOf, wordOf } from "./sql-row.ts";

export function readCut(row: SqlRow): Cut {
  const at = optionalTextOf(row, "withdrawn_at");
  return {
    id: textOf(row, "id"),
    number: numberOf(row, "number"),
    state: wordOf(row, "state", CUT_STATES),
    asOf: textOf(row, "as_of"),
    publishedAt: textOf(row, "published_at"),
    withdrawn: at === null ? null : { at, reason: textOf(row, "withdrawal_reason") },
    cubes: cubesOf(readManifest(textOf(row, "manifest"))),
    isSynthetic: booleanOf(row, "synthetic"),
  };
}

export function readPublication(row: SqlRow): CutPublication {
  const years: readonly YearReport[] = JSON.parse(textOf(row, "report"));
  return {
    id: textOf(row, "id"),
    askedBy: textOf(row, "asked_by"),
    askedAt: textOf(row, "asked_at"),
    finishedAt: optionalTextOf(row, "finished_at"),
    state: wordOf(row, "state", PUBLICATION_STATES),
    step: row.step === null ? null : wordOf(row, "step", PUBLICATION_STEPS),
    refusal: row.refusal === null ? null : wordOf(row, "refusal", CUT_REFUSALS),
    cutId: optionalTextOf(row, "cut_id"),
    years,
  };
}

export const readPreviousYear = (row: SqlRow): PreviousYear => ({
  cutId: textOf(row, "cut_id"),
  cutNumber: numberOf(row, "number"),
  ledger: bytesOf(row, "bytes"),
});
