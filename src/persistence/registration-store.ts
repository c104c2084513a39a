/**
 * Registrations, in role `nacr_access`, which sees no patient. A decision, what follows from it and its entry in the audit trail are one
 * transaction.
 */
import {
  isOfPerson,
  type NewRegistration,
  REGISTRATION_KINDS,
  type Registration,
  type RegistrationKind,
} from "../access/registration.ts";
import type { DecisionFacts, RegistrationChange, RegistrationFilter, RegistrationStore } from "../access/registration-ports.ts";
import { isVoid, type RegistrationSight, sightOf } from "../access/registration-rules.ts";
import type { Prisma } from "../generated/prisma/client.ts";
import { toLondonDate } from "../lib/calendar-date.ts";
import type { PageRequest } from "../lib/page.ts";
import type { NewId } from "../submission/ports.ts";
import { writeAuditEntry } from "./audit-entries.ts";
import { applyClientApproval } from "./client-approval.ts";
import type { Database } from "./database/database.ts";
import type { Transaction } from "./database/unit.ts";
import { isUuid, readTimeAndId, toCursor, toPage } from "./page-cursor.ts";
import { toDate, toInstant, toRegistration } from "./registration-row.ts";
import { toArrayLiteral } from "./sql/array-literal.ts";
import { LOCK_IDENTITY, LOCK_REGISTRATIONS, LOCK_TRUST } from "./sql/registration-queries.ts";
import type { SqlRow } from "./sql-row.ts";

export interface RegistrationStoreDependencies {
  readonly database: Database;
  readonly newId: NewId;
}

const PERSON = /^person\/(.+)$/;
/** Of one identity: more are of no use to anybody. */
const MOST_LISTED = 100;
/** Kinds of registrations that are a person's. */
export const KINDS_OF_PEOPLE: readonly RegistrationKind[] = REGISTRATION_KINDS.filter((kind) => isOfPerson({ kind }));
const LATEST_FIRST = [{ requestedAt: "desc" }, { id: "desc" }] as const;

export function createRegistrationStore({ database, newId }: RegistrationStoreDependencies): RegistrationStore {
  const unit = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => database.withRole({ role: "nacr_access" }, work);
  return {
    identityOf: async ({ clientId }) => {
      const [, id = ""] = PERSON.exec(clientId) ?? [];
      if (!isUuid(id)) return null;
      return await unit((tx) => tx.person.findUnique({ where: { id }, select: { issuer: true, subject: true } }));
    },
    request: (asked, most, entryOf) =>
      unit(async (tx) => {
        const found = await findRequest(tx, asked, most);
        if (found !== null) return found;
        const kept = await insertRegistration(tx, asked, newId);
        await writeAuditEntry(tx, entryOf(kept), newId);
        return kept;
      }),
    change: (decider, ids, judge) =>
      unit(async (tx) => {
        const found = await lockRegistrations(tx, ids, sightOf(decider));
        if (found === null) return null;
        const facts = await readFacts(tx, found);
        const changed: Registration[] = [];
        for (const registration of found) {
          const { fields, entry } = judge(registration, facts);
          changed.push(await changeRegistration(tx, registration, fields));
          await writeAuditEntry(tx, entry, newId);
        }
        return changed;
      }),
    page: (filter, page) => unit((tx) => readPage(tx, filter, page)),
    unseenBreakGlass: (odsCode) =>
      unit(async (tx) => {
        const where = { odsCode, kind: "BREAK_GLASS", attestedAt: null };
        return (await tx.registration.findMany({ where, orderBy: [...LATEST_FIRST], take: MOST_LISTED })).map(toRegistration);
      }),
    ofIdentity: (identity) =>
      unit(async (tx) => {
        const rows = await tx.registration.findMany({
          where: { ...identity, kind: { in: [...KINDS_OF_PEOPLE] } },
          orderBy: [...LATEST_FIRST],
          take: MOST_LISTED,
        });
        return rows.map(toRegistration);
      }),
  };
}

/** One statement, in role `nacr_access`. It is REQUESTED from then on. */
export async function insertRegistration(tx: Transaction, asked: NewRegistration, newId: NewId): Promise<Registration> {
  const { identity, programmes, scopes = [], startsOn = null, endsOn = null, requestedAt, ...rest } = asked;
  const row = await tx.registration.create({
    data: {
      ...rest,
      id: newId(),
      state: "REQUESTED",
      issuer: identity?.issuer ?? null,
      subject: identity?.subject ?? null,
      // Left out, the column is null: all programmes of the organisation.
      ...(programmes === null ? {} : { programmes: [...programmes] }),
      scopes: [...scopes],
      requestedAt: new Date(requestedAt),
      startsOn: toDate(startsOn),
      endsOn: toDate(endsOn),
    },
  });
  return toRegistration(row);
}

/** What stands against a new one: the same that is open, one that is active, or too many that are open. */
async function findRequest(
  tx: Transaction,
  { kind, odsCode, role, identity, evidence, requestedAt }: NewRegistration,
  most: number,
): Promise<Registration | "REGISTERED" | "TOO_MANY" | null> {
  if (identity === null) return null;
  await tx.$executeRaw(LOCK_IDENTITY([identity.issuer, identity.subject]));
  const rows = await tx.registration.findMany({ where: { ...identity, state: { in: ["REQUESTED", "ACTIVE"] } } });
  // Who broke a glass once may ask for anything else, and for it again.
  const registrations = rows
    .map(toRegistration)
    .filter((known) => (known.kind === "BREAK_GLASS") === (kind === "BREAK_GLASS") && !isVoid(known, requestedAt));
  const same = registrations.filter((registration) => registration.odsCode === odsCode && registration.role === role);
  const open = same.find((registration) => registration.state === "REQUESTED" && registration.kind === kind);
  // What is read by a broken glass is read for the reason that was confirmed, so another reason is another request.
  if (open !== undefined && (kind !== "BREAK_GLASS" || open.evidence === evidence)) return open;
  if (
    kind !== "BREAK_GLASS" &&
    same.some((registration) => registration.state === "ACTIVE" && !isOver(registration, requestedAt))
  )
    return "REGISTERED";
  const openOnes = registrations.filter((registration) => registration.state === "REQUESTED" && registration.kind === kind);
  return openOnes.length >= most ? "TOO_MANY" : null;
}

