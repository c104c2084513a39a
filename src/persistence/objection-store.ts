/** Objections in the database, under the row-level security of their organisation. Reasons are sealed with its keys. */
import {
  type NewObjection,
  OBJECTION_ORIGINS,
  OBJECTION_SCOPES,
  type Objection,
  type ObjectionStore,
  type SubjectDigest,
} from "../consent/objection-ports.ts";
import type { KeyRing } from "../keys/key-ring.ts";
import type { OrganisationKeys } from "../keys/organisation-keys.ts";
import type { OrganisationActor } from "../records/actor.ts";
import { entryOf } from "../records/audit-entry.ts";
import type { NewId } from "../submission/ports.ts";
import { writeAuditEntry } from "./audit-entries.ts";
import { asConsent, concernedPatients } from "./concerned-patients.ts";
import type { Database } from "./database/database.ts";
import type { Transaction, UnitOptions } from "./database/unit.ts";
import { forgetStatements } from "./known-statements.ts";
import { markDue } from "./national-due.ts";
import { createCarriedOutStore } from "./objection-carry-out.ts";
import { linkedElsewhere, readFamily } from "./objection-family.ts";
import {
  findObjections,
  insertSubjects,
  type NumberMacs,
  numberMacs,
  readSubject,
  widenObjections,
} from "./objection-subjects.ts";
import { isUuid, readTimeAndId, toCursor, toPage } from "./page-cursor.ts";
import { toArrayLiteral } from "./sql/array-literal.ts";
import {
  COUNT_OBJECTIONS,
  INSERT_OBJECTIONS,
  OBJECTION_BY_ID,
  PAGE_OF_OBJECTIONS,
  REMOVE_SUBJECTS,
  SUBJECTS_OF,
  WITHDRAW_OBJECTION,
} from "./sql/objection-statements.ts";
import { numberOf, optionalBytesOf, optionalTextOf, type SqlRow, textOf, wordOf } from "./sql-row.ts";

export interface ObjectionStoreDependencies {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly newId: NewId;
}

/** No submission that has looked for objections already may go on beside it: what it stores would not know of this one. */
const ALONE: UnitOptions = { timeoutMs: 20_000, organisationLock: { mode: "EXCLUSIVE", waitMs: 15_000 } };

export const reasonPlace = (id: string): string => `objection/${id}`;
export const withdrawalPlace = (id: string): string => `objection/${id}/withdrawal`;

interface Scope {
  readonly keys: OrganisationKeys;
  readonly macs: NumberMacs;
}

export function createObjectionStore(dependencies: ObjectionStoreDependencies): ObjectionStore {
  const { database, keys, newId } = dependencies;
  // Before the transaction: a key may have to be read from the database, whose only connection the transaction would hold.
  const scopeOf = async ({ ods }: OrganisationActor): Promise<Scope> => {
    const [organisation, link] = await Promise.all([keys.organisation(ods), keys.link()]);
    return { keys: organisation, macs: numberMacs(organisation, link) };
  };
  const within = async <T>(
    actor: OrganisationActor,
    work: (tx: Transaction, scope: Scope) => Promise<T>,
    options: UnitOptions = {},
  ): Promise<T> => {
    const scope = await scopeOf(actor);
    const { ods, programmes } = actor;
    return await database.withRole({ role: "nacr_app", ods, programmes }, (tx) => work(tx, scope), options);
  };

  return {
    ...createCarriedOutStore({ database }),
    record: (actor, objection) => within(actor, (tx, scope) => record(tx, actor, objection, scope, newId), ALONE),
    withdraw: (actor, id, reason, at) =>
      isUuid(id) ? within(actor, (tx, scope) => withdraw(tx, actor, { id, reason, at }, scope, newId)) : Promise.resolve(null),
    find: (actor, id) => (isUuid(id) ? within(actor, (tx, scope) => readOne(tx, actor.ods, id, scope)) : Promise.resolve(null)),
    list: (actor, { first, after }) => {
      const position = after === null ? null : readTimeAndId(after);
      return within(actor, async (tx, scope) => {
        const [count] = await tx.$queryRaw<SqlRow[]>(COUNT_OBJECTIONS([actor.ods]));
        const page = [actor.ods, position?.time ?? null, position?.id ?? null, first + 1];
        const rows = await tx.$queryRaw<SqlRow[]>(PAGE_OF_OBJECTIONS(page));
        const objections = rows.map((row) => readObjection(row, scope));
        const shown = objections.slice(0, first).flatMap(({ patientId }) => patientId ?? []);
        await writeAuditEntry(tx, entryOf(actor, { action: "READ", type: "LIST_OBJECTIONS", patientIds: shown }), newId);
        const total = count === undefined ? 0 : numberOf(count, "total");
        return toPage(objections, first, total, ({ recordedAt, id }) => toCursor(recordedAt, id));
      });
    },
  };
}

