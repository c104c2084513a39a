/** Agreements: the service, the gate in front of what is done under them, the daily look, and the one that demo mode begins with. */
import { randomInt } from "node:crypto";
import { DEMO_IDENTITIES } from "../access/demo-identities.ts";
import { createAgreementGate } from "../agreements/agreement-gate.ts";
import { type AgreementDependencies, type AgreementService, createAgreementService } from "../agreements/agreement-service.ts";
import { attendAgreements } from "../agreements/attend-agreements.ts";
import { createAuditPack, type MakeAuditPack } from "../agreements/audit-pack.ts";
import { DEMO_CONTRACT, makeDemoAgreement } from "../agreements/demo-agreement.ts";
import type { AgreementGate } from "../agreements/ports.ts";
import type { AgreementVocabulary } from "../agreements/terms-rule.ts";
import type { MaintenanceTask } from "../jobs/maintenance.ts";
import { systemClock } from "../lib/system-clock.ts";
import { EVENT_GROUPS, NATIONS } from "../national/national-groups.ts";
import { createDestroyAgreementKey } from "../persistence/agreement-key.ts";
import { createAgreementStore, seedAgreement } from "../persistence/agreement-store.ts";
import { createCountOpenBreaches } from "../persistence/open-breaches.ts";
import { MEASURES } from "../statistics/cube/declaration.ts";
import { DIMENSIONS, LEVELS } from "../statistics/cube/dimensions.ts";
import { EXTRACT_FIELDS } from "../statistics/extracts/extract-groups.ts";
import { PROFILES } from "../statistics/profiles/disclosure-profile.ts";
import { judgeProfile } from "../statistics/profiles/read-profile.ts";
import { createListExtracts, createRemoveExtracts } from "./extracts.ts";
import type { Parts } from "./parts.ts";

const ATTEND_EVERY_MINUTES = 60;

/** No profile that withholds nothing: it is for the gateway's own use. */
const PROFILE_NAMES = PROFILES.map(({ id }) => id).filter((id) => id !== "NONE_INTERNAL");

const VOCABULARY: AgreementVocabulary = {
  measures: MEASURES.map(({ key }) => key),
  dimensions: [...LEVELS, ...DIMENSIONS.map(({ key }) => key)],
  profiles: PROFILE_NAMES,
  judgeProfile,
  fields: EXTRACT_FIELDS,
  nations: NATIONS,
  eventGroups: EVENT_GROUPS,
};

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const DIGITS = "0123456789";
const drawn = (from: string): string => from[randomInt(from.length)] ?? "";
const draw = (from: string, length: number): string => Array.from({ length }, () => drawn(from)).join("");

const dependenciesOf = (parts: Parts): AgreementDependencies => ({
  store: createAgreementStore(parts),
  clock: systemClock,
  newId: parts.newId,
  // One of six billion million: the key of the table refuses a second one.
  newAgreementId: () => `DARS-NIC-${draw(DIGITS, 5)}-${draw(LETTERS, 5)}`,
  vocabulary: VOCABULARY,
  signer: () => parts.keys.certificateKey(),
  destroyKey: createDestroy(parts),
});

/** The files first: whoever dies in between begins with them again. */
function createDestroy(parts: Parts): AgreementDependencies["destroyKey"] {
  const [removeExtracts, destroyKey] = [createRemoveExtracts(parts), createDestroyAgreementKey(parts)];
  return async (agreementId) => {
    await removeExtracts(agreementId);
    await destroyKey(agreementId);
  };
}

export interface Agreements {
  readonly service: AgreementService;
  readonly makeAuditPack: MakeAuditPack;
  readonly now: () => string;
}

export function wireAgreements(parts: Parts): Agreements {
  const dependencies = dependenciesOf(parts);
  parts.metrics.agreements.watchBreaches(createCountOpenBreaches(parts.database));
  return {
    service: createAgreementService(dependencies),
    makeAuditPack: createAuditPack({ ...dependencies, listExtracts: createListExtracts(parts) }),
    now: systemClock.now,
  };
}

/** What statistics and extracts ask before they answer. */
export const wireAgreementGate = (parts: Parts): AgreementGate => createAgreementGate(dependenciesOf(parts));

export function agreementsTask(parts: Parts): MaintenanceTask {
  const dependencies = dependenciesOf(parts);
  return {
    name: "agreements",
    everyMinutes: ATTEND_EVERY_MINUTES,
    run: async () => {
      const { chased, icoOverdue, destructionOverdue, opened } = await attendAgreements(dependencies);
      const { logger } = parts;
      if (chased > 0) logger.log("warn", "breaches-unacknowledged", { count: chased });
      if (icoOverdue > 0) logger.log("warn", "breach-ico-overdue", { count: icoOverdue });
      if (destructionOverdue > 0) logger.log("warn", "agreement-destruction-overdue", { count: destructionOverdue });
      if (opened > 0) logger.log("info", "agreement-destruction-due", { count: opened });
    },
  };
}

/** An agreement in force for the demo's analyst, where there is none. Safe to repeat. */
export async function seedDemoAgreement({ database, newId }: Pick<Parts, "database" | "newId">): Promise<void> {
  const { analyst, admin } = DEMO_IDENTITIES;
  if (analyst === undefined || admin === undefined) return;
  const agreement = makeDemoAgreement({ analyst, admin, vocabulary: VOCABULARY, now: systemClock.now(), newId });
  await seedAgreement(database, agreement, DEMO_CONTRACT);
}
