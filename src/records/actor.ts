/** Who acts, for which organisation. Built from a verified token, never from input. */
export const ROLES = [
  "SUBMITTER",
  "VENDOR_APP",
  "CLINICAL_TEAM",
  "CALDICOTT_GUARDIAN",
  "ANALYST",
  "AUDIT_ADMIN",
  /** A verified identity that no organisation has given a role: it may say who it is and ask for one. */
  "UNREGISTERED",
] as const;
export type Role = (typeof ROLES)[number];

export interface Actor {
  /** The client, or the person's (issuer, subject). Half of the idempotency scope. */
  readonly clientId: string;
  readonly role: Role;
  /** The acting organisation (ODS code); null for roles without one (analyst, audit administrator). */
  readonly ods: string | null;
  /** Programmes of that organisation the bearer may act for. */
  readonly programmes: readonly string[];
  readonly scopes: readonly string[];
  /** A vendor app sees only what its own registered product sent; absent for everyone else. */
  readonly sourceSystem?: { readonly vendor: string; readonly product: string };
  /** SHA-256 (base64url) of the certificate its token is bound to: only a connection with that one may use it. Absent: any may. */
  readonly certificate?: string;
  /** Somebody who may look for an hour and change nothing: the registration by which the glass was broken. */
  readonly breakGlass?: string;
  /** Of the request in which it acts, for the audit trail; absent: it acts in none. */
  readonly correlationId?: string;
}

/** An actor with an acting organisation: what every unit of work over patient data needs. */
export type OrganisationActor = Actor & { readonly ods: string };
