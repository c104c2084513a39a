/** An answer of the opt-out check against its question: it counts as a whole or not at all. */
import { OPT_OUT_STATES, type OptOutSettled, type OptOutSettlement } from "../consent/opt-out-ports.ts";
import type { PseudonymKey } from "../keys/key-ring.ts";
import { agentOf } from "../records/audit-entry.ts";
import type { NewId } from "../submission/ports.ts";
import { writeAuditEntry } from "./audit-entries.ts";
import { asConsent } from "./concerned-patients.ts";
import type { Transaction } from "./database/unit.ts";
import { markDue } from "./national-due.ts";
import { numberedPatients } from "./numbered-patients.ts";
import { toArrayLiteral, toColumnLiteral } from "./sql/array-literal.ts";
import { KEEP_ANSWERS, LOCK_REQUEST, SETTLE_REQUEST } from "./sql/opt-out-statements.ts";
import { type SqlRow, textOf, textsOf, wordOf } from "./sql-row.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const later = (instant: string, ms: number): string => new Date(Date.parse(instant) + ms).toISOString();

export interface SettlingTerms {
  readonly answerHours: number;
  readonly cacheDays: number;
  readonly newId: NewId;
  readonly key: PseudonymKey;
  readonly keyOf: (nhsNumber: string) => string;
}

/** Under the role of whoever brings the answer: the organisation's, or `nacr_consent`. */
export async function settle(tx: Transaction, settlement: OptOutSettlement, terms: SettlingTerms): Promise<OptOutSettled> {
  const { which, actor } = settlement;
  const names = "id" in which ? [null, which.id] : [which.reference, null];
  const request = await asConsent(tx, async () => (await tx.$queryRaw<SqlRow[]>(LOCK_REQUEST([...names, settlement.ods])))[0]);
  if (request === undefined) return { accepted: false, refusal: "UNKNOWN_REQUEST" };
  const [id, ods] = [textOf(request, "id"), textOf(request, "ods")];
  const settled = await asConsent(tx, () => judgeAnswer(tx, request, settlement, terms));
  const act = { action: "EXECUTE", type: "IMPORT_OPT_OUTS", ods, entity: { kind: "OPT_OUT_REQUEST", id } } as const;
  const agent = actor === null ? { id: "gateway", role: null, ods: null } : agentOf(actor);
  const result = settled.accepted
    ? ({ outcome: "DONE" } as const)
    : ({ outcome: "REFUSED", details: { reason: settled.refusal } } as const);
  await writeAuditEntry(tx, { ...act, agent, correlationId: actor?.correlationId ?? null, ...result }, terms.newId);
  return settled;
}

async function judgeAnswer(
  tx: Transaction,
  request: SqlRow,
  { nhsNumbers, at }: OptOutSettlement,
  terms: SettlingTerms,
): Promise<OptOutSettled> {
  const [id, requestedAt] = [textOf(request, "id"), textOf(request, "requested_at")];
  if (wordOf(request, "state", OPT_OUT_STATES) !== "SENT") return { accepted: false, refusal: "SETTLED" };
  const refuse = async (refusal: "LATE" | "NEVER_ASKED" | "UNREADABLE"): Promise<OptOutSettled> => {
    await tx.$executeRaw(SETTLE_REQUEST([id, refusal === "LATE" ? "LAPSED" : "REFUSED", at]));
    return { accepted: false, refusal };
  };
  if (Date.parse(at) > Date.parse(requestedAt) + terms.answerHours * HOUR_MS) return await refuse("LATE");
  if (nhsNumbers === null) return await refuse("UNREADABLE");
  const asked = textsOf(request, "keys");
  const [expected, usable] = [new Set(asked), new Set(nhsNumbers.map(terms.keyOf))];
  if ([...usable].some((key) => !expected.has(key))) return await refuse("NEVER_ASKED");
  const columns = [toArrayLiteral(asked), toColumnLiteral(asked, (key) => usable.has(key))];
  await tx.$executeRaw(KEEP_ANSWERS([...columns, later(requestedAt, terms.cacheDays * DAY_MS)]));
  await tx.$executeRaw(SETTLE_REQUEST([id, "ANSWERED", at]));
  await tellNationalSide(tx, textOf(request, "ods"), expected, terms.key);
  return { accepted: true };
}

async function tellNationalSide(tx: Transaction, ods: string, keys: ReadonlySet<string>, key: PseudonymKey): Promise<void> {
  for await (const page of numberedPatients(tx, ods, key)) {
    const concerned = page.filter((patient) => keys.has(patient.key));
    await markDue(
      tx,
      concerned.map(({ id }) => ({ ods, patientId: id })),
    );
  }
}
