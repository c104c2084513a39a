/** What registration needs of whoever keeps it. */
import type { Page, PageRequest } from "../lib/page.ts";
import type { Actor } from "../records/actor.ts";
import type { AuditEntry } from "../records/audit-entry.ts";
import type { Identity, NewRegistration, Registration, RegistrationState } from "./registration.ts";
import type { Decider } from "./registration-rules.ts";

/** What a judgement may rest on beside the registrations it is about. */
export interface DecisionFacts {
  /** Programme codes of an organisation; none of one that is not registered. */
  readonly programmesOf: (odsCode: string) => readonly string[];
  /** Registrations of administrators that are active. */
  readonly administrators: readonly Registration[];
}

export interface RegistrationChange {
  readonly fields: Partial<
    Omit<
      Registration,
      "id" | "kind" | "odsCode" | "role" | "identity" | "clientId" | "requestedBy" | "requestedAt" | "programmes"
    >
  > & { readonly programmes?: readonly string[] };
  readonly entry: AuditEntry;
}

/** @throws GatewayError where it may not be: nothing is changed then */
export type JudgeChange = (found: Registration, facts: DecisionFacts) => RegistrationChange;

export interface RegistrationFilter {
  /** Null: of no one organisation. */
  readonly odsCode: string | null;
  /** `TRUSTED`: whatever two administrators decide about, and Guardians. `GUARDIANS`: these alone. */
  readonly among: "ALL" | "TRUSTED" | "GUARDIANS";
  /** Null: any. */
  readonly states: readonly RegistrationState[] | null;
}

export interface RegistrationStore {
  /** Null for whoever is no person that an issuer vouched for. */
  identityOf(actor: Actor): Promise<Identity | null>;
  /**
   * Keeps a request and writes the entry. The same is answered again while it is open; `REGISTERED`: it is active already; `TOO_MANY`:
   * this identity has as many open ones as it may.
   */
  request(
    asked: NewRegistration,
    most: number,
    entryOf: (kept: Registration) => AuditEntry,
  ): Promise<Registration | "REGISTERED" | "TOO_MANY">;
  /** All of them, or none; each alone with whoever else would change it. Null where one is not there, or out of the decider's sight. */
  change(decider: Decider, ids: readonly string[], judge: JudgeChange): Promise<readonly Registration[] | null>;
  /** Latest first. @throws GatewayError BAD_USER_INPUT for an unknown position */
  page(filter: RegistrationFilter, page: PageRequest): Promise<Page<Registration>>;
  /** Of kind `BREAK_GLASS`, of the organisation, that nobody has attested; latest first, a hundred at most. */
  unseenBreakGlass(odsCode: string): Promise<readonly Registration[]>;
  /** Whatever their state, latest first; a hundred at most. */
  ofIdentity(identity: Identity): Promise<readonly Registration[]>;
}

/** People as they come in with an issuer's token. */
export interface KnownPerson {
  /** `Actor.clientId`. */
  readonly clientId: string;
  /** Active ones. */
  readonly registrations: readonly Registration[];
  /** Programme codes of their organisations. */
  readonly programmes: ReadonlyMap<string, readonly string[]>;
}

export interface PeopleStore {
  /** Makes a person on first sight. @param at ISO text in UTC */
  meet(identity: Identity, at: string): Promise<KnownPerson>;
  noteUse(registrationId: string, at: string): Promise<void>;
}

export const NATIONS = ["ENGLAND", "WALES", "NORTHERN_IRELAND"] as const;
export type Nation = (typeof NATIONS)[number];

export interface NewOrganisation {
  readonly odsCode: string;
  readonly name: string;
  readonly nation: Nation;
  readonly programmes: readonly { readonly code: string; readonly name: string }[];
}

export interface OrganisationStore {
  /**
   * Adds what is not there yet and renames what is. `OTHER_NATION`: it is registered in another one; `TAKEN`: a programme code is another
   * organisation's. Nothing is changed then.
   */
  register(organisation: NewOrganisation, entry: AuditEntry): Promise<"DONE" | "OTHER_NATION" | "TAKEN">;
}
