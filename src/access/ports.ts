/** What the token service needs to know of clients. The adapter reads it in a role that cannot see patient data. */
import type { JWK } from "jose";
import type { Role } from "../records/actor.ts";
import type { CertificateRule } from "./client-certificate.ts";

/** Why a client was refused a token: for the operator's log, never for the caller. */
export type RefusalReason =
  | "MALFORMED"
  | "UNKNOWN_CLIENT"
  | "CLIENT_REVOKED"
  | "NOT_VERIFIED"
  | "OTHER_CERTIFICATE"
  | "REPLAYED"
  | "NO_DELEGATION"
  | "SCOPE_NOT_GRANTED";

export interface TokenRefusal {
  readonly reason: RefusalReason;
  /** A registered client's id, else null: what a stranger calls itself is not kept. */
  readonly clientId: string | null;
  /** The organisation that registered the client; null: there is none. */
  readonly ods: string | null;
  readonly correlationId: string;
}

/** One organisation a client may act for, in which role, and between which days (Europe/London, both inclusive). */
export interface ClientOrganisation {
  readonly ods: string;
  readonly role: Role;
  /** Programme codes; the store resolves "all of the organisation" to their list. */
  readonly programmes: readonly string[];
  readonly scopes: readonly string[];
  readonly startsOn: string | null;
  readonly endsOn: string | null;
}

export interface RegisteredClient {
  readonly id: string;
  readonly active: boolean;
  /** The organisation that registered it; null: the operator. */
  readonly ownerOds: string | null;
  readonly sourceSystem: { readonly vendor: string; readonly product: string } | null;
  /** Where its public keys are published; null: they are `keys`. */
  readonly jwksUrl: string | null;
  /** Live public keys. */
  readonly keys: readonly { readonly kid: string; readonly jwk: JWK }[];
  readonly certificates: CertificateRule;
  readonly organisations: readonly ClientOrganisation[];
}

export interface Programme {
  readonly code: string;
  readonly name: string;
}

export interface Organisation {
  readonly odsCode: string;
  readonly name: string;
  readonly programmes: readonly Programme[];
}

export interface ClientStore {
  findClient(id: string): Promise<RegisteredClient | null>;
  /** False where the assertion was seen before, by any process. Kept until it expires. */
  rememberAssertion(clientId: string, jti: string, expiresAt: Date): Promise<boolean>;
  organisations(odsCodes: readonly string[]): Promise<readonly Organisation[]>;
}
