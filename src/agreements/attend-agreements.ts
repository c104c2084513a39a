/** What is seen to without anybody asking: reminders of breaches, tasks of destruction, keys of what was destroyed. Access ends without it. */
import { toLondonDate } from "../lib/calendar-date.ts";
import { eachDespiteFailures } from "../lib/each-despite-failures.ts";
import type { AuditEntry } from "../records/audit-entry.ts";
import type { Agreement } from "./agreement.ts";
import { type AgreementDependencies, finishDestruction } from "./agreement-service.ts";
import { chaseBreaches, isIcoOverdue } from "./breaches.ts";
import { type Decider, openDestruction } from "./lifecycle.ts";
import { statusOf } from "./standing.ts";

export interface Attended {
  /** Reports of breaches that were chased. */
  readonly chased: number;
  /** Breaches whose 72 hours are over without a decision, or without the report it asks for. */
  readonly icoOverdue: number;
  /** Agreements whose destruction is overdue. */
  readonly destructionOverdue: number;
  /** Tasks of destruction that were opened. */
  readonly opened: number;
}

const NOTHING: Attended = { chased: 0, icoOverdue: 0, destructionOverdue: 0, opened: 0 };

/** Once an hour or a day, by one process; one that cannot be seen to keeps no other waiting. @throws GatewayError DATABASE_UNAVAILABLE */
export async function attendAgreements(
  dependencies: Pick<AgreementDependencies, "store" | "clock" | "newId" | "destroyKey">,
): Promise<Attended> {
  const { store, clock, newId } = dependencies;
  const now = clock.now();
  const decider: Decider = { actor: null, now, newId };
  let total = NOTHING;
  await eachDespiteFailures(await store.attended(now), async (id) => {
    const agreement = await store.change(id, null, (found) => {
      const attended = attend(found, decider);
      return {
        agreement: attended,
        entry: attended === found ? null : attendEntry(id, attended.steps.length - found.steps.length),
      };
    });
    if (agreement === null) return;
    total = add(total, agreement, now);
    if (agreement.destroyedAt !== null && agreement.keyDestroyedAt === null) await finishDestruction(dependencies, id);
  });
  return total;
}

function attend(agreement: Agreement, decider: Decider): Agreement {
  const chased = chaseBreaches(agreement, decider);
  return statusOf(agreement, decider.now) === "EXPIRED" ? openDestruction(chased, "EXPIRED", decider) : chased;
}

function add(total: Attended, agreement: Agreement, now: string): Attended {
  const { breaches, steps, destruction } = agreement;
  const taken = (step: string): number => steps.filter((one) => one.step === step && one.at === now).length;
  const isOverdue = destruction !== null && destruction.certifiedAt === null && destruction.dueOn < toLondonDate(new Date(now));
  return {
    chased: total.chased + taken("BREACH_CHASED"),
    opened: total.opened + taken("DESTRUCTION_DUE"),
    icoOverdue: total.icoOverdue + breaches.filter((breach) => isIcoOverdue(breach, now)).length,
    destructionOverdue: total.destructionOverdue + Number(isOverdue),
  };
}

const attendEntry = (id: string, steps: number): AuditEntry => ({
  action: "UPDATE",
  type: "ATTEND_AGREEMENT",
  outcome: "DONE",
  ods: null,
  agent: { id: "gateway", role: null, ods: null },
  correlationId: null,
  entity: { kind: "AGREEMENT", id },
  agreementId: id,
  details: { steps },
});
