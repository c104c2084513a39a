/** What was said last of each patient, as keyed digests beside the sender's ids (ADR 0027). */
import type { KnownStatement, StatementKey, StatementToKeep } from "../submission/ports.ts";
import type { Transaction } from "./database/unit.ts";
import { toArrayLiteral } from "./sql/array-literal.ts";
import { FIND_KNOWN, FORGET_STATEMENTS, KEEP_STATEMENTS } from "./sql/statement-queries.ts";
import { numberOf, optionalTextOf, type SqlRow } from "./sql-row.ts";

/** Keyed digests of one organisation: of a sender's id, of a statement. As hexadecimal text. */
export interface StatementMacs {
  source(sourceRecordId: string): string;
  statement(text: string): string;
}

/** Statements as rows of a sender's id hold them. */
export interface KeptStatement {
  readonly product: string;
  readonly sourceMac: string;
  readonly statement: string;
  readonly recordIds: readonly string[];
}

export const toKeptStatement = (
  { product, sourceRecordId, text, recordIds }: StatementToKeep,
  macs: StatementMacs,
): KeptStatement => ({ product, sourceMac: macs.source(sourceRecordId), statement: macs.statement(text), recordIds });

export interface FoundStatements {
  readonly known: readonly KnownStatement[];
  /** Under which statements are to be kept in this transaction: nothing changes it while the organisation's lock is held. */
  readonly epoch: number;
}

export async function findKnown(
  tx: Transaction,
  scope: readonly [ods: string, programmeCode: string],
  statements: readonly StatementKey[],
  macs: StatementMacs,
): Promise<FoundStatements> {
  const rows = await tx.$queryRaw<SqlRow[]>(
    FIND_KNOWN([
      ...scope,
      toArrayLiteral(statements.map(({ product }) => product)),
      toArrayLiteral(statements.map(({ sourceRecordId }) => macs.source(sourceRecordId))),
      toArrayLiteral(statements.map(({ text }) => macs.statement(text))),
    ]),
  );
  const [first] = rows;
  const known = rows.flatMap((row) => {
    const records = optionalTextOf(row, "records");
    return records === null ? [] : [{ position: numberOf(row, "position"), recordIds: records.split(",") }];
  });
  return { known, epoch: first === undefined ? 0 : numberOf(first, "epoch") };
}

/** What was said of these patients is known no more. */
export async function forgetStatements(tx: Transaction, ods: string, patientIds: readonly string[]): Promise<void> {
  if (patientIds.length > 0) await tx.$executeRaw(FORGET_STATEMENTS([ods, toArrayLiteral(patientIds)]));
}

/** Of ids that are stored already. */
export async function keepStatements(
  tx: Transaction,
  scope: readonly [ods: string, programmeCode: string],
  kept: readonly KeptStatement[],
  epoch: number,
): Promise<void> {
  if (kept.length === 0) return;
  await tx.$executeRaw(
    KEEP_STATEMENTS([
      ...scope,
      toArrayLiteral(kept.map(({ product }) => product)),
      toArrayLiteral(kept.map(({ sourceMac }) => sourceMac)),
      toArrayLiteral(kept.map(({ statement }) => statement)),
      toArrayLiteral(kept.map(({ recordIds }) => toArrayLiteral(recordIds))),
      epoch,
    ]),
  );
}
