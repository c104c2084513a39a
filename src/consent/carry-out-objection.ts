/**
 * What an objection of scope ALL does to the own rows: they are withdrawn, by submissions of their own, so that history and receivers of
 * events know of it as of any withdrawal; nothing of them can be brought back; and what sealed them is destroyed. Each step may be
 * repeated: whoever finds an objection that is not carried out goes on with it.
 */
import { GatewayError } from "../errors/gateway-error.ts";
import { eachDespiteFailures } from "../lib/each-despite-failures.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { Clock } from "../submission/ports.ts";
import type { LedgerKeeper, ObjectionStore, ObjectionToCarryOut } from "./objection-ports.ts";
import type { DestroyPatient } from "./ports.ts";

/** Withdraws the patient's record with everything below it, and those that were merged with it. Does nothing where it is gone. */
export type WithdrawPatients = (actor: OrganisationActor, patientIds: readonly string[], objectionId: string) => Promise<void>;

/** Completes one objection, or all of every organisation that are not complete. @returns how many were */
export type CarryOut = (id: string | null) => Promise<number>;

export interface CarryOutDependencies {
  readonly store: Pick<ObjectionStore, "toCarryOut" | "markCarriedOut">;
  readonly ledger: Pick<LedgerKeeper, "flush">;
  readonly withdrawPatients: WithdrawPatients;
  readonly destroyPatient: DestroyPatient;
  readonly clock: Clock;
}

/** In the trail of whatever is withdrawn or destroyed because of it. */
const REASON = "The patient objected to the use of the record.";

export function createCarryOut(dependencies: CarryOutDependencies): CarryOut {
  return async (id) => {
    const objections = await dependencies.store.toCarryOut(id);
    try {
      await eachDespiteFailures(objections, (objection) => carryOut(objection, dependencies));
    } finally {
      if (objections.length > 0) await dependencies.ledger.flush();
    }
    return objections.length;
  };
}

async function carryOut(objection: ObjectionToCarryOut, dependencies: CarryOutDependencies): Promise<void> {
  const { store, withdrawPatients, destroyPatient, clock } = dependencies;
  const { actor, patientIds } = objection;
  // Destroyed before: what came back out of a backup cannot be opened any more, so it cannot be withdrawn, and is removed as it is.
  if (objection.certificateId === null) await withdrawPatients(actor, patientIds, objection.id);
  let certificateId: string | null = null;
  for (const patientId of patientIds) certificateId = (await destroy(destroyPatient, actor, patientId)) ?? certificateId;
  await store.markCarriedOut(objection, certificateId, clock.now());
}

/** Null where nothing of the patient is left, and nothing ever was destroyed. */
async function destroy(destroyPatient: DestroyPatient, actor: OrganisationActor, patientId: string): Promise<string | null> {
  try {
    return await destroyPatient(actor, patientId, REASON);
  } catch (error) {
    if (error instanceof GatewayError && error.code === "NOT_FOUND") return null;
    throw error;
  }
}
