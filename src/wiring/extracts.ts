/** Extracts: the service, the loop that makes them where the process is a worker, and what is seen to now and then. */
import type { AgreementService } from "../agreements/agreement-service.ts";
import type { AgreementGate, ListExtracts } from "../agreements/ports.ts";
import { createLinkerLoop } from "../episodes/linker-loop.ts";
import type { MaintenanceTask } from "../jobs/maintenance.ts";
import { systemClock } from "../lib/system-clock.ts";
import { roundForDisclosure } from "../national/disclosed-count.ts";
import { describeFailure } from "../observability/logger.ts";
import { createAgreementStore } from "../persistence/agreement-store.ts";
import { createExtractStore } from "../persistence/extract-store.ts";
import { createReleaseGate } from "../persistence/release-gate.ts";
import { createWithheldPersons } from "../persistence/withheld-persons.ts";
import { attendExtracts } from "../statistics/extracts/attend-extracts.ts";
import type { ExtractKeys, WithheldPersons } from "../statistics/extracts/extract-ports.ts";
import { createExtractService, type ExtractService } from "../statistics/extracts/extract-service.ts";
import { createExtractMaker } from "../statistics/extracts/make-extract.ts";
import type { Cuts } from "./cuts.ts";
import { createListeningLoop, type ListeningLoop } from "./listening-loop.ts";
import type { Parts } from "./parts.ts";

/** What the trigger of `extract.extract` notifies (prisma/migrations/20261127000500_extracts). */
const CHANNEL = "nacr_extracts";
/** What a dead worker left is found by the next look after its lease. */
const POLL_MS = 10_000;
const FAULT_PAUSE_MS = [1_000, 60_000] as const;
const ATTEND_EVERY_MINUTES = 60;

const keysOf = ({ keys }: Pick<Parts, "keys">): ExtractKeys => ({
  prepare: async (agreementId) => {
    await keys.pseudonyms(agreementId);
  },
  macOf: async (agreementId) => (await keys.agreement(agreementId))?.mac ?? null,
});

async function withheldOf({ database, keys, config }: Parts): Promise<WithheldPersons> {
  const judgeRelease = await createReleaseGate({ keys, clock: systemClock, applyAt: config.consent.ndo.applyAt });
  return createWithheldPersons({ database, keys, clock: systemClock, judgeRelease });
}

/** What makes extracts. Does nothing until it is started. @throws KeyError, what the database throws */
export async function wireExtractMaker(
  parts: Parts,
  { published, rows }: Pick<Cuts, "published" | "rows">,
): Promise<ListeningLoop> {
  const { database, dictionary, logger, keys } = parts;
  const maker = createExtractMaker({
    store: createExtractStore(parts),
    cuts: published,
    rows,
    withheld: await withheldOf(parts),
    keys: keysOf(parts),
    agreements: createAgreementStore(parts),
    dictionary,
    sign: () => keys.certificateKey(),
    clock: systemClock,
  });
  const loop = createLinkerLoop({
    linker: maker,
    pollMs: POLL_MS,
    pauseMs: 0,
    faultPauseMs: FAULT_PAUSE_MS,
    reportBatch: (_, seconds) => logger.log("info", "extract-made", { durationMs: Math.round(seconds * 1_000) }),
    reportFault: (error) => logger.log("error", "extract-fault", describeFailure(error)),
  });
  return createListeningLoop(database, CHANNEL, loop);
}

export interface ExtractServiceParts {
  readonly gate: AgreementGate;
  readonly agreements: Pick<AgreementService, "find">;
  readonly cuts: Pick<Cuts, "published">;
}

export const wireExtracts = async (parts: Parts, { gate, agreements, cuts }: ExtractServiceParts): Promise<ExtractService> =>
  createExtractService({
    gate,
    agreements,
    cuts: cuts.published,
    store: createExtractStore(parts),
    keys: keysOf(parts),
    withheld: await withheldOf(parts),
    clock: systemClock,
    newId: parts.newId,
  });

export function extractsTask(parts: Parts): MaintenanceTask {
  const store = createExtractStore(parts);
  return {
    name: "extracts",
    everyMinutes: ATTEND_EVERY_MINUTES,
    run: async () => {
      const { config, logger } = parts;
      const withheld = await withheldOf(parts);
      const dependencies = { store, keys: keysOf(parts), withheld, clock: systemClock, keptDays: config.extractDays };
      const { removed, madeAgain, holdingWithheld } = await attendExtracts(dependencies);
      if (removed > 0) logger.log("info", "extracts-removed", { count: removed });
      if (madeAgain > 0) logger.log("info", "extracts-made-again", { count: madeAgain });
      if (holdingWithheld > 0) logger.log("warn", "extracts-holding-withheld", { count: holdingWithheld });
    },
  };
}

/** For the audit pack. */
export const createListExtracts = (parts: Pick<Parts, "database" | "keys" | "newId">): ListExtracts => {
  const store = createExtractStore(parts);
  return async (agreementId) =>
    (await store.ofAgreement(agreementId)).map(({ fields, tables, files, manifest, withheldSince, ...extract }) => ({
      ...extract,
      fields: fields.join(" "),
      tables: tables.map(({ measure, dimensions }) => [measure, ...dimensions].join(" ")).join("; "),
      files: files.map(({ name, rows }) => `${name} ${rows}`).join("; "),
      // Null: one to seven.
      personsWithheldSince: roundForDisclosure(withheldSince) ?? "1-7",
    }));
};

/** With an agreement's key go the files that were sealed with it. */
export const createRemoveExtracts = (
  parts: Pick<Parts, "database" | "keys" | "newId">,
): ((agreementId: string) => Promise<void>) => {
  const store = createExtractStore(parts);
  return (agreementId) => store.removeOfAgreement(agreementId, systemClock.now());
};
