/** Who saw or changed what, as an organisation's Guardian reads it. */
import type { Page, PageRequest } from "../lib/page.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { AuditAction, AuditOutcome } from "../records/audit-entry.ts";
import type { PatientLookup } from "../submission/status-ports.ts";

/** An entry of the audit trail, for people. No value of a record, and no identifier but ids of the gateway's own. */
export interface AccessLine {
  readonly id: string;
  /** Its number in the chain; null: it has none yet, or is of a submission from before the audit trail. */
  readonly sequence: number | null;
  /** ISO instant. */
  readonly at: string;
  readonly action: AuditAction;
  readonly type: string;
  readonly outcome: AuditOutcome;
  /** The client, or the person, and as what it acted. */
  readonly agentId: string;
  readonly agentRole: string | null;
  /** For which organisation. */
  readonly agentOds: string | null;
  readonly purpose: string | null;
  readonly agreementId: string | null;
  readonly programmeCode: string | null;
  readonly submissionId: string | null;
  readonly recordId: string | null;
  /** Identifying items were shown. */
  readonly identity: boolean;
  /** The registration of the broken glass by which it was done, which holds the reason. */
  readonly breakGlassId: string | null;
  readonly correlationId: string | null;
}

export interface AccessLog {
  /**
   * Everything that concerns a patient of the organisation, its records and the submissions that wrote them, latest first; empty for one
   * that never was. Being asked is written down, too. @throws GatewayError BAD_USER_INPUT for a cursor of another list
   */
  ofPatient(actor: OrganisationActor, lookup: PatientLookup, page: PageRequest): Promise<Page<AccessLine>>;
  /** The same of everything that concerns a programme. @param since ISO instant */
  ofProgramme(actor: OrganisationActor, programmeCode: string, since: string, page: PageRequest): Promise<Page<AccessLine>>;
  /** The numbers of entries the actor's organisation has; null where one has none yet; absent where there is no such entry. */
  numbersOf(actor: OrganisationActor, entryIds: readonly string[]): Promise<ReadonlyMap<string, number | null>>;
}
