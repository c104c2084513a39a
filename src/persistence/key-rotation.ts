/** Replacing keys (docs/keys.md): the master key, the data keys, and destroying those that nothing is sealed with any more. */
import { KeyError, type KeyManagement, type ReplaceableKey, type WrappedKey } from "../keys/key-management.ts";
import { makeDataKey, sealingScope, TOKENS_SCOPE } from "../keys/key-ring.ts";
import type { AuditEntry } from "../records/audit-entry.ts";
import type { NewId } from "../submission/ports.ts";
import { writeAuditEntry } from "./audit-entries.ts";
import { readWrappedKey } from "./database/data-key-store.ts";
import type { Database } from "./database/database.ts";
import { toThrowable } from "./database/database-fault.ts";
import type { Transaction } from "./database/unit.ts";
import { toArrayLiteral, toColumnLiteral } from "./sql/array-literal.ts";
import {
  ALL_KEYS,
  DESTROY_OLDER,
  KEYS_OF,
  LOCK_WRAPPING,
  LOCK_WRAPPING_SHARED,
  REPLACED_KEYS,
  REWRAP,
  STORE_NEXT,
} from "./sql/key-statements.ts";
import { booleanOf, numberOf, type SqlRow, textOf } from "./sql-row.ts";

export interface RotationDependencies {
  readonly database: Database;
  readonly newId: NewId;
}

/** A box names the version of its key in one byte. */
const LAST_VERSION = 255;
/** Every process reads new versions every ten seconds (`src/wiring/key-rotation.ts`): by then all of them open what one of them seals. */
const KNOWN_TO_ALL_SECONDS = 20;
/** Thousands of keys are wrapped anew in less than a second; what takes longer waits for a key that is being made. */
const PATIENCE = { maxWait: 30_000, timeout: 300_000 } as const;

/** Whoever has the host and the database's password: nobody the gateway knows by another name. */
const OPERATOR = { id: "operator", role: null, ods: null } as const;

/** As the connection's own user, whose alone the keys are. @throws GatewayError DATABASE_UNAVAILABLE, OVERLOADED; what `work` throws */
async function inTransaction<T>({ database }: RotationDependencies, work: (tx: Transaction) => Promise<T>): Promise<T> {
  try {
    return await database.prisma.$transaction(work, PATIENCE);
  } catch (error) {
    throw toThrowable(error);
  }
}

type Told = Pick<AuditEntry, "action" | "type" | "ods" | "details">;

/** The last statement of its transaction, which it leaves in a role that may write entries. */
async function tell(tx: Transaction, entry: Told, newId: NewId): Promise<void> {
  await tx.$executeRaw`select set_config('role', 'nacr_access', true)`;
  await writeAuditEntry(tx, { outcome: "DONE", agent: OPERATOR, correlationId: null, ...entry }, newId);
}

/**
 * A new master key, with which every data key is wrapped anew; then the old one is forgotten. After a crash anywhere it is called again,
 * and goes on from there: until the last step both keys are in the file, and each data key names the one it needs.
 * @returns how many data keys were wrapped anew
 * @throws KeyError where a data key does not unwrap: then the old key stays
 */
export async function replaceMasterKey(dependencies: RotationDependencies, management: ReplaceableKey): Promise<number> {
  await management.addNewer();
  const count = await inTransaction(dependencies, async (tx) => {
    await tx.$queryRaw(LOCK_WRAPPING([]));
    const all = (await tx.$queryRaw<SqlRow[]>(ALL_KEYS([]))).map(readWrappedKey);
    const older = all.filter(({ wrapped }) => !management.isNewest(wrapped));
    if (older.length === 0) return 0;
    const rewrapped = await Promise.all(older.map((key) => rewrap(key, management)));
    await tx.$executeRaw(
      REWRAP([
        toArrayLiteral(older.map(({ scope }) => scope)),
        toColumnLiteral(older, ({ version }) => version),
        toColumnLiteral(rewrapped, (wrapped) => wrapped),
      ]),
    );
    await tell(
      tx,
      { action: "UPDATE", type: "ROTATE_MASTER_KEY", ods: null, details: { dataKeys: older.length } },
      dependencies.newId,
    );
    return older.length;
  });
  await management.retireOlder();
  return count;
}

