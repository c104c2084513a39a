/** The gate in front of everything that is done under an agreement. */
import { canonicalJson } from "../lib/canonical-json.ts";
import { type AuditEntry, agentOf } from "../records/audit-entry.ts";
import type { Agreement } from "./agreement.ts";
import { judgeUse, type UseRefusal } from "./judge-use.ts";
import { digestOf, maySee, noSuchAgreement } from "./lifecycle.ts";
import type { AgreementGate, AgreementStore, AskedUse, LoggedUse } from "./ports.ts";

export interface GateDependencies {
  readonly store: Pick<AgreementStore, "find" | "recordUse" | "recordEntry">;
  readonly clock: { now(): string };
  readonly newId: () => string;
}

/** A purpose or a question of a stranger may be any text: of a refused use as much is kept as tells two of them apart. */
const LONGEST_PURPOSE = 100;
const LONGEST_QUESTION = 20_000;
/** What the database can store: many lines are written together, and one that it refuses would take the others' uses with it. */
const cutTo = (longest: number, text: string): string => text.slice(0, longest).toWellFormed().replaceAll("\u0000", "\uFFFD");

export function createAgreementGate({ store, clock, newId }: GateDependencies): AgreementGate {
  const log = async (asked: AskedUse, at: string, told: Told): Promise<void> => {
    const line = toLine(asked, at, told, newId());
    await store.recordUse(line, toEntry(asked, line));
  };
  return {
    use: async (asked, answer) => {
      const at = clock.now();
      const agreement = await findSeen(asked, store);
      const judgement = judgeUse(agreement, { ...asked, person: asked.actor.clientId, at });
      if (!judgement.permitted) {
        await log(asked, at, { outcome: "REFUSED", version: null, refusals: judgement.refusals });
        return judgement;
      }
      const { permission } = judgement;
      const answered = await answer(permission).catch(async (error: unknown) => {
        await log(asked, at, { outcome: "UNANSWERED", version: permission.version });
        throw error;
      });
      const { result, cutId, cellsReturned } = answered;
      await log(asked, at, { outcome: "PERMITTED", version: permission.version, cutId, cellsReturned });
      return { permitted: true, result, permission };
    },
  };
}

/** Somebody asked under an agreement that is not there, or that does not name them: in no agreement's log, and hence told apart. */
const FOREIGN_USE = "USE_FOREIGN_AGREEMENT";

/** Of what the actor may not know of the trail says that it was tried, in the same words and as many statements as of nothing. */
async function findSeen(asked: AskedUse, store: GateDependencies["store"]): Promise<Agreement> {
  const agreement = await store.find(asked.agreementId);
  if (agreement !== null && maySee(agreement, asked.actor)) return agreement;
  const known = agreement === null ? {} : aboutAgreement(agreement.id);
  await store.recordEntry({ ...entryOfUse(asked), ...known, type: FOREIGN_USE, outcome: "REFUSED" });
  throw noSuchAgreement();
}

type Told = Pick<LoggedUse, "outcome" | "version"> &
  Partial<Pick<LoggedUse, "cutId" | "cellsReturned">> & { readonly refusals?: readonly UseRefusal[] };

function toLine(asked: AskedUse, at: string, told: Told, id: string): LoggedUse {
  return {
    id,
    agreementId: asked.agreementId,
    at,
    clientId: asked.actor.clientId,
    purpose: cutTo(LONGEST_PURPOSE, asked.purpose),
    product: asked.product,
    question: cutTo(LONGEST_QUESTION, canonicalJson(asked.question)),
    questionDigest: digestOf(asked.question),
    cutId: null,
    cellsReturned: null,
    refusals: [],
    ...told,
  };
}

const aboutAgreement = (id: string): Pick<AuditEntry, "entity" | "agreementId"> => ({
  entity: { kind: "AGREEMENT", id },
  agreementId: id,
});

const entryOfUse = ({ actor }: AskedUse): AuditEntry => ({
  action: "EXECUTE",
  type: "USE_AGREEMENT",
  outcome: "DONE",
  ods: null,
  agent: agentOf(actor),
  correlationId: actor.correlationId ?? null,
});

/** A purpose that the agreement does not declare is whatever somebody wrote: it stands in the agreement's log, not in the trail. */
const toEntry = (asked: AskedUse, { id, agreementId, outcome, purpose, refusals, cellsReturned }: LoggedUse): AuditEntry => ({
  ...entryOfUse(asked),
  ...aboutAgreement(agreementId),
  outcome: outcome === "REFUSED" ? "REFUSED" : "DONE",
  ...(refusals.includes("PURPOSE_NOT_DECLARED") || outcome === "REFUSED" ? {} : { purpose }),
  details: { use: id, outcome, ...(cellsReturned === null ? {} : { cells: cellsReturned }), refusals: refusals.join(" ") },
});
