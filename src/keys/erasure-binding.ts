/** Which erasure keys a database was written with: without them none of its patients can be read, and with others none either. */
import { type DataKeyStore, KeyError, type KeyManagement } from "./key-management.ts";

const SCOPE = "erasure";

/** Whether the database was written with erasure keys: then they must be there, and new ones would not do. */
export const isErasureBound = async (store: DataKeyStore): Promise<boolean> => (await store.read([SCOPE])).length > 0;

/** Notes them in a database that names none yet. @throws KeyError where it was written with others */
export async function bindErasureKeys(management: KeyManagement, store: DataKeyStore): Promise<void> {
  const { id } = management.erasure;
  if (!(await isErasureBound(store))) await store.insertFirst(SCOPE, () => management.wrap(Buffer.from(id, "hex"), SCOPE));
  const [stored] = await store.read([SCOPE]);
  if (stored === undefined) throw new KeyError("Which erasure keys the database is written with was not stored.");
  const bound = await management.unwrap(stored.wrapped, SCOPE);
  if (bound.toString("hex") !== id)
    throw new KeyError(
      "The file erasure.key belongs to another database. Put back the newest copy of the one that belongs to this one.",
    );
}
