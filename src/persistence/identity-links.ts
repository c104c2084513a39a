/** Writes whose records are whose (ADR 0025), in the transaction of the submission that says so. */
import type { IdentityLinks } from "../submission/ports.ts";
import type { Transaction } from "./database/unit.ts";
import type { PatientIdentities } from "./patient-identities.ts";
import { toArrayLiteral } from "./sql/array-literal.ts";
import { KEEP_FORMER_NUMBERS, MERGE_PATIENTS, UNMERGE_PATIENTS } from "./sql/merge-statements.ts";
import type { WriteScalars } from "./sql/table-shape.ts";

/** After the rows: a patient may be merged by the submission that creates it. */
export async function writeIdentityLinks(
  tx: Transaction,
  { merges, partings, formerNumbers }: IdentityLinks,
  { ods, submissionId, writtenAt }: WriteScalars,
  identities: PatientIdentities,
): Promise<void> {
  const columnOf = <T>(rows: readonly T[], read: (row: T) => string): string => toArrayLiteral(rows.map(read));
  // First, so that a patient may be merged into another one instead.
  if (partings.length > 0) await tx.$executeRaw(UNMERGE_PATIENTS([ods, submissionId, writtenAt, toArrayLiteral(partings)]));
  if (merges.length > 0) {
    const columns = [columnOf(merges, ({ patientId }) => patientId), columnOf(merges, ({ mergedInto }) => mergedInto)];
    await tx.$executeRaw(MERGE_PATIENTS([ods, submissionId, writtenAt, ...columns]));
  }
  if (formerNumbers.length === 0) return;
  const macs = columnOf(formerNumbers, ({ nhsNumber }) => identities.nhsMac(nhsNumber));
  await tx.$executeRaw(KEEP_FORMER_NUMBERS([ods, submissionId, columnOf(formerNumbers, ({ patientId }) => patientId), macs]));
}
