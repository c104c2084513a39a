/**
 * All rows of a patient are withdrawn because the patient objects, for every programme of the organisation: the record, and those that
 * were merged with it, each by a submission of its own.
 */
import { GatewayError } from "../errors/gateway-error.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { PatientMerging } from "./merge-patients.ts";
import type { SubmissionStore } from "./ports.ts";
import type { WithdrawRecord } from "./withdraw-record.ts";

export interface WithdrawPatientsDependencies {
  readonly store: Pick<SubmissionStore, "transaction">;
  readonly withdrawRecord: WithdrawRecord;
  readonly unmerge: PatientMerging["unmerge"];
}

const REASON = "The patient objected to the use of the record.";
/** Gone already. */
const DONE: ReadonlySet<string> = new Set(["NOT_FOUND", "ALREADY_WITHDRAWN"]);

/** `cause`: names the withdrawals, so that they are made once. @throws GatewayError as `WithdrawRecord` */
export const createWithdrawPatients =
  ({ store, withdrawRecord, unmerge }: WithdrawPatientsDependencies) =>
  async (actor: OrganisationActor, patientIds: readonly string[], cause: string): Promise<void> => {
    const rows = await store.transaction(actor, (unit) => unit.findPatients([], patientIds));
    const [programmeCode] = actor.programmes;
    if (programmeCode === undefined || rows.length === 0) return;
    const merged = rows.filter(({ mergedInto }) => mergedInto != null);
    // Of a chain the end first: who is merged into another one has nobody merged into it then.
    for (const { id, mergedInto } of merged)
      if (mergedInto != null) await unmerge({ actor, programmeCode, winner: mergedInto, loser: id, reason: REASON });
    for (const { id } of rows) await withdrawOne(withdrawRecord, actor, { id, programmeCode, cause });
  };

async function withdrawOne(
  withdrawRecord: WithdrawRecord,
  actor: OrganisationActor,
  { id, programmeCode, cause }: { readonly id: string; readonly programmeCode: string; readonly cause: string },
): Promise<void> {
  try {
    const { results } = await withdrawRecord({
      actor,
      idempotencyKey: `objection/${cause}/${id}`,
      programmeCode,
      sourceSystem: null,
      recordType: "PATIENT",
      record: { recordId: id },
      reason: REASON,
      expectedVersion: null,
    });
    const refused = results?.find(({ outcome }) => outcome === "REJECTED");
    if (refused !== undefined) throw new Error("The record of a patient who objected could not be withdrawn");
  } catch (error) {
    if (!(error instanceof GatewayError) || !DONE.has(String(error.details?.reason ?? error.code))) throw error;
  }
}
