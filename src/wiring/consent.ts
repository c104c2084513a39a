/** What patients decided, the opt-out check, and the reference under which the national side is fed. */

import type { Config } from "../config/load-config.ts";
import { createCarryOut } from "../consent/carry-out-objection.ts";
import type { LedgerKeeper, ListCutsOfObjection } from "../consent/objection-ports.ts";
import { createObjectionService, type ObjectionService } from "../consent/objection-service.ts";
import { createOptOutCheck, type OpenSentAnswer, type OptOutCheck } from "../consent/opt-out-check.ts";
import type { OptOutExchange } from "../consent/opt-out-ports.ts";
import { ANSWER_BYTES } from "../consent/read-answer.ts";
import { createSection251Service, type Section251Service } from "../consent/section-251.ts";
import type { MaintenanceTask } from "../jobs/maintenance.ts";
import type { KeyRing } from "../keys/key-ring.ts";
import { systemClock } from "../lib/system-clock.ts";
import { describeFailure, type Logger } from "../observability/logger.ts";
import { createListCutsOfObjection } from "../persistence/cuts-of-objection.ts";
import type { Database } from "../persistence/database/database.ts";
import { createLedgerKeeper } from "../persistence/ledger-keeper.ts";
import { createForgettingLedger, createLedgerFile } from "../persistence/objection-ledger.ts";
import { createObjectionStore } from "../persistence/objection-store.ts";
import { createOptOutStore } from "../persistence/opt-out-store.ts";
import { PatientIdentities } from "../persistence/patient-identities.ts";
import { createSection251Store } from "../persistence/section-251-store.ts";
import { createUnitRunner } from "../persistence/unit-runner.ts";
import { createMeshFolder } from "../sources/opt-out/mesh-folder.ts";
import { createStubExchange, optedOutInDemo } from "../sources/opt-out/stub-exchange.ts";
import { removeUpload } from "../sources/uploads/remove-upload.ts";
import { createWithdrawPatients } from "../submission/withdraw-patients.ts";
import { wireDestruction } from "./destruction.ts";
import type { Parts } from "./parts.ts";
import { wireMerging } from "./patient-merging.ts";
import { wireRecordWithdrawal } from "./record-withdrawal.ts";
import type { Uploads } from "./uploads.ts";

const UPKEEP_EVERY_MINUTES = 1;
const ASK_EVERY_MINUTES = 10;
/** The check answers within the hour; what takes longer than this is asked again. */
const ANSWER_HOURS = 48;
/** A day before an answer runs out the next one is asked for: a check that is down for hours withholds nobody. */
const RENEWAL_HOURS = 24;

/**
 * Opens the ledger and puts into the database what it lost. To be called before anything is served.
 * @throws StartRefused where a line of it was altered
 */
export async function openLedger(
  config: Pick<Config, "consent">,
  { database, keys, newId, logger }: { database: Database; keys: KeyRing; newId: () => string; logger: Logger },
): Promise<LedgerKeeper> {
  const { ledgerFile } = config.consent;
  // The keys that digests are made with are there from the first start on: every backup has them.
  const [key] = await Promise.all([keys.pseudonyms("ledger"), keys.pseudonyms("opt-out"), keys.link()]);
  const ledger = ledgerFile === null ? createForgettingLedger() : createLedgerFile(ledgerFile, key.mac);
  const keeper = createLedgerKeeper({ database, ledger, newId });
  const count = await keeper.replay();
  if (count > 0) logger.log("warn", "objections-replayed", { count });
  await keeper.flush();
  return keeper;
}

const carryOutOf = (parts: Parts) => {
  const { withdrawRecord } = wireRecordWithdrawal(parts);
  const { merging } = wireMerging(parts);
  return createCarryOut({
    store: createObjectionStore(parts),
    ledger: parts.ledger,
    withdrawPatients: createWithdrawPatients({
      store: { transaction: createUnitRunner(parts) },
      withdrawRecord,
      unmerge: merging.unmerge,
    }),
    destroyPatient: wireDestruction(parts).destruction.destroyPatient,
    clock: systemClock,
  });
};

