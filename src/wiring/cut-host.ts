/** What the operator asks of a cut on the host: whether it still is what was published, and what history gives for its instant. */
import { checkCertificate, toCertificateFile } from "../destruction/certificate.ts";
import { createResolving } from "../episodes/read-journey.ts";
import { createKeyRing } from "../keys/key-ring.ts";
import { openLocalKeyFile } from "../keys/local-key-file.ts";
import { systemClock } from "../lib/system-clock.ts";
import { createUuid7 } from "../lib/uuid7.ts";
import { createCutVerificationStore } from "../persistence/cut-publication-store.ts";
import { createFrozenPersons, createFrozenRowReader } from "../persistence/cut-rows.ts";
import { createDataKeyStore } from "../persistence/database/data-key-store.ts";
import { createPersonsAsOf } from "../persistence/persons-as-of.ts";
import { createReleaseGate } from "../persistence/release-gate.ts";
import { dictionaryOf, LATEST_DATASET_VERSION } from "../records/dictionaries.ts";
import { type CutVerification, createVerifyCut } from "../statistics/cuts/verify-cut.ts";
import { createVerifyHistory, type VerifyHistory } from "../statistics/cuts/verify-history.ts";
import { makeYearInThread } from "../worker/cube-thread.ts";
import { withConfiguredDatabase } from "./audit-host.ts";

/** @returns null where there is no cut of the number. @throws StartRefused, KeyError, what the database throws */
export const verifyConfiguredCut = (number: number): Promise<CutVerification | null> =>
  withConfiguredDatabase(async (database, config) => {
    // No key file may be made here: the cut was signed with the one that is there.
    const keys = createKeyRing(await openLocalKeyFile(config.dataDir, false, false), createDataKeyStore(database));
    const { publicKey } = await keys.certificateKey();
    return createVerifyCut({
      store: createCutVerificationStore(database),
      rows: createFrozenRowReader(database, "nacr_publisher"),
      makeYear: makeYearInThread,
      isSigned: async (document, signature) => checkCertificate(toCertificateFile(document, signature), publicKey).ok,
    })(number);
  });

/**
 * The feed comes after a quiet time by seconds, after a large import by as long as it takes it to work through it: what was written in the
 * hour before a cut it may not have reached.
 */
const SETTLE_MS = 3_600_000;

/** @returns and @throws as `VerifyHistory`, and as above */
export const verifyConfiguredHistory = (number: number): ReturnType<VerifyHistory> =>
  withConfiguredDatabase(async (database, config) => {
    const keys = createKeyRing(await openLocalKeyFile(config.dataDir, false, false), createDataKeyStore(database));
    const dictionary = dictionaryOf(LATEST_DATASET_VERSION);
    if (dictionary === null) throw new Error("The latest version of the dataset is in service");
    const { applyAt } = config.consent.ndo;
    const judgeRelease = await createReleaseGate({ keys, clock: systemClock, applyAt });
    return await createVerifyHistory({
      store: createCutVerificationStore(database),
      history: createPersonsAsOf({ database, keys, dictionary, judgeRelease, clock: systemClock, newId: createUuid7() }),
      frozen: createFrozenPersons(database),
      resolving: createResolving(dictionary),
      settleMs: SETTLE_MS,
    })(number);
  });
