/** Whose reports somebody may see. A programme that is not the caller's and one that is not registered are answered alike. */
import { GatewayError } from "../errors/gateway-error.ts";
import type { Actor, OrganisationActor } from "../records/actor.ts";
import { type AuditEntry, entryOf } from "../records/audit-entry.ts";
import type { ReportingScope, ReportingStore } from "./reporting-ports.ts";

type FindProgramme = Pick<ReportingStore, "programme">;

const LONGEST_CODE = 64;

const refuse = (): GatewayError => new GatewayError("FORBIDDEN", "The programme is none of yours.");

/** @throws GatewayError FORBIDDEN */
export async function requireOwnProgramme(store: FindProgramme, actor: Actor, code: string): Promise<ReportingScope> {
  if (actor.ods === null || !actor.programmes.includes(code)) throw refuse();
  const programme = await store.programme(code);
  if (programme === null || programme.ods !== actor.ods) throw refuse();
  return { programme, view: "OWN" };
}

/** An administrator of the audit sees any programme, from outside. @throws GatewayError FORBIDDEN */
export async function requireProgramme(store: FindProgramme, actor: Actor, code: string): Promise<ReportingScope> {
  if (actor.role !== "AUDIT_ADMIN") return await requireOwnProgramme(store, actor, code);
  const programme = code.length > LONGEST_CODE || code.includes("\u0000") ? null : await store.programme(code);
  if (programme === null) throw refuse();
  return { programme, view: "ADMINISTRATION" };
}

/** @throws GatewayError FORBIDDEN for an actor that acts for no organisation */
export function requireActing(actor: Actor): OrganisationActor {
  if (actor.ods === null) throw refuse();
  return { ...actor, ods: actor.ods };
}

/** One entry for a report, in the log of the organisation whose programme it is of. */
export const toReportEntry = (
  actor: Actor,
  { programme }: ReportingScope,
  act: Pick<AuditEntry, "action" | "type"> & Partial<AuditEntry>,
): AuditEntry =>
  entryOf(actor, {
    ods: programme.ods,
    programmeCode: programme.code,
    entity: { kind: "PROGRAMME", id: programme.code },
    ...act,
  });
