/** What is known of a registration: who asked to act for whom, what was decided, how long it holds. */
import type { Role } from "../records/actor.ts";

/**
 * `PERSON`, `CLIENT`, `DELEGATION`: the Guardian of the organisation decides. `GUARDIAN`, `ADMIN`, `ANALYST`: one audit administrator proposes,
 * another one confirms. `BREAK_GLASS`: one audit administrator asks to read an organisation's rows for an hour, another one confirms.
 */
export const REGISTRATION_KINDS = ["PERSON", "CLIENT", "DELEGATION", "GUARDIAN", "ADMIN", "ANALYST", "BREAK_GLASS"] as const;
export type RegistrationKind = (typeof REGISTRATION_KINDS)[number];

export const REGISTRATION_STATES = ["REQUESTED", "ACTIVE", "DECLINED", "ENDED"] as const;
export type RegistrationState = (typeof REGISTRATION_STATES)[number];

/** Somebody an issuer vouches for; what else a token says of a person is nobody's name. */
export interface Identity {
  readonly issuer: string;
  readonly subject: string;
}

/** Instants are ISO texts in UTC, days ISO dates of the United Kingdom. */
export interface Registration {
  readonly id: string;
  readonly kind: RegistrationKind;
  /** ODS code; null of an administrator and of an analyst. */
  readonly odsCode: string | null;
  readonly role: Role;
  /** Codes; null: all of the organisation. */
  readonly programmes: readonly string[] | null;
  readonly scopes: readonly string[];
  /** Of a person; null of a system. */
  readonly identity: Identity | null;
  /** Of `CLIENT` and `DELEGATION`. */
  readonly clientId: string | null;
  readonly name: string;
  readonly evidence: string;
  /** `Actor.clientId`, or `operator`. The same holds for every other `...By`. */
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly state: RegistrationState;
  readonly decidedBy: string | null;
  readonly decidedAt: string | null;
  readonly decisionReason: string | null;
  /** Both days count. */
  readonly startsOn: string | null;
  readonly endsOn: string | null;
  /** Of what two administrators decide: not in force before. */
  readonly effectiveAt: string | null;
  readonly attestedAt: string | null;
  readonly attestedBy: string | null;
  /** Known to the hour. */
  readonly lastUsedAt: string | null;
  /** Of a Guardian or an administrator: who proposed that it ends, for another one to confirm. */
  readonly endProposedBy: string | null;
  readonly endProposedAt: string | null;
  readonly endedBy: string | null;
  readonly endedAt: string | null;
  readonly endReason: string | null;
}

/** What whoever asks says. */
export type NewRegistration = Pick<
  Registration,
  "kind" | "odsCode" | "role" | "programmes" | "identity" | "clientId" | "name" | "evidence" | "requestedBy" | "requestedAt"
> &
  Partial<Pick<Registration, "scopes" | "startsOn" | "endsOn">>;

/** Whether it is of a person; the others are of systems. */
export const isOfPerson = ({ kind }: Pick<Registration, "kind">): boolean => kind !== "CLIENT" && kind !== "DELEGATION";
