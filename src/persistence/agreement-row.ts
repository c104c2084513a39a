/** An agreement between its tables and the one value it is to use cases: members are the columns, in the other spelling. */
import { z } from "zod";
import { type Agreement, agreementSchema } from "../agreements/agreement.ts";
import { readersOf } from "../agreements/lifecycle.ts";
import { toColumnName } from "../dataset/compile-dictionary.ts";
import { type SqlRow, textOf } from "./sql-row.ts";

const row = z.record(z.string(), z.unknown());
const stored = z.object({
  agreement: row,
  versions: z.array(row),
  signatures: z.array(row),
  steps: z.array(row),
  breaches: z.array(row),
  destruction: row.nullable(),
});

const toMemberName = (column: string): string => column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Of one row: what stands inside a column is left as it is. */
const toMembers = (columns: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(columns).map(([name, value]) => [toMemberName(name), value]));

/** @param record row with the column `agreement`, as the statements give it. @throws ZodError where the database holds something else */
export function readAgreement(record: SqlRow): Agreement {
  const { agreement, versions, signatures, steps, breaches, destruction } = stored.parse(JSON.parse(textOf(record, "agreement")));
  const signaturesOf = (number: unknown) => signatures.filter(({ version }) => version === number).map(toMembers);
  return agreementSchema.parse({
    ...toMembers(agreement),
    versions: versions.map((version) => ({ ...toMembers(version), signatures: signaturesOf(version.number) })),
    steps: steps.map(toMembers),
    breaches: breaches.map(toMembers),
    destruction: destruction === null ? null : toMembers(destruction),
  });
}

/** Rows as the statements `PUT_…` take them. */
export const toRows = (rows: readonly object[], more: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify(
    rows.map((one) =>
      Object.fromEntries(Object.entries({ ...one, ...more }).map(([name, value]) => [toColumnName(name), value])),
    ),
  );

/** The rows of an agreement by table; of steps those alone that are new. */
export interface AgreementRows {
  readonly agreement: string;
  readonly versions: string;
  readonly signatures: string;
  readonly steps: string;
  readonly breaches: string;
  readonly destruction: string;
}

export function toAgreementRows(agreement: Agreement, before: Agreement | null): AgreementRows {
  const { versions, steps, breaches, destruction, ...own } = agreement;
  const of = { agreementId: agreement.id };
  return {
    agreement: toRows([{ ...own, readers: readersOf(agreement) }]),
    versions: toRows(versions, of),
    signatures: toRows(
      versions.flatMap(({ number, signatures }) => signatures.map((signature) => ({ ...signature, version: number }))),
      of,
    ),
    steps: toRows(steps.slice(before?.steps.length ?? 0), of),
    breaches: toRows(breaches, of),
    destruction: toRows(destruction === null ? [] : [destruction], of),
  };
}
