/** Clients as their organisation registers them and looks after them. In a role that has no right on patient data. */

import { z } from "zod";
import type { NewClient } from "../access/client.ts";
import type { ClientRegister } from "../access/client-ports.ts";
import type { PublicKey } from "../access/public-keys.ts";
import type { OrganisationActor } from "../records/actor.ts";
import { entryOf } from "../records/audit-entry.ts";
import type { NewId } from "../submission/ports.ts";
import { writeAuditEntry } from "./audit-entries.ts";
import { lockClientWithRegistrations, lockReachedClient } from "./client-approval.ts";
import { readOwnClient, readOwnClients } from "./client-rows.ts";
import { constantSql } from "./database/constant-sql.ts";
import type { Database } from "./database/database.ts";
import type { Transaction } from "./database/unit.ts";
import { createDelegationStore } from "./delegation-store.ts";
import { readTimeAndId, toCursor, toPage } from "./page-cursor.ts";
import { insertRegistration } from "./registration-store.ts";

const AS_ACCESS = { role: "nacr_access" } as const;
/** Registrations of one organisation follow one another, so that none passes the limit beside another one. */
const LOCK_ORGANISATION = constantSql("select pg_advisory_xact_lock(hashtextextended('clients/' || $1::text, 0))");
/** From when a key counts: whatever the clock of the process that gets the next assertion says. */
const ALWAYS = new Date(0);

const storedKey = z.record(z.string(), z.unknown());

export function createClientRegister(database: Database, newId: NewId): ClientRegister {
  const note = (
    tx: Transaction,
    actor: OrganisationActor,
    act: Pick<Parameters<typeof entryOf>[1], "action" | "type" | "details">,
    id: string,
  ) => writeAuditEntry(tx, entryOf(actor, { ...act, entity: { kind: "CLIENT", id } }), newId);
  return {
    register: (actor, client, most) =>
      database.withRole(AS_ACCESS, async (tx) => {
        await tx.$executeRaw(LOCK_ORGANISATION([actor.ods]));
        if ((await tx.client.count({ where: { ownerOds: actor.ods, revokedAt: null } })) >= most) return null;
        await insertClient(tx, actor, client, newId);
        await note(tx, actor, { action: "CREATE", type: "REGISTER_CLIENT" }, client.id);
        return await readOwnClient(tx, actor.ods, client.id);
      }),
    list: (actor, { first, after }) =>
      database.withRole(AS_ACCESS, async (tx) => {
        const place = { first: first + 1, after: after === null ? null : readTimeAndId(after) };
        const clients = await readOwnClients(tx, actor.ods, place);
        const total = await tx.client.count({ where: { ownerOds: actor.ods } });
        return toPage(clients, first, total, ({ registeredAt, id }) => toCursor(registeredAt, id));
      }),
    changeKeys: (actor, clientId, plan, at) =>
      database.withRole(AS_ACCESS, async (tx) => {
        if (!(await lockReachedClient(tx, clientId, actor.ods, "OWN"))) return null;
        const client = await readOwnClient(tx, actor.ods, clientId);
        if (client === null) return null;
        const keys = await tx.clientKey.findMany({ where: { clientId } });
        const known = keys.map(({ kid, jwk, revokedAt }) => ({ kid, jwk: storedKey.parse(jwk), isLive: revokedAt === null }));
        const { add, remove } = plan(client, known);
        if (add !== null) await insertKeys(tx, clientId, [add], at);
        if (remove !== null)
          await tx.clientKey.update({ where: { clientId_kid: { clientId, kid: remove } }, data: { revokedAt: at } });
        const details = { added: add === null ? 0 : 1, removed: remove === null ? 0 : 1 };
        await note(tx, actor, { action: "UPDATE", type: "ROTATE_CLIENT_KEY", details }, clientId);
        return await readOwnClient(tx, actor.ods, clientId);
      }),
    revoke: (actor, clientId, reason, at) =>
      database.withRole(AS_ACCESS, async (tx) => {
        if (!(await lockClientWithRegistrations(tx, clientId, actor.ods, "OWN"))) return null;
        const client = await readOwnClient(tx, actor.ods, clientId);
        if (client === null || client.state === "REVOKED") return client;
        await tx.client.update({ where: { id: clientId }, data: { active: false, revokedAt: at, revokedBy: actor.clientId } });
        await endRegistrations(tx, actor, clientId, reason, at);
        await note(tx, actor, { action: "DELETE", type: "REVOKE_CLIENT" }, clientId);
        return await readOwnClient(tx, actor.ods, clientId);
      }),
    ...createDelegationStore(database, newId),
  };
}

async function insertClient(tx: Transaction, actor: OrganisationActor, client: NewClient, newId: NewId): Promise<void> {
  const { id, name, role, vendor, product, keys, jwksUrl, certificates, leave, evidence, at } = client;
  await tx.client.create({
    data: {
      id,
      name,
      role,
      vendor,
      product,
      active: false,
      jwksUrl,
      certificateNames: [...certificates.names],
      certificateThumbprints: [...certificates.thumbprints],
      ownerOds: actor.ods,
      registeredBy: actor.clientId,
      createdAt: at,
    },
  });
  await insertKeys(tx, id, keys, at);
  const asked = { identity: null, clientId: id, name, evidence, requestedBy: actor.clientId, requestedAt: at };
  await insertRegistration(tx, { kind: "CLIENT", odsCode: actor.ods, role, ...leave, ...asked }, newId);
}

async function insertKeys(tx: Transaction, clientId: string, keys: readonly PublicKey[], at: string): Promise<void> {
  const data = keys.map(({ kid, jwk }) => ({ clientId, kid, jwk: { ...jwk }, notBefore: ALWAYS, addedAt: at }));
  await tx.clientKey.createMany({ data });
}

/** The reason is the organisation's own: others are told that the client is gone. */
async function endRegistrations(
  tx: Transaction,
  actor: OrganisationActor,
  clientId: string,
  reason: string,
  at: string,
): Promise<void> {
  for (const [odsCode, told] of [
    [actor.ods, reason],
    [{ not: actor.ods }, "The client was revoked."],
  ] as const) {
    const ended = { state: "ENDED", endedBy: actor.clientId, endedAt: at, endReason: told };
    await tx.registration.updateMany({ where: { clientId, odsCode, state: "ACTIVE" }, data: ended });
    const declined = { state: "DECLINED", decidedBy: actor.clientId, decidedAt: at, decisionReason: told };
    await tx.registration.updateMany({ where: { clientId, odsCode, state: "REQUESTED" }, data: declined });
  }
}
