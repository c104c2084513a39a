/** The door to the database: opens it, brings it up to date, and runs units of work under a role and an organisation. */
import { PrismaClient } from "../../generated/prisma/client.ts";
import { applyMigrations } from "./apply-migrations.ts";
import type { Connection, DatabaseKind, Listen, QueueSql } from "./connection.ts";
import { toThrowable } from "./database-fault.ts";
import { runUnit, type Transaction, type UnitOptions, type UnitSettings } from "./unit.ts";

export interface DatabaseConfig {
  /** PostgreSQL; null: the embedded database. */
  readonly url: string | null;
  /** The embedded database's folder, or `memory://`; not used with a URL. */
  readonly dataDir: string;
  /** Image of a migrated data folder that a database in memory begins with (tests: 0.5 s instead of 3.3 s). Default: it begins empty. */
  readonly memoryImage?: string | undefined;
  /** Connections of the pool (PostgreSQL only). Default 10. */
  readonly pool?: number;
  /**
   * Told once when the embedded database is gone before it was closed: its thread crashed. Every later call throws
   * DATABASE_UNAVAILABLE; a new process opens the folder with everything that was acknowledged.
   */
  readonly reportLoss?: (error: Error) => void;
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
  /**
   * Hears what transactions of any process notify, once they have committed. One connection for each call (PostgreSQL), so a process
   * listens once and tells its parts itself. `onPayload` and `onReconnect` take note and return: nothing waits for them, and they must
   * not throw. After `onReconnect` everything that was heard of before may have changed unheard.
   * @returns stops listening; to be called before the database is closed
   * @throws GatewayError DATABASE_UNAVAILABLE where the first connection fails; later ones are tried until it is stopped
   */
  readonly listen: Listen;
  /**
   * For the queue, which keeps a schema of its own: as the connection's own user, over connections of its own (PostgreSQL), so that it
   * goes on where requests take every other one. It throws what the driver throws, whose message may quote values.
   */
  readonly queueSql: QueueSql;
  /**
   * To be called now and then, and after a large import. Embedded: frees what replaced rows left and tells the planner of what is new, in
   * the tables that need it, and begins no other table after `limitMs`. PostgreSQL does it by itself: nothing happens.
   * @returns the tables done
   * @throws GatewayError DATABASE_UNAVAILABLE
   */
  vacuum(limitMs: number): Promise<readonly string[]>;
  /** One round trip. @throws GatewayError DATABASE_UNAVAILABLE, OVERLOADED */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** The embedded database (25 MB) is loaded only where it is used. */
async function connect(config: DatabaseConfig): Promise<Connection> {
  if (config.url === null) {
    const { connectEmbedded } = await import("./embedded-connection.ts");
    return connectEmbedded(config);
  }
  const { connectPostgres } = await import("./postgres-connection.ts");
  return connectPostgres(config.url, config.pool);
}

function toDatabase(connection: Connection): Database {
  const prisma = new PrismaClient({ adapter: connection.adapter });
  return {
    kind: connection.kind,
    prisma,
    withRole: (settings, work, options = {}) => {
      const run = () => runUnit(prisma, connection.maxWaitMs, settings, work, options);
      return options.timeoutMs === undefined ? run() : connection.inLongTurns(run);
    },
    listen: async (channels, onPayload, onReconnect) => {
      try {
        return await connection.listen(channels, onPayload, onReconnect);
      } catch (error) {
        throw toThrowable(error);
      }
    },
    queueSql: connection.queueSql,
    vacuum: async (limitMs) => {
      try {
        return await connection.vacuum(limitMs);
      } catch (error) {
        throw toThrowable(error);
      }
    },
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