/** An active one whose last day is past stands against nothing. */
const isOver = ({ endsOn }: Registration, now: string): boolean => endsOn !== null && endsOn < toLondonDate(new Date(now));

/** Null where one of them is not there, or out of sight. */
async function lockRegistrations(
  tx: Transaction,
  ids: readonly string[],
  { odsCode, identity, isEverybodys }: RegistrationSight,
): Promise<readonly Registration[] | null> {
  if (!ids.every(isUuid)) return null;
  const { issuer = null, subject = null } = identity ?? {};
  const locked = await tx.$queryRaw<SqlRow[]>(LOCK_REGISTRATIONS([toArrayLiteral(ids), odsCode, issuer, subject, isEverybodys]));
  if (locked.length !== ids.length) return null;
  const rows = await tx.registration.findMany({ where: { id: { in: [...ids] } }, orderBy: { id: "asc" } });
  return rows.map(toRegistration);
}

async function readFacts(tx: Transaction, registrations: readonly Registration[]): Promise<DecisionFacts> {
  const codes = registrations.map(({ odsCode }) => odsCode).filter((code) => code !== null);
  const programmes = await tx.programme.findMany({ where: { odsCode: { in: codes } }, orderBy: { code: "asc" } });
  const ofAdministrators = registrations.some(({ kind }) => kind === "ADMIN");
  if (ofAdministrators) await tx.$executeRaw(LOCK_TRUST([]));
  const administrators = ofAdministrators ? await tx.registration.findMany({ where: { kind: "ADMIN", state: "ACTIVE" } }) : [];
  return {
    programmesOf: (odsCode) => programmes.filter((programme) => programme.odsCode === odsCode).map(({ code }) => code),
    administrators: administrators.map(toRegistration),
  };
}

/** Writes what was decided, and what follows from it for a client. */
export async function changeRegistration(
  tx: Transaction,
  before: Registration,
  { programmes, ...fields }: RegistrationChange["fields"],
): Promise<Registration> {
  const row = await tx.registration.update({ where: { id: before.id }, data: { ...toColumns(fields), ...toList(programmes) } });
  const changed = toRegistration(row);
  const isApproved = before.state === "REQUESTED" && changed.state === "ACTIVE";
  if (isApproved && changed.clientId !== null) await applyClientApproval(tx, changed);
  return changed;
}

const toList = (programmes: readonly string[] | undefined): { programmes?: string[] } =>
  programmes === undefined ? {} : { programmes: [...programmes] };

type Fields = Omit<RegistrationChange["fields"], "programmes">;

/** A field that is not named keeps its value. */
function toColumns({ scopes, startsOn, endsOn, ...fields }: Fields): Prisma.RegistrationUpdateInput {
  const { decidedAt, effectiveAt, attestedAt, lastUsedAt, endProposedAt, endedAt, ...words } = fields;
  const instants = { decidedAt, effectiveAt, attestedAt, lastUsedAt, endProposedAt, endedAt };
  const dated = Object.fromEntries(Object.entries(instants).map(([name, value]) => [name, optional(toInstant, value)]));
  return {
    ...words,
    ...dated,
    startsOn: optional(toDate, startsOn),
    endsOn: optional(toDate, endsOn),
    ...(scopes === undefined ? {} : { scopes: [...scopes] }),
  };
}

const optional = (convert: (text: string | null) => Date | null, text: string | null | undefined): Date | null | undefined =>
  text === undefined ? undefined : convert(text);

const GUARDIANS: Prisma.RegistrationWhereInput = { role: "CALDICOTT_GUARDIAN" };
const AMONG: Readonly<Record<RegistrationFilter["among"], Prisma.RegistrationWhereInput>> = {
  ALL: {},
  TRUSTED: { OR: [GUARDIANS, { kind: { in: ["ADMIN", "ANALYST", "BREAK_GLASS"] } }] },
  GUARDIANS,
};

async function readPage(tx: Transaction, { odsCode, among, states }: RegistrationFilter, { first, after }: PageRequest) {
  const where: Prisma.RegistrationWhereInput = {
    ...(odsCode === null ? {} : { odsCode }),
    ...AMONG[among],
    ...(states === null ? {} : { state: { in: [...states] } }),
  };
  const position = after === null ? null : readTimeAndId(after);
  const total = await tx.registration.count({ where });
  const rows = await tx.registration.findMany({
    where: position === null ? where : { AND: [where, { OR: beyond(position) }] },
    orderBy: [...LATEST_FIRST],
    take: first + 1,
  });
  return toPage(rows.map(toRegistration), first, total, ({ requestedAt, id }) => toCursor(requestedAt, id));
}

/** `requestedAt` is kept to the millisecond, as the position is. */
const beyond = ({ time, id }: { readonly time: string; readonly id: string }): Prisma.RegistrationWhereInput[] => [
  { requestedAt: { lt: new Date(time) } },
  { requestedAt: new Date(time), id: { lt: id } },
];
