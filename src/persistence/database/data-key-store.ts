/** Wrapped data keys in `keys.data_key`, a schema no application role may read. */
import type { DataKeyStore } from "../../keys/key-management.ts";
import type { Database } from "./database.ts";
import { toThrowable } from "./database-fault.ts";

/** @returns a store whose calls throw GatewayError DATABASE_UNAVAILABLE or OVERLOADED when the database fails */
export function createDataKeyStore(database: Database): DataKeyStore {
  const { prisma } = database;
  return {
    read: async (scope) => {
      try {
        return await prisma.dataKey.findMany({
          where: { scope },
          orderBy: { version: "asc" },
          select: { version: true, wrapped: true },
        });
      } catch (error) {
        throw toThrowable(error);
      }
    },
    insertFirst: async (scope, wrapped) => {
      try {
        await prisma.$executeRaw`insert into keys.data_key (scope, version, wrapped) values (${scope}, 1, ${wrapped}) on conflict do nothing`;
      } catch (error) {
        throw toThrowable(error);
      }
    },
  };
}

/** No data key was ever stored: a new key file locks nobody out. */
export const isUnkeyed = async (database: Database): Promise<boolean> => (await database.prisma.dataKey.count()) === 0;
