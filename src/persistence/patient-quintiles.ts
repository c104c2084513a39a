/**
 * In which quintile of deprivation patients live (ADR 0038). Within the feed's transaction, but under a role of its own: it opens the sealed
 * identity, digests the postcode in it, asks the directory, and hands on a number from 1 to 5. The feed's role never sees the box, the
 * database never the postcode, and neither is kept.
 */

import { keyOf, type LinkedRef } from "../episodes/link-words.ts";
import { foldPostcode } from "../geography/postcode.ts";
import { KeyError } from "../keys/key-management.ts";
import type { KeyRing } from "../keys/key-ring.ts";
import type { OrganisationKeys } from "../keys/organisation-keys.ts";
import { type Quintile, readQuintile } from "../national/national-values.ts";
import type { Database } from "./database/database.ts";
import type { Transaction } from "./database/unit.ts";
import { markDue } from "./national-due.ts";
import { readRef } from "./national-rows.ts";
import { identityContext } from "./patient-identities.ts";
import { createPostcodeDigest, type DigestPostcode } from "./postcode-digest.ts";
import { toArrayLiteral, toColumnLiteral } from "./sql/array-literal.ts";
import { ANY_RELEASE, ORGANISATIONS_WITH_PATIENTS, READ_BOXES, READ_QUINTILES } from "./sql/geography-statements.ts";
import { booleanOf, bytesOf, type SqlRow, textOf } from "./sql-row.ts";

const PLACER = { role: "nacr_placer" } as const;

/** By `keyOf` the patient; who has no postcode that the directory knows is not in it. */
export type PatientQuintiles = ReadonlyMap<string, Quintile>;

/** Made before a transaction, used in it: keys are read on a connection of their own, and the embedded database has one. */
export type ReadPatientQuintiles = (tx: Transaction, patients: readonly LinkedRef[]) => Promise<PatientQuintiles>;

/** @throws what the key ring and the database throw */
export async function prepareQuintiles(database: Database, keys: KeyRing): Promise<ReadPatientQuintiles> {
  const organisations = await database.withRole(PLACER, async (tx) =>
    (await isLoaded(tx)) ? tx.$queryRaw<SqlRow[]>(ORGANISATIONS_WITH_PATIENTS([])) : [],
  );
  const boxKeys = new Map<string, OrganisationKeys>();
  for (const row of organisations) boxKeys.set(textOf(row, "ods"), await keys.organisation(textOf(row, "ods")));
  const digest = await createPostcodeDigest(keys);
  return async (tx, patients) => {
    await takeOn(tx, PLACER.role);
    const isUsed = patients.length > 0 && (await isLoaded(tx));
    const ready = isUsed ? patients.filter(({ ods }) => boxKeys.has(ods)) : [];
    const quintiles = ready.length === 0 ? new Map() : await readQuintiles(tx, ready, { boxKeys, digest });
    await takeOn(tx, "nacr_feed");
    // Of an organisation, or by a directory, that came between: they are looked at again.
    const tooEarly = isUsed ? patients.filter(({ ods }) => !boxKeys.has(ods)) : [];
    await markDue(
      tx,
      tooEarly.map(({ ods, id }) => ({ ods, patientId: id })),
    );
    return quintiles;
  };
}

async function takeOn(tx: Transaction, role: "nacr_placer" | "nacr_feed"): Promise<void> {
  await tx.$executeRaw`select set_config('role', ${role}, true)`;
}

async function isLoaded(tx: Transaction): Promise<boolean> {
  const [row] = await tx.$queryRaw<SqlRow[]>(ANY_RELEASE([]));
  return row !== undefined && booleanOf(row, "there");
}

interface Opening {
  readonly boxKeys: ReadonlyMap<string, OrganisationKeys>;
  readonly digest: DigestPostcode;
}

async function readQuintiles(tx: Transaction, patients: readonly LinkedRef[], opening: Opening): Promise<PatientQuintiles> {
  const of = [toColumnLiteral(patients, ({ ods }) => ods), toColumnLiteral(patients, ({ id }) => id)];
  const boxes = await tx.$queryRaw<SqlRow[]>(READ_BOXES(of));
  const digests = boxes.map((row) => [keyOf(readRef(row)), digestOf(row, opening)] as const);
  const asked = [...new Set(digests.flatMap(([, digest]) => digest ?? []))];
  const found = await tx.$queryRaw<SqlRow[]>(READ_QUINTILES([toArrayLiteral(asked)]));
  const quintileOf = new Map(found.map((row) => [textOf(row, "digest"), readQuintile(row.quintile)]));
  return new Map(
    digests.flatMap(([patient, digest]) => {
      const quintile = digest === null ? null : (quintileOf.get(digest) ?? null);
      return quintile === null ? [] : [[patient, quintile] as const];
    }),
  );
}

/** Null: no postcode, none that is one, or a box that does not open, which the resealer reports. */
function digestOf(row: SqlRow, { boxKeys, digest }: Opening): string | null {
  const { ods, id } = readRef(row);
  try {
    const opened = boxKeys.get(ods)?.open(bytesOf(row, "sealed"), identityContext(ods, id)).toString();
    const postcode = opened === undefined ? null : readPostcode(JSON.parse(opened));
    return postcode === null ? null : digest(postcode);
  } catch (error) {
    if (error instanceof KeyError) return null;
    throw error;
  }
}

const readPostcode = (identity: unknown): string | null =>
  typeof identity === "object" && identity !== null && "postcode" in identity && typeof identity.postcode === "string"
    ? foldPostcode(identity.postcode)
    : null;
