/** Clients and delegations between their rows and what the use cases know. All reads of one organisation. */
import { CLIENT_ROLES, type ClientState, type Delegation, type Leave, type OwnClient } from "../access/client.ts";
import type { Registration } from "../access/registration.ts";
import type { Transaction } from "./database/unit.ts";
import { toRegistration } from "./registration-row.ts";

/** Live keys, the newest first. */
const LIVE_KEYS = { where: { revokedAt: null }, orderBy: { addedAt: "desc" } } as const;

/** Clients of the organisation after a place in their list, the newest first. */
export async function readOwnClients(
  tx: Transaction,
  ods: string,
  { first, after }: { readonly first: number; readonly after: { readonly time: string; readonly id: string } | null },
): Promise<readonly OwnClient[]> {
  const beyond = after && { OR: [{ createdAt: { lt: after.time } }, { createdAt: after.time, id: { lt: after.id } }] };
  return await readClients(tx, ods, { ...beyond }, first);
}

export async function readOwnClient(tx: Transaction, ods: string, id: string): Promise<OwnClient | null> {
  const [client] = await readClients(tx, ods, { id }, 1);
  return client ?? null;
}

async function readClients(tx: Transaction, ods: string, where: object, take: number): Promise<readonly OwnClient[]> {
  const rows = await tx.client.findMany({
    where: { ...where, ownerOds: ods },
    include: { keys: LIVE_KEYS, organisations: true },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take,
  });
  const asked = await tx.registration.findMany({
    where: { odsCode: ods, kind: "CLIENT", clientId: { in: rows.map(({ id }) => id) } },
  });
  const registrations = new Map(asked.map((row) => [row.clientId, toRegistration(row)]));
  return rows.map((row) => toOwnClient(row, registrations.get(row.id) ?? null));
}

type ClientRow = Awaited<ReturnType<Transaction["client"]["findMany"]>>[number];
interface KeyRow {
  readonly kid: string;
  readonly addedAt: Date;
}
interface GrantRow {
  readonly odsCode: string;
  readonly programmes: readonly string[];
  readonly scopes: readonly string[];
  readonly startsOn: Date | null;
  readonly endsOn: Date | null;
}
type WholeClient = ClientRow & { readonly keys: readonly KeyRow[]; readonly organisations: readonly GrantRow[] };

function toOwnClient(row: WholeClient, registration: Registration | null): OwnClient {
  const state = stateOf(row, registration);
  const granted = row.organisations.find(({ odsCode }) => odsCode === row.ownerOds);
  const asked = state === "REQUESTED" && registration !== null ? toLeave(registration) : null;
  return {
    id: row.id,
    name: row.name,
    role: CLIENT_ROLES.find((role) => role === row.role) ?? "SUBMITTER",
    vendor: row.vendor,
    product: row.product,
    state,
    registrationId: registration?.id ?? null,
    jwksUrl: row.jwksUrl,
    keys: row.keys.map(({ kid, addedAt }) => ({ kid, addedAt: addedAt.toISOString() })),
    certificates: { names: row.certificateNames, thumbprints: row.certificateThumbprints },
    leave: granted === undefined ? asked : toGrantedLeave(granted),
    actsForOthers: row.organisations.some(({ odsCode }) => odsCode !== row.ownerOds),
    registeredAt: row.createdAt.toISOString(),
    revokedAt: row.revokedAt?.toISOString() ?? null,
  };
}

function stateOf({ active, revokedAt }: ClientRow, registration: Registration | null): ClientState {
  if (revokedAt !== null) return "REVOKED";
  if (active) return "ACTIVE";
  return registration?.state === "REQUESTED" ? "REQUESTED" : "DECLINED";
}

const toLeave = ({ programmes, scopes, startsOn, endsOn }: Registration): Leave => ({ programmes, scopes, startsOn, endsOn });

const toDay = (date: Date | null): string | null => date?.toISOString().slice(0, 10) ?? null;
const toGrantedLeave = ({ programmes, scopes, startsOn, endsOn }: GrantRow): Leave => ({
  programmes: programmes.length === 0 ? null : programmes,
  scopes,
  startsOn: toDay(startsOn),
  endsOn: toDay(endsOn),
});

/** Delegations with what there is to say of their clients, in the order of the registrations. */
export async function toDelegations(tx: Transaction, registrations: readonly Registration[]): Promise<readonly Delegation[]> {
  const ids = registrations.flatMap(({ clientId }) => (clientId === null ? [] : [clientId]));
  const rows = await tx.client.findMany({
    where: { id: { in: ids } },
    select: { id: true, name: true, vendor: true, product: true },
  });
  const clients = new Map(rows.map((row) => [row.id, row]));
  return registrations.flatMap((registration) => {
    const client = clients.get(registration.clientId ?? "");
    return client === undefined ? [] : [toDelegation(registration, client)];
  });
}

function toDelegation(
  registration: Registration,
  client: { readonly id: string; readonly name: string; readonly vendor: string | null; readonly product: string | null },
): Delegation {
  const { id, state, requestedAt, decidedAt, endedAt } = registration;
  const { id: clientId, name: clientName, vendor, product } = client;
  return { ...toLeave(registration), id, clientId, clientName, vendor, product, state, requestedAt, decidedAt, endedAt };
}
