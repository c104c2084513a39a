/** What administrators record for everybody, as it comes in. */
import { GatewayError } from "../errors/gateway-error.ts";
import { LIMITS } from "../lib/limits.ts";
import { STANDARDS } from "../standards/standards-data.ts";
import { readAuditYear } from "./period.ts";
import type { Denominator } from "./reporting-ports.ts";
import { figureUnitOf } from "./standard-figures.ts";
import type { Threshold } from "./threshold.ts";

/** Seven standards of three nations in some years. */
const MOST_ROWS = 500;
/** By unit: what a threshold can be at most. */
const LARGEST = { PERCENT: 100, DAYS: 365, GROUPS: 5, PROFESSIONS: 50 } as const;
const MOST_ELIGIBLE = 10_000_000;

/** @throws GatewayError BAD_USER_INPUT */
export const readThresholds = (rows: readonly Threshold[]): readonly Threshold[] =>
  readRows(rows, (row, path) => {
    const standard = STANDARDS.find(({ name }) => name === row.standard);
    const largest = standard === undefined ? 0 : LARGEST[figureUnitOf(standard.name, standard.measure)];
    if (!Number.isFinite(row.value) || row.value < 0 || row.value > largest)
      throw refuse(`The threshold of this standard is a number from 0 to ${largest}.`, `${path}.value`);
    return { ...row, auditYear: readAuditYear(row.auditYear), source: readSource(row.source, `${path}.source`) };
  });

/** @throws GatewayError BAD_USER_INPUT */
export const readDenominators = (rows: readonly Denominator[]): readonly Denominator[] =>
  readRows(rows, (row, path) => {
    if (!Number.isInteger(row.eligible) || row.eligible < 0 || row.eligible > MOST_ELIGIBLE)
      throw refuse("Eligible patients are a whole number.", `${path}.eligible`);
    return { ...row, auditYear: readAuditYear(row.auditYear), source: readSource(row.source, `${path}.source`) };
  });

function readRows<R>(rows: readonly R[], read: (row: R, path: string) => R): readonly R[] {
  if (rows.length === 0 || rows.length > MOST_ROWS) throw refuse(`Between 1 and ${MOST_ROWS} rows are needed.`, "rows");
  return rows.map((row, index) => read(row, `rows.${index}`));
}

function readSource(text: string, path: string): string {
  const read = text.trim();
  if (read !== "" && read.length <= LIMITS.evidenceLength && read.isWellFormed()) return read;
  throw refuse(`A text of 1 to ${LIMITS.evidenceLength} characters says where the number comes from.`, path);
}

const refuse = (message: string, path: string): GatewayError =>
  new GatewayError("BAD_USER_INPUT", message, { details: { path } });
