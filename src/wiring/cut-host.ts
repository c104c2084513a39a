/** What the operator asks of a cut on the host: whether it still is what was published. */
import { checkCertificate, toCertificateFile } from "../destruction/certificate.ts";
import { createKeyRing } from "../keys/key-ring.ts";
import { openLocalKeyFile } from "../keys/local-key-file.ts";
import { createCutVerificationStore } from "../persistence/cut-publication-store.ts";
import { createFrozenRowReader } from "../persistence/cut-rows.ts";
import { createDataKeyStore } from "../persistence/database/data-key-store.ts";
import { type CutVerification, createVerifyCut } from "../statistics/cuts/verify-cut.ts";
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
