/** The transaction in which a cut comes to be: its state, cubes, ledgers, the answer to who asked and the entry of the audit trail, or nothing. */
import type { JudgeRelease, OwnPatient } from "../consent/ports.ts";
import type { AuditEntry } from "../records/audit-entry.ts";
import type { HeldPublication, NewCut, PublishOutcome } from "../statistics/cuts/publication-ports.ts";
import { writeAuditEntry } from "./audit-entries.ts";
import { type FreezingDependencies, PATIENTS_AT_ONCE, PUBLISHER } from "./cut-freezing.ts";
import type { Transaction } from "./database/unit.ts";
import { HOLD, INSERT_CUBE, INSERT_CUT, INSERT_LEDGER, NEXT_NUMBER, PUBLISHED, SUPERSEDE } from "./sql/cut-statements.ts";
import { numberOf, type SqlRow } from "./sql-row.ts";

/** The gate's last word on everybody. */
const TIMEOUT_MS = 300_000;

/** @throws Error where the lease was lost, GatewayError DATABASE_UNAVAILABLE */
export function publishCut(
  { database, newId, clock, judgeRelease }: FreezingDependencies,
  held: HeldPublication,
  cut: NewCut,
): Promise<PublishOutcome> {
  const publish = async (tx: Transaction): Promise<PublishOutcome> => {
    const [own] = await tx.$queryRaw<SqlRow[]>(HOLD([held.id, held.leaseId]));
    if (own === undefined) throw new Error("The lease of the publication was lost");
    const [next] = await tx.$queryRaw<SqlRow[]>(NEXT_NUMBER([]));
    if (next === undefined) throw new Error("There is no number for the cut");
    const publishedAt = clock.now();
    if (await isAnybodyWithheld(tx, judgeRelease, cut.frozen.patients, clock.today())) return { kind: "GATE_CHANGED" };
    const { cutId } = cut.frozen;
    const number = numberOf(next, "number");
    await insertCut(tx, held, cut, { number, publishedAt });
    await tx.$executeRaw(PUBLISHED([held.id, held.leaseId, cutId]));
    await writeAuditEntry(tx, { ...publicationEntry(held), entity: { kind: "CUT", id: cutId }, details: { number } }, newId);
    return { kind: "PUBLISHED", cutId, number };
  };
  return database.withRole(PUBLISHER, publish, { timeoutMs: TIMEOUT_MS });
}

async function isAnybodyWithheld(
  tx: Transaction,
  judgeRelease: JudgeRelease<Transaction>,
  patients: readonly OwnPatient[],
  today: string,
): Promise<boolean> {
  for (let at = 0; at < patients.length; at += PATIENTS_AT_ONCE) {
    const withheld = await judgeRelease(tx, patients.slice(at, at + PATIENTS_AT_ONCE), "RELEASE", today);
    if (withheld.size > 0) return true;
  }
  return false;
}

interface PublishedAs {
  readonly number: number;
  readonly publishedAt: string;
}

async function insertCut(
  tx: Transaction,
  held: HeldPublication,
  { frozen: { cutId, asOf }, years, sign }: NewCut,
  as: PublishedAs,
): Promise<void> {
  const { manifest, signature } = sign(as);
  await tx.$executeRaw(SUPERSEDE([]));
  const isSynthetic = held.syntheticJourneys !== null;
  await tx.$executeRaw(INSERT_CUT([cutId, as.number, asOf, as.publishedAt, held.askedBy, manifest, signature, isSynthetic]));
  for (const { auditYear, published } of years) {
    if (published === null) continue;
    const { cube, digest, ledger } = published;
    await tx.$executeRaw(INSERT_CUBE([cutId, auditYear, digest, Buffer.from(cube).toString("hex")]));
    await tx.$executeRaw(INSERT_LEDGER([cutId, auditYear, Buffer.from(ledger).toString("hex")]));
  }
}

/** Of whoever asked; the gateway itself asks for generated ones only. */
export const publicationEntry = ({ id, askedBy, syntheticJourneys }: HeldPublication): AuditEntry => ({
  action: "EXECUTE",
  type: "PUBLISH_CUT",
  outcome: "DONE",
  ods: null,
  agent: { id: askedBy, role: syntheticJourneys === null ? "AUDIT_ADMIN" : null, ods: null },
  correlationId: null,
  entity: { kind: "CUT_PUBLICATION", id },
});