async function record(
  tx: Transaction,
  actor: OrganisationActor,
  { id, patient, scope, reason, statedOn, at }: NewObjection,
  { keys, macs }: Scope,
  newId: NewId,
): Promise<Objection | null> {
  const { ods, clientId, role } = actor;
  const { patientIds, digests } = await readFamily(tx, ods, patient, macs);
  if ("patientRecordId" in patient && patientIds.length === 0) return null;
  const [standing] = await findObjections(tx, ods, [digests]);
  if (standing !== undefined && (standing.scope === scope || standing.scope === "ALL")) {
    const about = { id: standing.id, patientIds, scope: standing.scope };
    if (await widenObjections(tx, ods, withId(standing.id, digests))) await tellNationalSide(tx, ods, digests);
    await writeAuditEntry(tx, objectionEntry(actor, "READ", "READ_OBJECTION", about), newId);
    return await readOne(tx, ods, standing.id, { keys, macs });
  }
  const box = reason === null ? null : keys.seal(JSON.stringify({ reason }), reasonPlace(id)).toString("hex");
  const columns = [id, patientIds[0] ?? null, statedOn, box].map((cell) => toArrayLiteral([cell]));
  await tx.$executeRaw(INSERT_OBJECTIONS([ods, scope, "STATED", at, clientId, role, ...columns]));
  const linked = scope === "ALL" ? await linkedElsewhere(tx, ods, patientIds) : [];
  await insertSubjects(tx, ods, withId(id, [...digests, ...linked]));
  await forgetStatements(tx, ods, patientIds);
  await tellNationalSide(tx, ods, digests);
  await writeAuditEntry(tx, objectionEntry(actor, "CREATE", "RECORD_OBJECTION", { id, patientIds, scope }), newId);
  return await readOne(tx, ods, id, { keys, macs });
}

const withId = (id: string, digests: readonly SubjectDigest[]) => digests.map((digest) => ({ id, ...digest }));

async function withdraw(
  tx: Transaction,
  actor: OrganisationActor,
  { id, reason, at }: { readonly id: string; readonly reason: string; readonly at: string },
  scope: Scope,
  newId: NewId,
): Promise<Objection | null> {
  const { ods, clientId } = actor;
  const box = scope.keys.seal(JSON.stringify({ reason }), withdrawalPlace(id)).toString("hex");
  const [changed] = await tx.$queryRaw<SqlRow[]>(WITHDRAW_OBJECTION([ods, id, at, clientId, box]));
  const objection = await readOne(tx, ods, id, scope);
  if (objection === null) return null;
  const patientIds = objection.patientId === null ? [] : [objection.patientId];
  const about = { id, patientIds, scope: objection.scope };
  if (changed === undefined) {
    await writeAuditEntry(tx, objectionEntry(actor, "READ", "READ_OBJECTION", about), newId);
    return objection;
  }
  const rows = await tx.$queryRaw<SqlRow[]>(SUBJECTS_OF([ods, id]));
  const subjects = rows.map(readSubject);
  await tx.$executeRaw(REMOVE_SUBJECTS([ods, id]));
  await tellNationalSide(tx, ods, subjects);
  await writeAuditEntry(tx, objectionEntry(actor, "UPDATE", "WITHDRAW_OBJECTION", about), newId);
  return objection;
}

const objectionEntry = (
  actor: OrganisationActor,
  action: "CREATE" | "READ" | "UPDATE",
  type: string,
  { id, patientIds, scope }: { readonly id: string; readonly patientIds: readonly string[]; readonly scope: string },
): ReturnType<typeof entryOf> =>
  entryOf(actor, { action, type, entity: { kind: "OBJECTION", id }, patientIds, details: { scope, origin: "STATED" } });

const tellNationalSide = (tx: Transaction, ods: string, subjects: readonly SubjectDigest[]): Promise<void> =>
  asConsent(tx, async () => markDue(tx, await concernedPatients(tx, ods, subjects)));

async function readOne(tx: Transaction, ods: string, id: string, scope: Scope): Promise<Objection | null> {
  const [row] = await tx.$queryRaw<SqlRow[]>(OBJECTION_BY_ID([ods, id]));
  return row === undefined ? null : readObjection(row, scope);
}

function readObjection(row: SqlRow, { keys }: Scope): Objection {
  const id = textOf(row, "id");
  const open = (column: string, place: string): string | null => {
    const box = optionalBytesOf(row, column);
    if (box === null) return null;
    const { reason }: { reason: string } = JSON.parse(keys.open(box, place).toString());
    return reason;
  };
  return {
    id,
    patientId: optionalTextOf(row, "patient_id"),
    scope: wordOf(row, "scope", OBJECTION_SCOPES),
    origin: wordOf(row, "origin", OBJECTION_ORIGINS),
    statedOn: optionalTextOf(row, "stated_on"),
    recordedAt: textOf(row, "recorded_at"),
    recordedBy: textOf(row, "recorded_by"),
    reason: open("sealed", reasonPlace(id)),
    carriedOutAt: optionalTextOf(row, "carried_out_at"),
    certificateId: optionalTextOf(row, "certificate_id"),
    withdrawnAt: optionalTextOf(row, "withdrawn_at"),
    withdrawnBy: optionalTextOf(row, "withdrawn_by"),
    withdrawalReason: open("withdrawal", withdrawalPlace(id)),
  };
}
