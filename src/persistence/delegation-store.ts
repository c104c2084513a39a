/** Delegations: registrations of the kind DELEGATION, and what is in force of them. */
import type { Delegation, NewDelegation } from "../access/client.ts";
import type { ClientRegister } from "../access/client-ports.ts";
import type { Registration } from "../access/registration.ts";
import type { OrganisationActor } from "../records/actor.ts";
import { ROLES } from "../records/actor.ts";
import { entryOf } from "../records/audit-entry.ts";
import type { NewId } from "../submission/ports.ts";
import { writeAuditEntry } from "./audit-entries.ts";
import { applyClientApproval, lockClientWithRegistrations, lockDelegations, REPLACED } from "./client-approval.ts";
import { toDelegations } from "./client-rows.ts";
import type { Database } from "./database/database.ts";
import type { Transaction } from "./database/unit.ts";
import { readTimeAndId, toCursor, toPage } from "./page-cursor.ts";
import { toRegistration } from "./registration-row.ts";
import { insertRegistration } from "./registration-store.ts";

const AS_ACCESS = { role: "nacr_access" } as const;
const KIND = "DELEGATION";

export const createDelegationStore = (
  database: Database,
  newId: NewId,
): Pick<ClientRegister, "delegate" | "endDelegation" | "delegations"> => ({
  delegate: (actor, delegation) => database.withRole(AS_ACCESS, (tx) => delegate(tx, actor, delegation, newId)),
  endDelegation: (actor, clientId, reason, at) =>
    database.withRole(AS_ACCESS, async (tx) => {
      if (!(await lockDelegations(tx, clientId, actor.ods))) return null;
      const ended = await endDelegation(tx, actor, { clientId, reason, at });
      if (ended === null) return null;
      const entry = { action: "DELETE", type: "END_DELEGATION", entity: { kind: "CLIENT", id: clientId } } as const;
      await writeAuditEntry(tx, entryOf(actor, entry), newId);
      return ended;
    }),
  delegations: (actor, { first, after }) =>
    database.withRole(AS_ACCESS, async (tx) => {
      const last = after === null ? null : readTimeAndId(after);
      const own = { kind: KIND, odsCode: actor.ods };
      const beyond = last && { OR: [{ requestedAt: { lt: last.time } }, { requestedAt: last.time, id: { lt: last.id } }] };
      const rows = await tx.registration.findMany({
        where: { ...own, ...beyond },
        orderBy: [{ requestedAt: "desc" }, { id: "desc" }],
        take: first + 1,
      });
      const delegations = await toDelegations(tx, rows.map(toRegistration));
      const total = await tx.registration.count({ where: own });
      return toPage(delegations, first, total, ({ requestedAt, id }) => toCursor(requestedAt, id));
    }),
});

async function delegate(
  tx: Transaction,
  actor: OrganisationActor,
  { clientId, leave, evidence, at, isDecided }: NewDelegation,
  newId: NewId,
): Promise<Delegation | null> {
  if (!(await lockClientWithRegistrations(tx, clientId, actor.ods, "OWN_OR_VENDORS"))) return null;
  const client = await tx.client.findUnique({ where: { id: clientId } });
  const role = ROLES.find((known) => known === client?.role);
  // An organisation's own system is for that organisation alone.
  const mayAct = client?.active === true && (client.ownerOds === actor.ods || role === "VENDOR_APP");
  if (!mayAct || role === undefined) return null;
  await replaceRequests(tx, actor, clientId, at);
  const asked = await insertRegistration(
    tx,
    {
      kind: KIND,
      odsCode: actor.ods,
      role,
      ...leave,
      identity: null,
      clientId,
      name: client.name,
      evidence,
      requestedBy: actor.clientId,
      requestedAt: at,
    },
    newId,
  );
  // Nobody decides upon a client that the same person registered.
  const isApproved = isDecided && client.registeredBy !== actor.clientId;
  const registration = isApproved ? await approve(tx, actor, asked, at) : asked;
  const type = isApproved ? "GRANT_DELEGATION" : "REQUEST_DELEGATION";
  await writeAuditEntry(tx, entryOf(actor, { action: "CREATE", type, entity: { kind: "CLIENT", id: clientId } }), newId);
  const [delegation] = await toDelegations(tx, [registration]);
  return delegation ?? null;
}

async function approve(tx: Transaction, actor: OrganisationActor, { id }: Registration, at: string): Promise<Registration> {
  const data = { state: "ACTIVE", decidedBy: actor.clientId, decidedAt: at };
  const registration = toRegistration(await tx.registration.update({ where: { id }, data }));
  await applyClientApproval(tx, registration);
  return registration;
}

/** At most one is waiting for the Guardian: the latest. */
async function replaceRequests(tx: Transaction, actor: OrganisationActor, clientId: string, at: string): Promise<void> {
  await tx.registration.updateMany({
    where: { clientId, odsCode: actor.ods, kind: KIND, state: "REQUESTED" },
    data: { state: "DECLINED", decidedBy: actor.clientId, decidedAt: at, decisionReason: REPLACED },
  });
}

interface AskedEnd {
  readonly clientId: string;
  readonly reason: string;
  readonly at: string;
}

async function endDelegation(
  tx: Transaction,
  actor: OrganisationActor,
  { clientId, reason, at }: AskedEnd,
): Promise<Delegation | null> {
  const open = await tx.registration.findMany({
    where: { clientId, odsCode: actor.ods, kind: KIND, state: { in: ["REQUESTED", "ACTIVE"] } },
    orderBy: [{ state: "asc" }],
  });
  const [latest] = open;
  if (latest === undefined) return null;
  const where = { id: { in: open.map(({ id }) => id) } };
  const ended = { state: "ENDED", endedBy: actor.clientId, endedAt: at, endReason: reason };
  await tx.registration.updateMany({ where: { ...where, decidedAt: { not: null } }, data: ended });
  const declined = { state: "DECLINED", decidedBy: actor.clientId, decidedAt: at, decisionReason: reason };
  await tx.registration.updateMany({ where: { ...where, decidedAt: null }, data: declined });
  await tx.clientOrganisation.deleteMany({ where: { clientId, odsCode: actor.ods } });
  const row = await tx.registration.findUniqueOrThrow({ where: { id: latest.id } });
  const [delegation] = await toDelegations(tx, [toRegistration(row)]);
  return delegation ?? null;
}
