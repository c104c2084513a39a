/** What the approval of a client or a delegation does: from then on the client may act for the organisation. */
import type { Registration } from "../access/registration.ts";
import { GatewayError } from "../errors/gateway-error.ts";
import { constantSql } from "./database/constant-sql.ts";
import type { Transaction } from "./database/unit.ts";
import { toDate } from "./registration-row.ts";

const LOCK_CLIENT = constantSql("select id from access.client where id = $1 for update");

const LOCK_REGISTRATIONS = constantSql("select id from access.registration where client_id = $1 order by id for update");

/** For whoever changes registrations of a client too: those first, as an approval does, so that the two never wait for each other. */
export async function lockClientWithRegistrations(tx: Transaction, clientId: string): Promise<void> {
  await tx.$queryRaw(LOCK_REGISTRATIONS([clientId]));
  await lockClient(tx, clientId);
}

/** Until the transaction ends nobody else changes the client, its keys, or whom it may act for. */
export async function lockClient(tx: Transaction, clientId: string): Promise<void> {
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
