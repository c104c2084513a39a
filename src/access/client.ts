/** Systems as organisations register them, and what organisations let them do. */
import type { CertificateRule } from "./client-certificate.ts";
import type { PublicKey } from "./public-keys.ts";
import type { RegistrationState } from "./registration.ts";

/** The roles a system can have; the others are people's. */
export const CLIENT_ROLES = ["SUBMITTER", "VENDOR_APP"] as const;
export type ClientRole = (typeof CLIENT_ROLES)[number];

export const CLIENT_SCOPES = ["submissions:read", "submissions:write", "records:read"] as const;

/** `REVOKED` is for good: another client is registered in its place. */
export const CLIENT_STATES = ["REQUESTED", "ACTIVE", "DECLINED", "REVOKED"] as const;
export type ClientState = (typeof CLIENT_STATES)[number];

/** What a client may do for one organisation, and between which days (Europe/London, both count). */
export interface Leave {
  /** Codes; null: all of the organisation. */
  readonly programmes: readonly string[] | null;
  readonly scopes: readonly string[];
  readonly startsOn: string | null;
  readonly endsOn: string | null;
}

/** A client as the organisation that registered it sees it. */
export interface OwnClient {
  readonly id: string;
  readonly name: string;
  readonly role: ClientRole;
  readonly vendor: string | null;
  readonly product: string | null;
  readonly state: ClientState;
  /** What the Guardian decides upon. */
  readonly registrationId: string | null;
  readonly jwksUrl: string | null;
  /** Live ones, the newest first; none where they are published at `jwksUrl`. */
  readonly keys: readonly { readonly kid: string; readonly addedAt: string }[];
  readonly certificates: CertificateRule;
  /** For the organisation itself: what is in force or was asked for; null where that was ended. */
  readonly leave: Leave | null;
  /** Whether others let it act for them, too. */
  readonly actsForOthers: boolean;
  readonly registeredAt: string;
  readonly revokedAt: string | null;
}

export interface NewClient {
  readonly id: string;
  readonly name: string;
  readonly role: ClientRole;
  readonly vendor: string;
  readonly product: string;
  readonly keys: readonly PublicKey[];
  readonly jwksUrl: string | null;
  readonly certificates: CertificateRule;
  readonly leave: Leave;
  readonly evidence: string;
  /** ISO instant. */
  readonly at: string;
}

/** That an organisation lets a client act for it, or was asked to. */
export interface Delegation extends Leave {
  /** Of the registration. */
  readonly id: string;
  readonly clientId: string;
  readonly clientName: string;
  readonly vendor: string | null;
  readonly product: string | null;
  readonly state: RegistrationState;
  readonly requestedAt: string;
  readonly decidedAt: string | null;
  readonly endedAt: string | null;
}

export interface NewDelegation {
  readonly clientId: string;
  readonly leave: Leave;
  readonly evidence: string;
  readonly at: string;
  /** Whether it is in force with this; else the Guardian decides. */
  readonly isDecided: boolean;
}
