/** The identity of patients that a withdrawal removes or changes back: opened, and written to history and to its own table sealed. */
import type { Value } from "../dataset/define.ts";
import type { CompiledRecordType } from "../dataset/dictionary.ts";
import type { OrganisationKeys } from "../keys/organisation-keys.ts";
import type { MergeDecision } from "../records/submission-record.ts";
import type { PatientIdentities } from "./patient-identities.ts";
import { toColumnLiteral } from "./sql/array-literal.ts";
import type { IdentityRow } from "./sql/submission-shapes.ts";
import { bytesOf, numberOf, type SqlRow, textOf } from "./sql-row.ts";
import type { IdentityValues } from "./stored-row.ts";

export interface IdentityKeys {
  readonly ods: string;
  readonly keys: OrganisationKeys;
  readonly identities: PatientIdentities;
  readonly patient: CompiledRecordType;
}

/** One patient's identity on its way back; `after` null: the patient is removed. */
export interface IdentityUndo {
  readonly id: string;
  /** Of the row once it is undone. */
  readonly version: number;
  readonly before: IdentityValues;
  readonly after: IdentityValues | null;
}

/** @param row of `IDENTITIES` */
export function readRemoval(row: SqlRow, { identities }: IdentityKeys): IdentityUndo {
  const id = textOf(row, "id");
  return { id, version: numberOf(row, "version"), before: identities.open(id, bytesOf(row, "sealed")), after: null };
}

/** @param changes rows of `IDENTITY_CHANGES` of this patient, the latest first: what the earliest one found is what comes back */
export function readReturn(row: SqlRow, changes: readonly SqlRow[], context: IdentityKeys): IdentityUndo {
  const removal = readRemoval(row, context);
  const after: Record<string, Value | null> = { ...removal.before };
  for (const change of changes) {
    const place = `${context.ods}/${removal.id}/${numberOf(change, "version")}`;
    const history: Readonly<Record<string, { readonly before: Value | null }>> = JSON.parse(
      context.keys.open(bytesOf(change, "sealed"), place).toString(),
    );
    for (const [item, { before }] of Object.entries(history)) after[item] = before;
  }
  return { ...removal, after };
}

interface ItemUndo {
  readonly item: string;
  readonly before: Value | null;
  readonly after: Value | null;
}

const itemsOf = ({ before, after }: IdentityUndo): readonly ItemUndo[] =>
  Object.keys(before)
    .map((item) => ({ item, before: before[item] ?? null, after: after?.[item] ?? null }))
    .filter((undo) => undo.before !== undo.after);

const decisionOf = ({ before, after }: ItemUndo): MergeDecision =>
  after === null ? "CLEARED" : before === null ? "SET" : "REPLACED";

const toOpenChanges = (items: readonly ItemUndo[]): string =>
  JSON.stringify(Object.fromEntries(items.map((undo) => [undo.item, { before: null, after: null, decision: decisionOf(undo) }])));

function sealChanges({ id, version }: IdentityUndo, items: readonly ItemUndo[], { ods, keys }: IdentityKeys): Uint8Array | null {
  if (items.length === 0) return null;
  const history = Object.fromEntries(items.map(({ item, before, after }) => [item, { before, after }]));
  return keys.seal(JSON.stringify(history), `${ods}/${id}/${version}`, id);
}

/** Columns of history: ids, the changes without their values, the changes sealed. */
export function toHistoryColumns(undos: readonly IdentityUndo[], context: IdentityKeys): readonly string[] {
  const rows = undos.map((undo) => {
    const items = itemsOf(undo);
    return { id: undo.id, changes: toOpenChanges(items), sealed: sealChanges(undo, items, context) };
  });
  return [
    toColumnLiteral(rows, (row) => row.id),
    toColumnLiteral(rows, (row) => row.changes),
    toColumnLiteral(rows, (row) => row.sealed),
  ];
}

/** Years are four digits in every ISO date. */
export function toYearColumn(undos: readonly IdentityUndo[]): string {
  return toColumnLiteral(undos, ({ after }) => {
    const date = after?.dateOfBirth;
    return typeof date === "string" ? Number(date.slice(0, 4)) : null;
  });
}

export function toIdentityRow({ id, after }: IdentityUndo, { identities, patient }: IdentityKeys): IdentityRow {
  const values = patient.items.map((item) => (item.identifying ? (after?.[item.name] ?? null) : null));
  return identities.toRow(id, values);
}
