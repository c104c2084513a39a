/**
 * Destroys what is stored of a patient, for ever. First the rows, in one transaction that also notes which secrets are to go; then the
 * secrets; then the certificate. Whoever dies in between leaves a note, and any process that finds it goes on: the other way round a
 * failed transaction would leave a patient that nobody can read.
 */
import { GatewayError } from "../errors/gateway-error.ts";
import { eachDespiteFailures } from "../lib/each-despite-failures.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { Clock, NewId } from "../submission/ports.ts";
import { readReason } from "../submission/read-reason.ts";
import type { DestructionKeys, DestructionRequest, DestructionStore, ErasedPatient } from "./destruction-ports.ts";

export interface DestructionDependencies {
  readonly store: DestructionStore;
  readonly keys: DestructionKeys;
  readonly clock: Clock;
  readonly newId: NewId;
}

/** Submissions in hand take less than a second, files a few minutes. */
const RETRY_AFTER_SECONDS = 60;

const THE_GATEWAY = { clientId: "gateway", role: null } as const;
const RETURNED = "The patient was destroyed before and came back with a restored database.";

/** @returns the id of the certificate. @throws GatewayError BAD_USER_INPUT, NOT_FOUND, CONFLICT, DATABASE_UNAVAILABLE, OVERLOADED */
export type DestroyPatientOf = (
  actor: OrganisationActor,
  patientId: string,
  reason: string,
  correlationId?: string,
) => Promise<string>;

export function createDestroyPatient(dependencies: DestructionDependencies): DestroyPatientOf {
  return async (actor, patientId, reason, correlationId) => {
    const authorisedBy = { clientId: actor.clientId, role: actor.role, ods: actor.ods };
    const text = readReason(reason, "reason");
    return await destroy({ authorisedBy, patientId, reason: text, correlationId: correlationId ?? null }, dependencies);
  };
}

type Wish = Pick<DestructionRequest, "authorisedBy" | "patientId" | "reason" | "correlationId">;

async function destroy(wish: Wish, dependencies: DestructionDependencies): Promise<string> {
  const { store, clock, newId } = dependencies;
  const result = await store.erase({ ...wish, id: newId(), auditEventId: newId(), at: clock.now() });
  if (result.state === "NOT_FOUND") throw new GatewayError("NOT_FOUND", "The patient does not exist.");
  if (result.state === "UNFINISHED")
    throw new GatewayError(
      "CONFLICT",
      "Submissions that name the patient are being worked on. Try again when they are finished.",
      {
        details: { reason: "SUBMISSION_UNFINISHED" },
        retryable: true,
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      },
    );
  for (const erased of await store.unfinished(result.id)) await finish(erased, dependencies);
  return result.id;
}

/**
 * In a database that was restored from a copy of before: what was destroyed is there again, and cannot be read. It is destroyed anew.
 * @returns how many patients. @throws what destroying throws
 */
export async function destroyReturned(dependencies: DestructionDependencies): Promise<number> {
  const returned = await dependencies.store.returned();
  await eachDespiteFailures(returned, async ({ ods, patientId }) => {
    await destroy({ authorisedBy: { ...THE_GATEWAY, ods }, patientId, reason: RETURNED, correlationId: null }, dependencies);
  });
  return returned.length;
}

/** Goes on with what a process began that died. @returns how many were finished. @throws what destroying throws */
export async function finishDestructions(dependencies: DestructionDependencies): Promise<number> {
  const unfinished = await dependencies.store.unfinished(null);
  await eachDespiteFailures(unfinished, (erased) => finish(erased, dependencies));
  return unfinished.length;
}

/** Twice does no harm: destroyed secrets stay destroyed, and the first certificate stands. */
async function finish(erased: ErasedPatient, { store, keys, clock }: DestructionDependencies): Promise<void> {
  const generation = await keys.destroy(erased.leaves);
  const certifiedAt = clock.now();
  const { document, signature } = await keys.sign({ ...erased, certifiedAt });
  await store.certify({ id: erased.id, ods: erased.ods, certifiedAt, generation, document, signature });
}
