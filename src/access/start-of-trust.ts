/** The first two audit administrators, named on the host by whoever has the database. docs/registration.md. */
import { addDays } from "../lib/calendar-date.ts";
import type { AuditEntry } from "../records/audit-entry.ts";
import type { Identity, NewRegistration, Registration } from "./registration.ts";
import type { RegistrationChange } from "./registration-ports.ts";
import { type Moment, REVIEW } from "./registration-rules.ts";
import { readText } from "./registration-texts.ts";

/** Who acts on the host. */
const OPERATOR = "operator";
const FIRST_ADMINISTRATORS = 2;

export interface FirstAdministrator {
  readonly asked: NewRegistration;
  readonly decision: RegistrationChange["fields"];
}

/**
 * Two people of a configured issuer, in force at once: nobody is there yet who could confirm them.
 * @returns what is wrong as a sentence, where it is not two people
 */
export function nameFirstAdministrators(
  issuer: string,
  subjects: readonly string[],
  { now, today }: Moment,
): readonly FirstAdministrator[] | string {
  if (subjects.length !== FIRST_ADMINISTRATORS || new Set(subjects).size !== FIRST_ADMINISTRATORS)
    return "Name two different people with --subject, once each.";
  return subjects.map((subject) => {
    const identity: Identity = { issuer, subject: readText("subject", subject) };
    return {
      asked: {
        kind: "ADMIN",
        odsCode: null,
        role: "AUDIT_ADMIN",
        programmes: null,
        identity,
        clientId: null,
        name: "Audit administrator",
        evidence: "Named on the host.",
        requestedBy: OPERATOR,
        requestedAt: now,
      },
      decision: {
        state: "ACTIVE",
        decidedBy: OPERATOR,
        decidedAt: now,
        startsOn: today,
        endsOn: addDays(today, REVIEW.longestDays),
        effectiveAt: now,
      },
    };
  });
}

/** What the trail says of one of them. */
export const bootstrapEntry = ({ id }: Pick<Registration, "id">): AuditEntry => ({
  action: "CREATE",
  type: "BOOTSTRAP_ADMIN",
  outcome: "DONE",
  ods: null,
  agent: { id: OPERATOR, role: null, ods: null },
  correlationId: null,
  entity: { kind: "REGISTRATION", id },
  details: { kind: "ADMIN", role: "AUDIT_ADMIN" },
});
