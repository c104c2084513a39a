/** People as they come in with an issuer's token, in role `nacr_access`. */
import type { Identity } from "../access/registration.ts";
import type { KnownPerson, PeopleStore } from "../access/registration-ports.ts";
import type { NewId } from "../submission/ports.ts";
import type { Database } from "./database/database.ts";
import type { Transaction } from "./database/unit.ts";
import { toRegistration } from "./registration-row.ts";
import { KINDS_OF_PEOPLE } from "./registration-store.ts";

const HOUR_MS = 3_600_000;

export function createPeopleStore({ database, newId }: { readonly database: Database; readonly newId: NewId }): PeopleStore {
  return {
    meet: (identity, at) => database.withRole({ role: "nacr_access" }, (tx) => meet(tx, identity, new Date(at), newId)),
    noteUse: (id, at) =>
      database.withRole({ role: "nacr_access" }, async (tx) => {
        await tx.registration.updateMany({ where: { id, state: "ACTIVE" }, data: { lastUsedAt: new Date(at) } });
      }),
  };
}

async function meet(tx: Transaction, { issuer, subject }: Identity, at: Date, newId: NewId): Promise<KnownPerson> {
  const where = { issuer_subject: { issuer, subject } };
  const known = await tx.person.findUnique({ where });
  if (known === null)
    // Another process may meet the same person at this moment.
    await tx.person.createMany({
      data: [{ id: newId(), issuer, subject, firstSeen: at, lastSeen: at }],
      skipDuplicates: true,
    });
  else if (at.getTime() - known.lastSeen.getTime() > HOUR_MS) await tx.person.update({ where, data: { lastSeen: at } });
  const { id } = known ?? (await tx.person.findUniqueOrThrow({ where }));
  const rows = await tx.registration.findMany({
    where: { issuer, subject, state: "ACTIVE", kind: { in: [...KINDS_OF_PEOPLE] } },
  });
  const registrations = rows.map(toRegistration);
  return { clientId: `person/${id}`, registrations, programmes: await readProgrammes(tx, registrations) };
}

async function readProgrammes(tx: Transaction, registrations: KnownPerson["registrations"]): Promise<KnownPerson["programmes"]> {
  const codes = [...new Set(registrations.map(({ odsCode }) => odsCode).filter((code) => code !== null))];
  if (codes.length === 0) return new Map();
  const rows = await tx.programme.findMany({ where: { odsCode: { in: codes } }, orderBy: { code: "asc" } });
  return new Map(codes.map((ods) => [ods, rows.filter(({ odsCode }) => odsCode === ods).map(({ code }) => code)]));
}
