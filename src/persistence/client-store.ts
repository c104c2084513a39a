/** Clients, their keys and the organisations they may act for, read in a role that has no right on patient data. */

import { z } from "zod";
import type {
  ClientOrganisation,
  ClientStore,
  RegisteredClient,
  Organisation as RegisteredOrganisation,
} from "../access/ports.ts";
import { ROLES, type Role } from "../records/actor.ts";
import type { Database } from "./database/database.ts";
import type { Transaction } from "./database/unit.ts";

/** What a stored key must look like to be used: a public key in JWK form. */
const publicKey = z.looseObject({ kty: z.string() });

export function createClientStore(database: Database): ClientStore {
  return {
    findClient: (id) => database.withRole({ role: "nacr_access" }, (tx) => findClient(tx, id)),
    rememberAssertion: (clientId, jti, expiresAt) => rememberAssertion(database, clientId, jti, expiresAt),
    organisations: (odsCodes) => database.withRole({ role: "nacr_access" }, (tx) => findOrganisations(tx, odsCodes)),
  };
}

async function findClient(tx: Transaction, id: string): Promise<RegisteredClient | null> {
  const client = await tx.client.findUnique({
    where: { id },
    include: {
      keys: { where: { revokedAt: null, notBefore: { lte: new Date() } } },
      organisations: { include: { organisation: { include: { programmes: true } } } },
    },
  });
  if (client === null) return null;
  const { vendor, product, ownerOds, jwksUrl, certificateNames: names, certificateThumbprints: thumbprints } = client;
  return {
    id: client.id,
    active: client.active,
    ownerOds,
    jwksUrl,
    certificates: { names, thumbprints },
    sourceSystem: vendor !== null && product !== null ? { vendor, product } : null,
    keys: client.keys.map(({ kid, jwk }) => ({ kid, jwk: publicKey.parse(jwk) })),
    organisations: client.organisations.map((granted) => toClientOrganisation(granted)),
  };
}

interface GrantedOrganisation {
  readonly odsCode: string;
  readonly role: string;
  readonly programmes: readonly string[];
  readonly scopes: readonly string[];
  readonly startsOn: Date | null;
  readonly endsOn: Date | null;
  readonly organisation: { readonly programmes: readonly { readonly code: string }[] };
}

/** No programme named means all of the organisation's. */
function toClientOrganisation(granted: GrantedOrganisation): ClientOrganisation {
  const own = granted.organisation.programmes.map(({ code }) => code);
  return {
    ods: granted.odsCode,
    role: toRole(granted.role),
    programmes: granted.programmes.length === 0 ? own : own.filter((code) => granted.programmes.includes(code)),
    scopes: granted.scopes,
    startsOn: toDay(granted.startsOn),
    endsOn: toDay(granted.endsOn),
  };
}

const toDay = (date: Date | null): string | null => date?.toISOString().slice(0, 10) ?? null;

function toRole(text: string): Role {
  const role = ROLES.find((name) => name === text);
  if (role === undefined) throw new Error("a client is registered with a role that does not exist");
  return role;
}

/** The table's key decides, so two processes cannot both see an assertion for the first time. Expired ones are swept on the way. */
async function rememberAssertion(database: Database, clientId: string, jti: string, expiresAt: Date): Promise<boolean> {
  return await database.withRole({ role: "nacr_access" }, async (tx) => {
    await tx.usedAssertion.deleteMany({ where: { clientId, expiresAt: { lt: new Date() } } });
    const { count } = await tx.usedAssertion.createMany({ data: [{ clientId, jti, expiresAt }], skipDuplicates: true });
    return count === 1;
  });
}

async function findOrganisations(tx: Transaction, odsCodes: readonly string[]): Promise<readonly RegisteredOrganisation[]> {
  const found = await tx.organisation.findMany({
    where: { odsCode: { in: [...odsCodes] } },
    include: { programmes: { select: { code: true, name: true }, orderBy: { code: "asc" } } },
    orderBy: { odsCode: "asc" },
  });
  return found.map(({ odsCode, name, programmes }) => ({ odsCode, name, programmes }));
}