export interface Consent {
  readonly objections: ObjectionService;
  readonly optOuts: OptOutCheck;
  readonly section251: Section251Service;
  readonly listCuts: ListCutsOfObjection;
}

export function wireConsent(parts: Parts, uploads: Pick<Uploads, "reader" | "dependencies">): { readonly consent: Consent } {
  const { newId, ledger } = parts;
  return {
    consent: {
      objections: createObjectionService({
        store: createObjectionStore(parts),
        ledger,
        carryOut: carryOutOf(parts),
        clock: systemClock,
        newId,
        reportFault: (error) => parts.logger.log("error", "objection-fault", describeFailure(error)),
      }),
      optOuts: wireOptOutCheck(parts, uploads),
      section251: createSection251Service({ store: createSection251Store(parts), newId }),
      listCuts: createListCutsOfObjection(parts),
    },
  };
}

/** What was to stand in the ledger, and what was to be done to own rows, where a process died over it. */
export function consentTask(parts: Parts): MaintenanceTask {
  const carryOut = carryOutOf(parts);
  return {
    name: "consent",
    everyMinutes: UPKEEP_EVERY_MINUTES,
    run: async () => {
      await parts.ledger.flush();
      const count = await carryOut(null);
      if (count > 0) parts.logger.log("info", "objections-carried-out", { count });
    },
  };
}

export function optOutTask(parts: Parts, uploads: Pick<Uploads, "reader" | "dependencies">): MaintenanceTask {
  const check = wireOptOutCheck(parts, uploads);
  return {
    name: "opt-outs",
    everyMinutes: ASK_EVERY_MINUTES,
    run: async () => {
      const { asked, refused, lapsed } = await check.work();
      if (asked > 0) parts.logger.log("info", "opt-outs-asked", { count: asked });
      if (refused > 0) parts.logger.log("warn", "opt-out-answers-refused", { count: refused });
      if (lapsed > 0) parts.logger.log("warn", "opt-out-answers-missing", { count: lapsed });
    },
  };
}

function wireOptOutCheck(parts: Parts, uploads: Pick<Uploads, "reader" | "dependencies">): OptOutCheck {
  const { config, database, keys, newId, dictionary } = parts;
  const patient = dictionary.recordType("PATIENT");
  const openIdentities = async (ods: string) => {
    const [organisation, link] = await Promise.all([keys.organisation(ods), keys.link()]);
    const identities = new PatientIdentities(ods, organisation, link, patient);
    return identities.open.bind(identities);
  };
  const terms = { answerHours: ANSWER_HOURS, cacheDays: config.consent.ndo.cacheDays };
  return createOptOutCheck({
    store: createOptOutStore({ database, keys, newId, openIdentities, ...terms }),
    exchange: openExchange(config),
    openSentAnswer: openSentAnswer(uploads),
    clock: systemClock,
    answerHours: ANSWER_HOURS,
    renewalHours: Math.min(RENEWAL_HOURS, config.consent.ndo.cacheDays * 12),
  });
}

function openExchange({ mode, consent: { mesh, ndo } }: Config): OptOutExchange | null {
  // Nobody's number leaves for an answer that nobody asks for.
  if (ndo.applyAt === "NONE") return null;
  if (mesh !== null) return createMeshFolder(mesh);
  return mode === "demo" ? createStubExchange(optedOutInDemo) : null;
}

const openSentAnswer =
  ({ reader, dependencies }: Pick<Uploads, "reader" | "dependencies">): OpenSentAnswer =>
  async (actor, uploadId) => {
    const upload = await reader.find(actor, uploadId);
    if (upload === null || upload.receivedBytes > ANSWER_BYTES) return null;
    const content = await reader.open(actor.ods, upload.id);
    const bytes = await content.read(0, content.bytes);
    return { text: bytes.toString("utf8"), discard: async () => void (await removeUpload(dependencies, actor.ods, upload.id)) };
  };
