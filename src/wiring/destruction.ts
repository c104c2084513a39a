/** Destroying single patients: what destroys, what attests it, and what goes on where a process died over it. */
import { type CertificateFacts, writeCertificate } from "../destruction/certificate.ts";
import {
  createDestroyPatient,
  type DestroyPatientOf,
  destroyReturned,
  finishDestructions,
} from "../destruction/destroy-patient.ts";
import type { CertificateReader, DestructionKeys } from "../destruction/destruction-ports.ts";
import type { MaintenanceTask } from "../jobs/maintenance.ts";
import type { KeyRing } from "../keys/key-ring.ts";
import { systemClock } from "../lib/system-clock.ts";
import { createCertificateReader } from "../persistence/certificate-store.ts";
import { createDestructionStore } from "../persistence/destruction-store.ts";
import type { Parts } from "./parts.ts";

export interface Destruction {
  readonly destroyPatient: DestroyPatientOf;
  readonly certificates: CertificateReader;
}

const FINISH_EVERY_MINUTES = 5;
/** Of the tree of secrets a certificate names as much as tells it from another one. */
const ERASURE_ID_LENGTH = 16;

const dependenciesOf = (parts: Parts) => ({
  store: createDestructionStore(parts),
  keys: createDestructionKeys(parts.keys),
  clock: systemClock,
  newId: parts.newId,
});

export const wireDestruction = (parts: Parts): { readonly destruction: Destruction } => ({
  destruction: { destroyPatient: createDestroyPatient(dependenciesOf(parts)), certificates: createCertificateReader(parts) },
});

/** Of destructions that were begun by a process that died, and of patients that a restored database brought back. */
export function finishDestructionsTask(parts: Parts): MaintenanceTask {
  const dependencies = dependenciesOf(parts);
  return {
    name: "destructions",
    everyMinutes: FINISH_EVERY_MINUTES,
    run: async () => {
      const count = (await finishDestructions(dependencies)) + (await destroyReturned(dependencies));
      if (count > 0) parts.logger.log("info", "destructions-finished", { count });
    },
  };
}

function createDestructionKeys(keys: KeyRing): DestructionKeys {
  return {
    destroy: async (leaves) => {
      await keys.erasure.destroy(leaves);
      return keys.erasure.generation;
    },
    sign: async (facts: CertificateFacts) => {
      const [organisation, signing] = await Promise.all([keys.organisation(facts.ods), keys.certificateKey()]);
      const document = writeCertificate(facts, {
        digestKey: organisation.keyId,
        erasureKey: keys.erasure.id.slice(0, ERASURE_ID_LENGTH),
        signingKey: signing.id,
      });
      return { document, signature: signing.sign(document) };
    },
  };
}
