/**
 * What the audit trail says of one act, shaped after FHIR's AuditEvent: who did what, to what, for whom, why, and how it ended. No entry
 * holds a value of a patient's record; ids, codes and counts only.
 */
import type { Actor } from "./actor.ts";

/** AuditEvent.action. */
export const AUDIT_ACTIONS = { CREATE: "C", READ: "R", UPDATE: "U", DELETE: "D", EXECUTE: "E" } as const;
export type AuditAction = keyof typeof AUDIT_ACTIONS;

export type AuditOutcome = "DONE" | "REFUSED";

export interface AuditAgent {
  /** A client's id, or a person's. */
  readonly id: string;
  /** Null: the gateway itself, its operator, or somebody nobody knows. */
  readonly role: Actor["role"] | null;
  /** For which organisation; null: for none. */
  readonly ods: string | null;
  /** Acts by a broken glass: the registration that holds the reason. */
  readonly breakGlass?: string;
}

export interface AuditEntry {
  /** Absent: a new one. A submission's entry has the submission's, so that it cannot have two. */
  readonly id?: string;
  /** ISO instant; absent: the database's. */
  readonly at?: string;
  readonly action: AuditAction;
  /** What was done, as one constant of the code: `READ_RECORD`, `APPROVE_REGISTRATION`, ... */
  readonly type: string;
  readonly outcome: AuditOutcome;
  /** In whose log it stands; null: the installation's. */
  readonly ods: string | null;
  /** Whose data it was; absent: of the organisation as a whole, or of patients, whose programmes are looked up. */
  readonly programmeCode?: string;
  readonly agent: AuditAgent;
  /** Of the request; null: there was none. */
  readonly correlationId: string | null;
  /** Patients of the log's organisation of whom something was read or written. None where that is told by the entity. */
  readonly patientIds?: readonly string[];
  /** Persons through whom rows of other organisations were shown: what the limit of an hour is counted from. */
  readonly personIds?: readonly string[];
  /** What was read, written or decided upon, by a kind that is a constant of the code, and an id the gateway made. */
  readonly entity?: { readonly kind: string; readonly id: string };
  /** Why, in a word that is a constant of the code: `BREAK_GLASS`, an agreement's declared purpose. Absent: the role's own. */
  readonly purpose?: string;
  readonly agreementId?: string;
  /** Counts, codes, ids. Never a text that a person wrote: reasons stand sealed where they were given. */
  readonly details?: Readonly<Record<string, string | number | boolean>>;
}

export const agentOf = ({ clientId, role, ods, breakGlass }: Actor): AuditAgent =>
  breakGlass === undefined ? { id: clientId, role, ods } : { id: clientId, role, ods, breakGlass };

/** What each role is given access for. Somebody without a role is given none. */
const PURPOSES: Readonly<Record<Actor["role"], string | null>> = {
  SUBMITTER: "CLINICAL_AUDIT",
  VENDOR_APP: "CLINICAL_AUDIT",
  CLINICAL_TEAM: "DIRECT_CARE",
  CALDICOTT_GUARDIAN: "INFORMATION_GOVERNANCE",
  ANALYST: "STATISTICS",
  AUDIT_ADMIN: "ADMINISTRATION",
  UNREGISTERED: null,
};

/** The purpose of an agent whose act had none of its own; null: the gateway's own acts, and those of nobody. */
export const purposeOf = ({ role, breakGlass }: Pick<AuditAgent, "role" | "breakGlass">): string | null =>
  role === null ? null : breakGlass === undefined ? PURPOSES[role] : "BREAK_GLASS";

/** An act of somebody for the own organisation, in its log. */
export const entryOf = (actor: Actor, act: Pick<AuditEntry, "action" | "type"> & Partial<AuditEntry>): AuditEntry => ({
  outcome: "DONE",
  ods: actor.ods,
  agent: agentOf(actor),
  correlationId: actor.correlationId ?? null,
  ...act,
});
