/** What the two kinds of database have in common: a source of Prisma connections, and a way to bring the schema up to date. */
import type { SqlDriverAdapter, SqlMigrationAwareDriverAdapterFactory } from "@prisma/driver-adapter-utils";

export type DatabaseKind = "embedded" | "postgresql";

/** See `Database.listen`. */
export type Listen = (
  channels: readonly string[],
  onPayload: (channel: string, payload: string) => void,
  onReconnect: () => void,
) => Promise<() => Promise<void>>;

/** See `Database.queueSql`. */
export interface QueueSql {
  /** Without values `text` may be several statements: they succeed or fail together. */
  run(text: string, values?: readonly unknown[]): Promise<{ readonly rows: Record<string, unknown>[] }>;
}

export interface Connection {
  readonly kind: DatabaseKind;
  readonly adapter: SqlMigrationAwareDriverAdapterFactory;
  /** How long a unit of work may wait for its turn, in milliseconds. */
  readonly maxWaitMs: number;
  /** Runs `work` with one connection of its own, without the time limits of ordinary work. */
  withMaintenance<T>(work: (maintenance: Maintenance) => Promise<T>): Promise<T>;
  readonly listen: Listen;
  readonly queueSql: QueueSql;
  /** Says that what `work` begins takes long: where all share one connection, short work goes first for a while. */
  inLongTurns<T>(work: () => Promise<T>): Promise<T>;
  /** See `Database.vacuum`. */
  vacuum(limitMs: number): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** One connection, used by one caller: what is begun on it is committed on it. */
export interface Maintenance {
  readonly adapter: SqlMigrationAwareDriverAdapterFactory;
  /** Runs a script of several statements. */
  run(script: string): Promise<void>;
  query(text: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

/**
 * A factory whose connections run a script whole. The `executeScript` of PostgreSQL's adapter cannot be used: it cuts the script at
 * every semicolon, also inside a function's body.
 */
export function withWholeScripts(
  factory: SqlMigrationAwareDriverAdapterFactory,
  run: (script: string) => Promise<void>,
): SqlMigrationAwareDriverAdapterFactory {
  const whole = (adapter: SqlDriverAdapter): SqlDriverAdapter => ({
    provider: adapter.provider,
    adapterName: adapter.adapterName,
    queryRaw: (query) => adapter.queryRaw(query),
    executeRaw: (query) => adapter.executeRaw(query),
    executeScript: run,
    startTransaction: (isolationLevel) => adapter.startTransaction(isolationLevel),
    getConnectionInfo: () => adapter.getConnectionInfo?.() ?? { supportsRelationJoins: true },
    dispose: () => adapter.dispose(),
  });
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: async () => whole(await factory.connect()),
    connectToShadowDb: () => factory.connectToShadowDb(),
  };
}
