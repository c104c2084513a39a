/**
 * Entries of the audit trail as FHIR R4 AuditEvents, in the shape of IHE's Basic Audit Log Patterns: who asked (client), who answered
 * (server), what for, and what was touched. A profile is claimed where the entry has everything the profile asks for.
 */
import type { AuditOutcome } from "../records/audit-entry.ts";

/** An entry as it is handed out. */
export interface ExportedEntry {
  readonly id: string;
  /** ISO instant. */
  readonly at: string;
  readonly sequence: number | null;
  /** FHIR's letter. */
  readonly action: string;
  readonly type: string;
  readonly outcome: AuditOutcome;
  readonly agentId: string;
  readonly agentRole: string | null;
  readonly agentOds: string | null;
  readonly correlationId: string | null;
  readonly entityKind: string | null;
  readonly entityId: string | null;
  readonly patientIds: readonly string[];
  readonly purpose: string | null;
  readonly agreementId: string | null;
}

type Json = Readonly<Record<string, unknown>>;

const TERMINOLOGY = "http://terminology.hl7.org/CodeSystem";
const PROFILES = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit";
const OURS = "https://nacr-gateway.uk/fhir";
const ODS_SYSTEM = "https://fhir.nhs.uk/Id/ods-organization-code";

const INTERACTIONS: Readonly<Record<string, string>> = { C: "create", R: "read", U: "update", D: "delete" };
const PATTERNS: Readonly<Record<string, string>> = { C: "Create", R: "Read", U: "Update", D: "Delete" };
/** HL7's words for ours. */
const PURPOSES: Readonly<Record<string, string>> = {
  CLINICAL_AUDIT: "HQUALIMP",
  DIRECT_CARE: "TREAT",
  INFORMATION_GOVERNANCE: "HCOMPL",
  STATISTICS: "HRESCH",
  ADMINISTRATION: "HSYSADMIN",
  BREAK_GLASS: "BTG",
};

const coding = (system: string, code: string, display?: string): Json => ({
  system,
  code,
  ...(display === undefined ? {} : { display }),
});
const concept = (system: string, code: string, display?: string): Json => ({ coding: [coding(system, code, display)] });
const identified = (kind: string, value: string): Json => ({ identifier: { system: `${OURS}/${kind}`, value } });

const SERVER: Json = {
  type: concept("http://dicom.nema.org/resources/ontology/DCM", "110152", "Destination Role ID"),
  who: { display: "NACR Gateway" },
  requestor: false,
};

function toClient({ agentId, agentRole }: ExportedEntry): Json {
  return {
    type: concept("http://dicom.nema.org/resources/ontology/DCM", "110153", "Source Role ID"),
    ...(agentRole === null ? {} : { role: [concept(`${OURS}/role`, agentRole)] }),
    who: identified("agent", agentId),
    requestor: true,
  };
}

function toOrganisation({ agentOds }: ExportedEntry): readonly Json[] {
  if (agentOds === null) return [];
  const type = concept(`${TERMINOLOGY}/v3-ParticipationType`, "CST", "custodian");
  return [{ type, who: { identifier: { system: ODS_SYSTEM, value: agentOds } }, requestor: false }];
}

function toEntities({ patientIds, entityKind, entityId, correlationId, agreementId }: ExportedEntry): readonly Json[] {
  const object = coding(`${TERMINOLOGY}/audit-entity-type`, "2", "System Object");
  const role = (code: string, display: string): Json => coding(`${TERMINOLOGY}/object-role`, code, display);
  const patients = patientIds.map((id) => ({
    what: identified("patient-record", id),
    type: coding(`${TERMINOLOGY}/audit-entity-type`, "1", "Person"),
    role: role("1", "Patient"),
  }));
  const of = (kind: string, id: string | null, part: Json): Json[] =>
    id === null ? [] : [{ what: identified(kind, id), type: object, role: part }];
  return [
    ...patients,
    ...of((entityKind ?? "").toLowerCase().replaceAll("_", "-"), entityId, role("4", "Domain Resource")),
    ...of("agreement", agreementId, role("12", "Data Repository")),
    ...(correlationId === null
      ? []
      : [
          {
            what: identified("correlation", correlationId),
            type: coding("https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType", "XrequestId"),
          },
        ]),
  ];
}

/** The pattern asks for exactly one patient and exactly one thing that was touched. */
function profileOf({ action, patientIds, entityId }: ExportedEntry): readonly string[] {
  const pattern = PATTERNS[action];
  if (pattern === undefined || entityId === null || patientIds.length > 1) return [];
  return [`${PROFILES}.${patientIds.length === 1 ? "Patient" : ""}${pattern}`];
}

function toPurpose(purpose: string): Json {
  const code = PURPOSES[purpose];
  return code === undefined ? { text: purpose } : { ...concept(`${TERMINOLOGY}/v3-ActReason`, code), text: purpose };
}

export function toAuditEvent(entry: ExportedEntry): Json {
  const { id, at, sequence, action, type, outcome, purpose } = entry;
  const interaction = INTERACTIONS[action];
  const profile = profileOf(entry);
  return {
    resourceType: "AuditEvent",
    id,
    ...(profile.length === 0 ? {} : { meta: { profile } }),
    ...(sequence === null ? {} : { extension: [{ url: `${OURS}/audit-sequence`, valueInteger: sequence }] }),
    type: coding(`${TERMINOLOGY}/audit-event-type`, "rest", "RESTful Operation"),
    subtype: [
      ...(interaction === undefined ? [] : [coding("http://hl7.org/fhir/restful-interaction", interaction, interaction)]),
      coding(`${OURS}/audit-type`, type),
    ],
    action,
    recorded: at,
    outcome: outcome === "DONE" ? "0" : "4",
    ...(purpose === null ? {} : { purposeOfEvent: [toPurpose(purpose)] }),
    agent: [toClient(entry), SERVER, ...toOrganisation(entry)],
    source: {
      observer: { display: "NACR Gateway" },
      type: [coding(`${TERMINOLOGY}/security-source-type`, "4", "Application Server")],
    },
    entity: toEntities(entry),
  };
}
