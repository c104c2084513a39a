/** Wrapped data keys in `keys.data_key`, a schema no application role may read. */
import type { DataKeyStore, WrappedKey } from "../../keys/key-management.ts";
import { toArrayLiteral } from "../sql/array-literal.ts";
import { KEYS_OF, LOCK_WRAPPING_SHARED, STORE_FIRST } from "../sql/key-statements.ts";
import { booleanOf, bytesOf, numberOf, type SqlRow, textOf } from "../sql-row.ts";
import type { Database } from "./database.ts";
import { toThrowable } from "./database-fault.ts";

/** Making a key is rare, and the embedded database may have work in hand that takes seconds. */
const PATIENCE = { maxWait: 15_000, timeout: 15_000 } as const;

export const readWrappedKey = (row: SqlRow): WrappedKey => ({
  scope: textOf(row, "scope"),
  version: numberOf(row, "version"),
  wrapped: bytesOf(row, "wrapped"),
  seals: booleanOf(row, "seals"),
});

/** @returns a store whose calls throw GatewayError DATABASE_UNAVAILABLE or OVERLOADED when the database fails */
export function createDataKeyStore({ prisma }: Database): DataKeyStore {
  return {
    read: async (scopes) => {
      try {
        return (await prisma.$queryRaw<SqlRow[]>(KEYS_OF([toArrayLiteral(scopes)]))).map(readWrappedKey);
      } catch (error) {
        throw toThrowable(error);
      }
    },
    insertFirst: async (scope, wrap) => {
      try {
        await prisma.$transaction(async (tx) => {
          await tx.$queryRaw(LOCK_WRAPPING_SHARED([]));
          await tx.$executeRaw(STORE_FIRST([scope, await wrap()]));
        }, PATIENCE);
      } catch (error) {
        throw toThrowable(error);
      }
    },
  };
}

/** No data key was ever stored: a new key file locks nobody out. */
export const isUnkeyed = async (database: Database): Promise<boolean> => (await database.prisma.dataKey.count()) === 0;
