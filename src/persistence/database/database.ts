/** The door to the database: opens it, brings it up to date, and runs units of work under a role and an organisation. */
import { PrismaClient } from "../../generated/prisma/client.ts";
import { applyMigrations } from "./apply-migrations.ts";
import type { Connection, DatabaseKind } from "./connection.ts";
import { toThrowable } from "./database-fault.ts";
import { runUnit, type Transaction, type UnitOptions, type UnitSettings } from "./unit.ts";

export interface DatabaseConfig {
  /** PostgreSQL; null: the embedded database. */
  readonly url: string | null;
  /** The embedded database's folder, or `memory://`; not used with a URL. */
  readonly dataDir: string;
  /** Connections of the pool (PostgreSQL only). Default 10. */
  readonly pool?: number;
}

export interface Database {
  readonly kind: DatabaseKind;
  /** As the connection's own user: for the start-up, keys and administration. Patient data is reached through `withRole` only. */
  readonly prisma: PrismaClient;
  /**
   * Runs `work` in one interactive transaction as the given role, under the given organisation and programmes, and commits when
   * it returns. A conflict with another writer is thrown as it is: see `isRetryableConflict`.
   * @throws GatewayError DATABASE_UNAVAILABLE, OVERLOADED; DatabaseFault for a refused statement; whatever `work` throws
   */
  withRole<T>(settings: UnitSettings, work: (tx: Transaction) => Promise<T>, options?: UnitOptions): Promise<T>;
  /** One round trip. @throws GatewayError DATABASE_UNAVAILABLE, OVERLOADED */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** The embedded database (25 MB) is loaded only where it is used. */
async function connect(config: DatabaseConfig): Promise<Connection> {
  if (config.url === null) {
    const { connectEmbedded } = await import("./embedded-connection.ts");
    return connectEmbedded(config.dataDir);
  }
  const { connectPostgres } = await import("./postgres-connection.ts");
  return connectPostgres(config.url, config.pool);
}

function toDatabase(connection: Connection): Database {
  const prisma = new PrismaClient({ adapter: connection.adapter });
  return {
    kind: connection.kind,
    prisma,
    withRole: (settings, work, options) => runUnit(prisma, connection.maxWaitMs, settings, work, options),
    ping: async () => {
      try {
        await prisma.$queryRaw`select 1`;
      } catch (error) {
        throw toThrowable(error);
      }
    },
    close: async () => {
      await prisma.$disconnect();
      await connection.close();
    },
  };
}

/**
 * Opens the database and applies the migrations it lacks.
 * @throws FolderInUseError, MigrationError, GatewayError DATABASE_UNAVAILABLE
 */
export async function openDatabase(config: DatabaseConfig): Promise<Database> {
  const connection = await connect(config);
  try {
    await applyMigrations(connection);
    return toDatabase(connection);
  } catch (error) {
    await connection.close();
    throw toThrowable(error);
  }
}
