/** A row of `extract.extract` as its use case knows it. */
import { z } from "zod";
import { canonicalJson } from "../lib/canonical-json.ts";
import { type AskedTable, EXTRACT_STATES, type Extract, type ExtractRequest } from "../statistics/extracts/extract.ts";
import { EXTRACT_FORMATS } from "../statistics/extracts/extract-file.ts";
import { numberOf, optionalTextOf, type SqlRow, textOf, textsOf, wordOf } from "./sql-row.ts";

const files = z.array(z.object({ name: z.string(), rows: z.number(), bytes: z.number(), sha256: z.string() }));
const tables = z.array(z.object({ measure: z.string(), dimensions: z.array(z.string()) }));

/** The same for the same tables in the same order: part of the key. */
export const writeTables = (asked: readonly AskedTable[]): string => canonicalJson(asked);

const readRequest = (row: SqlRow): ExtractRequest => ({
  agreementId: textOf(row, "agreement_id"),
  version: numberOf(row, "version"),
  product: wordOf(row, "product", ["PSEUDONYMISED_RECORD_LEVEL", "AGGREGATED_SMALL_NUMBERS"]),
  cutId: textOf(row, "cut_id"),
  period: textOf(row, "period"),
  format: wordOf(row, "format", EXTRACT_FORMATS),
  fields: textsOf(row, "fields"),
  tables: tables.parse(JSON.parse(textOf(row, "tables"))),
  purpose: textOf(row, "purpose"),
  location: textOf(row, "location"),
});

export const readExtract = (row: SqlRow): Extract => ({
  ...readRequest(row),
  id: textOf(row, "id"),
  requestedBy: textOf(row, "requested_by"),
  requestedAt: textOf(row, "requested_at"),
  state: wordOf(row, "state", EXTRACT_STATES),
  madeAt: optionalTextOf(row, "made_at"),
  handedOverAt: optionalTextOf(row, "handed_over_at"),
  downloads: numberOf(row, "downloads"),
  timesMadeAgain: numberOf(row, "times_made_again"),
  removedAt: optionalTextOf(row, "removed_at"),
  files: files.parse(JSON.parse(textOf(row, "files"))),
  manifest: optionalTextOf(row, "manifest"),
  withheldSince: numberOf(row, "withheld_since"),
});
