import { Fhir } from "fhir/fhir.js";
import { describe, expect, it } from "vitest";
import { type ExportedEntry, toAuditEvent } from "../../../src/audit/to-audit-event.ts";

const ENTRY: ExportedEntry = {
  id: "01890000-0000-7000-8000-000000000001",
  at: "2026-03-02T09:00:00.000Z",
  sequence: 7,
  action: "R",
  type: "READ_HISTORY",
  outcome: "DONE",
  agentId: "team-client",
  agentRole: "CLINICAL_TEAM",
  agentOds: "RXX",
  correlationId: "c-00000001",
  entityKind: "RECORD",
  entityId: "01890000-0000-7000-8000-0000000000bb",
  patientIds: ["01890000-0000-7000-8000-0000000000aa"],
  purpose: "DIRECT_CARE",
  agreementId: null,
};

const NOBODY = { agentRole: null, agentOds: null, correlationId: null, purpose: null } as const;
const ENTRIES: readonly (readonly [string, ExportedEntry])[] = [
  ["a reading of one patient", ENTRY],
  [
    "a list of patients",
    { ...ENTRY, entityKind: null, entityId: null, patientIds: [ENTRY.id, "01890000-0000-7000-8000-0000000000cc"] },
  ],
  ["a submission", { ...ENTRY, action: "C", type: "SUBMIT", entityKind: "SUBMISSION", patientIds: [] }],
  [
    "a refusal of nobody known",
    { ...ENTRY, ...NOBODY, action: "E", type: "REFUSE_ASSERTION", outcome: "REFUSED", sequence: null },
  ],
  ["an extract under an agreement", { ...ENTRY, action: "E", agreementId: "DSA-1", purpose: "something declared" }],
  ["break-glass", { ...ENTRY, action: "U", purpose: "BREAK_GLASS" }],
  ["a withdrawal", { ...ENTRY, action: "D", type: "WITHDRAW_SUBMISSION", patientIds: [] }],
];

const errorsOf = (resource: object) => new Fhir().validate(resource, {}).messages.filter(({ severity }) => severity === "error");

describe("an entry as a FHIR AuditEvent", () => {
  it.each(ENTRIES)("of %s is valid R4", (_name, entry) => {
    expect(errorsOf(toAuditEvent(entry))).toEqual([]);
  });

  it("is looked at by a validator that finds what is wrong (control)", () => {
    const { recorded: _, ...unrecorded } = toAuditEvent(ENTRY);
    expect(errorsOf(unrecorded).length).toBeGreaterThan(0);
    expect(errorsOf({ ...toAuditEvent(ENTRY), outcome: "fine" }).length).toBeGreaterThan(0);
  });

  it("claims a pattern of IHE only where it has what the pattern asks for", () => {
    const profiles = ENTRIES.map(([name, entry]) => [
      name,
      Object(toAuditEvent(entry)).meta?.profile?.[0].split(".").at(-1) ?? null,
    ]);
    expect(Object.fromEntries(profiles)).toEqual({
      "a reading of one patient": "PatientRead",
      "a list of patients": null,
      "a submission": "Create",
      "a refusal of nobody known": null,
      "an extract under an agreement": null,
      "break-glass": "PatientUpdate",
      "a withdrawal": "Delete",
    });
  });

  it("says who asked, who answered, for whom and why", () => {
    expect(toAuditEvent(ENTRY)).toMatchObject({
      action: "R",
      outcome: "0",
      purposeOfEvent: [{ coding: [{ code: "TREAT" }], text: "DIRECT_CARE" }],
      agent: [
        { who: { identifier: { value: "team-client" } }, role: [{ coding: [{ code: "CLINICAL_TEAM" }] }], requestor: true },
        { who: { display: "NACR Gateway" }, requestor: false },
        { who: { identifier: { value: "RXX" } } },
      ],
    });
  });
});
