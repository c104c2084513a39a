/** The key of an agreement's pseudonyms, destroyed when the agreement is: whoever holds an extract cannot have another one joined to it. */
import type { DestroyAgreementKey } from "../agreements/ports.ts";
import { type KeyRing, pseudonymScope } from "../keys/key-ring.ts";
import type { Database } from "./database/database.ts";
import { toThrowable } from "./database/database-fault.ts";
import { DESTROY_KEY } from "./sql/agreement-statements.ts";

/**
 * As the connection's own user, whose alone the keys are. Other processes forget theirs within ten seconds; older back-ups of the database
 * hold it still, wrapped (docs/keys.md).
 */
export const createDestroyAgreementKey =
  ({ database, keys }: { readonly database: Database; readonly keys: KeyRing }): DestroyAgreementKey =>
  async (agreementId) => {
    try {
      await database.prisma.$executeRaw(DESTROY_KEY([pseudonymScope(agreementId)]));
    } catch (error) {
      throw toThrowable(error);
    }
    await keys.refresh();
  };
