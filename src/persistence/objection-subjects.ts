/** By what patients are known to have objected: keyed digests, looked up and kept. */

import type { SubjectDigest } from "../consent/objection-ports.ts";
import type { LinkKey } from "../keys/key-ring.ts";
import type { OrganisationKeys } from "../keys/organisation-keys.ts";
import { type FoundObjection, OBJECTION_SCOPES, type ObjectionSubject } from "../submission/objection-ports.ts";
import type { Transaction } from "./database/unit.ts";
import { toArrayLiteral, toColumnLiteral } from "./sql/array-literal.ts";
import { FIND_OBJECTIONS, INSERT_SUBJECTS, WIDEN_OBJECTIONS } from "./sql/objection-statements.ts";
import { type SqlRow, textOf, wordOf } from "./sql-row.ts";

/** Digests of the numbers that name a patient of one organisation. */
export interface NumberMacs {
  nhsMac(nhsNumber: string): string;
  hospitalMac(hospitalNumber: string): string;
}

export const numberMacs = (organisation: OrganisationKeys, link: LinkKey): NumberMacs => ({
  nhsMac: (nhsNumber) => link.mac("nhs", nhsNumber),
  hospitalMac: (hospitalNumber) => organisation.mac("hospital", hospitalNumber),
});

export const patientDigest = (patientId: string): SubjectDigest => ({
  kind: "PATIENT",
  digest: patientId.replaceAll("-", "").toLowerCase(),
});

const KINDS = ["NHS", "HOSPITAL", "PATIENT"] as const;

/** From a row with `kind` and `digest`. */
export const readSubject = (row: SqlRow): SubjectDigest => ({ kind: wordOf(row, "kind", KINDS), digest: textOf(row, "digest") });

/** Each once. */
export function digestsOf({ patientIds, keys }: ObjectionSubject, macs: NumberMacs): readonly SubjectDigest[] {
  const found = new Map<string, SubjectDigest>();
  const add = (subject: SubjectDigest): void => void found.set(subject.kind + subject.digest, subject);
  for (const id of patientIds) add(patientDigest(id));
  for (const { nhsNumber, hospitalNumber } of keys) {
    if (nhsNumber !== null) add({ kind: "NHS", digest: macs.nhsMac(nhsNumber) });
    if (hospitalNumber !== null) add({ kind: "HOSPITAL", digest: macs.hospitalMac(hospitalNumber) });
  }
  return [...found.values()];
}

const nameOf = ({ kind, digest }: SubjectDigest): string => kind.charAt(0) + digest;

/** The widest objection of each subject that has one. One statement; under the organisation's row-level security. */
export async function findObjections(
  tx: Transaction,
  ods: string,
  subjects: readonly (readonly SubjectDigest[])[],
): Promise<readonly FoundObjection[]> {
  const names = new Set(subjects.flatMap((digests) => digests.map(nameOf)));
  if (names.size === 0) return [];
  const rows = await tx.$queryRaw<SqlRow[]>(FIND_OBJECTIONS([ods, toArrayLiteral([...names])]));
  if (rows.length === 0) return [];
  const byName = new Map(rows.map((row) => [textOf(row, "name"), row]));
  return subjects.flatMap((digests, position) => {
    const found = digests.flatMap((digest): readonly SqlRow[] => {
      const row = byName.get(nameOf(digest));
      return row === undefined ? [] : [row];
    });
    const objections = found.map((row) => ({ position, scope: wordOf(row, "scope", OBJECTION_SCOPES), id: textOf(row, "id") }));
    return objections.find(({ scope }) => scope === "ALL") ?? objections[0] ?? [];
  });
}

/** What an objection is about. */
export interface OwnSubject extends SubjectDigest {
  /** Of the objection. */
  readonly id: string;
}

const columnsOf = (subjects: readonly OwnSubject[]): readonly string[] => [
  toColumnLiteral(subjects, ({ id }) => id),
  toColumnLiteral(subjects, ({ kind }) => kind),
  toColumnLiteral(subjects, ({ digest }) => digest),
];

export async function insertSubjects(tx: Transaction, ods: string, subjects: readonly OwnSubject[]): Promise<void> {
  await tx.$executeRaw(INSERT_SUBJECTS([ods, ...columnsOf(subjects)]));
}

/**
 * Has objections that stand hold for what else their patients are known by now: who was named by one number may have another tomorrow,
 * and that one alone elsewhere. @returns whether anything was new: then the ledger is due
 */
export async function widenObjections(tx: Transaction, ods: string, subjects: readonly OwnSubject[]): Promise<boolean> {
  return (await tx.$executeRaw(WIDEN_OBJECTIONS([ods, ...columnsOf(subjects)]))) > 0;
}