async function rewrap({ scope, wrapped }: WrappedKey, management: KeyManagement): Promise<Buffer> {
  const key = await management.unwrap(wrapped, scope);
  try {
    return await management.wrap(key, scope);
  } finally {
    key.fill(0);
  }
}

/** Replaces what an organisation seals with. What is sealed already is sealed anew by the workers. @returns the new version */
export const replaceDataKey = (dependencies: RotationDependencies, management: KeyManagement, ods: string): Promise<number> =>
  replaceKey(dependencies, management, sealingScope(ods), { type: "ROTATE_DATA_KEY", ods });

/** Replaces what access tokens are signed with. Tokens that are out stay good for their five minutes. @returns the new version */
export const replaceTokenSecret = (dependencies: RotationDependencies, management: KeyManagement): Promise<number> =>
  replaceKey(dependencies, management, TOKENS_SCOPE, { type: "ROTATE_TOKEN_SECRET", ods: null });

/** @throws KeyError where there is no key to replace, or its versions are used up */
function replaceKey(
  dependencies: RotationDependencies,
  management: KeyManagement,
  scope: string,
  told: Pick<Told, "type" | "ods">,
): Promise<number> {
  return inTransaction(dependencies, async (tx) => {
    await tx.$queryRaw(LOCK_WRAPPING_SHARED([]));
    const newest = (await tx.$queryRaw<SqlRow[]>(KEYS_OF([toArrayLiteral([scope])]))).map(readWrappedKey).at(-1);
    if (newest === undefined) throw new KeyError(`There is no data key ${scope} yet: nothing was sealed with it.`);
    if (!newest.seals) throw new KeyError(`The data key ${scope} was replaced a moment ago. Nothing was done.`);
    if (newest.version === LAST_VERSION) throw new KeyError(`The data key ${scope} has had all its ${LAST_VERSION} versions.`);
    const version = newest.version + 1;
    const wrapped = await management.wrap(makeDataKey(), scope);
    await tx.$executeRaw(STORE_NEXT([scope, version, wrapped, KNOWN_TO_ALL_SECONDS]));
    await tell(tx, { ...told, action: "UPDATE", details: { version } }, dependencies.newId);
    return version;
  });
}

/** A key that a newer version has replaced, and that is still there. */
export interface ReplacedKey {
  readonly scope: string;
  /** The version that is used. */
  readonly newest: number;
  /** So long ago that no process, and no transaction in hand, seals with an older one any more. */
  readonly isSettled: boolean;
}

/** @param settledSeconds how long a transaction in hand may take. @throws GatewayError */
export async function findReplacedKeys(database: Database, settledSeconds: number): Promise<readonly ReplacedKey[]> {
  try {
    const rows = await database.prisma.$queryRaw<SqlRow[]>(REPLACED_KEYS([settledSeconds]));
    return rows.map((row) => ({
      scope: textOf(row, "scope"),
      newest: numberOf(row, "newest"),
      isSettled: booleanOf(row, "settled"),
    }));
  } catch (error) {
    throw toThrowable(error);
  }
}

/** Destroys the versions before `newest`: what is sealed with them, in whatever copy, opens never again. @returns how many there were */
export function destroyOlderKeys(
  dependencies: RotationDependencies,
  { scope, newest }: ReplacedKey,
  ods: string | null,
): Promise<number> {
  return inTransaction(dependencies, async (tx) => {
    const count = await tx.$executeRaw(DESTROY_OLDER([scope, newest]));
    const entry: Told = { action: "DELETE", type: "DESTROY_DATA_KEY", ods, details: { before: newest, count } };
    if (count > 0) await tell(tx, entry, dependencies.newId);
    return count;
  });
}
