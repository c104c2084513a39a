/** What the approval of a client or a delegation does: from then on the client may act for the organisation. */
import type { Registration } from "../access/registration.ts";
import { GatewayError } from "../errors/gateway-error.ts";
import { constantSql } from "./database/constant-sql.ts";
import type { Transaction } from "./database/unit.ts";
import { toDate } from "./registration-row.ts";
import type { SqlRow } from "./sql-row.ts";

const LOCK_CLIENT = constantSql("select id from access.client where id = $1 for update");

/**
 * `$1` client, `$2` organisation, `$3` whether vendors' apps, which act for any. Another's client is not locked: that takes longer than
 * finding nothing, which would tell that there is one.
 */
const REACHED = "c.id = $1 and (c.owner_ods = $2::text or ($3::boolean and c.active and c.role = 'VENDOR_APP'))";
const LOCK_REGISTRATIONS = constantSql(
  `select r.id from access.client c join access.registration r on r.client_id = c.id where ${REACHED} order by r.id for update of r`,
);
const LOCK_REACHED = constantSql(`select c.id from access.client c where ${REACHED} for update`);
const LOCK_DELEGATIONS = constantSql(
  "select id from access.registration where client_id = $1 and ods_code = $2 and kind = 'DELEGATION' order by id for update",
);

/** Whose client: the organisation's own, or also one that it may delegate to. */
export type ClientReach = "OWN" | "OWN_OR_VENDORS";

/** As `lockClient`. @returns whether there is one */
export const lockReachedClient = async (tx: Transaction, clientId: string, ods: string, reach: ClientReach): Promise<boolean> =>
  (await tx.$queryRaw<SqlRow[]>(LOCK_REACHED([clientId, ods, reach === "OWN_OR_VENDORS"]))).length > 0;

/**
 * For whoever changes registrations of a client too: those first, as an approval does, so that the two never wait for each other.
 * @returns whether there is one
 */
export async function lockClientWithRegistrations(
  tx: Transaction,
  clientId: string,
  ods: string,
  reach: ClientReach,
): Promise<boolean> {
  await tx.$queryRaw(LOCK_REGISTRATIONS([clientId, ods, reach === "OWN_OR_VENDORS"]));
  return await lockReachedClient(tx, clientId, ods, reach);
}

/** What the organisation lets the client do, then the client. @returns whether there is anything */
export async function lockDelegations(tx: Transaction, clientId: string, ods: string): Promise<boolean> {
  if ((await tx.$queryRaw<SqlRow[]>(LOCK_DELEGATIONS([clientId, ods]))).length === 0) return false;
  await lockClient(tx, clientId);
  return true;
}

/** Until the transaction ends nobody else changes the client, its keys, or whom it may act for. */
async function lockClient(tx: Transaction, clientId: string): Promise<void> {
  await tx.$queryRaw(LOCK_CLIENT([clientId]));
}

/** Why a delegation is over when it was given anew. */
export const REPLACED = "Another delegation took its place.";

/**
 * In the transaction and role (`nacr_access`) in which the registration became ACTIVE. What the organisation let the client do before is
 * replaced.
 * @throws GatewayError CONFLICT where the client was revoked, FORBIDDEN where whoever decides registered it
 */
export async function applyClientApproval(tx: Transaction, registration: Registration): Promise<void> {
  const { id, kind, clientId, odsCode, role, programmes, scopes, startsOn, endsOn, decidedBy, decidedAt } = registration;
  if (clientId === null || odsCode === null) throw new Error("a registration of a person is none of a client");
  await lockClient(tx, clientId);
  const client = await tx.client.findUnique({
    where: { id: clientId },
    select: { active: true, revokedAt: true, registeredBy: true },
  });
  const isUsable = client !== null && client.revokedAt === null && (client.active || kind === "CLIENT");
  if (!isUsable) throw new GatewayError("CONFLICT", "This client was revoked.");
  // Whoever asks to let it do more: else two could wave through what one of them made.
  if (client.registeredBy === decidedBy)
    throw new GatewayError("FORBIDDEN", "Nobody decides about a client that the same person registered.");
  if (kind === "CLIENT") await tx.client.update({ where: { id: clientId }, data: { active: true } });
  await tx.registration.updateMany({
    where: { clientId, odsCode, kind: "DELEGATION", state: "ACTIVE", id: { not: id } },
    data: { state: "ENDED", endedBy: decidedBy, endedAt: decidedAt && new Date(decidedAt), endReason: REPLACED },
  });
  // Written anew, because a list that is left out is null: every programme.
  await tx.clientOrganisation.deleteMany({ where: { clientId, odsCode } });
  await tx.clientOrganisation.create({
    data: {
      clientId,
      odsCode,
      role,
      scopes: [...scopes],
      ...(programmes === null ? {} : { programmes: [...programmes] }),
      startsOn: toDate(startsOn),
      endsOn: toDate(endsOn),
      registrationId: id,
    },
  });
}
