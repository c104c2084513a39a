/** The embedded database as Prisma's driver: the published adapter converts statements and values, transactions are ours. */
import { messages, type PGlite } from "@electric-sql/pglite";
import {
  DriverAdapterError,
  type IsolationLevel,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
  type Transaction,
} from "@prisma/driver-adapter-utils";
import { PrismaPGlite } from "pglite-prisma-adapter";
import type { EmbeddedStatements } from "./statements.ts";
import type { EmbeddedTransaction } from "./transaction.ts";

/** Of PGlite the published adapter calls `query` for a statement; everything else it would call is replaced below. */
const publishedAdapter = (statements: EmbeddedStatements): PrismaPGlite => new PrismaPGlite(statements as unknown as PGlite);

function toDriverError(error: unknown): unknown {
  if (!(error instanceof messages.DatabaseError)) return error;
  const { code = "", message, severity = "", detail, column, hint } = error;
  return new DriverAdapterError({ kind: "postgres", originalCode: code, code, message, severity, detail, column, hint });
}

/** Prisma knows what a failed `commit` is by the kind of its error. */
async function throwAsDriver(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw toDriverError(error);
  }
}

async function toTransaction(transaction: EmbeddedTransaction): Promise<Transaction> {
  const { provider, adapterName, queryRaw, executeRaw } = bindStatements(await publishedAdapter(transaction).connect());
  return {
    provider,
    adapterName,
    queryRaw,
    executeRaw,
    // Prisma leaves `commit` and `rollback` to us.
    options: { usePhantomQuery: true },
    commit: () => throwAsDriver(transaction.commit),
    rollback: () => throwAsDriver(transaction.rollback),
  };
}

const bindStatements = (adapter: SqlDriverAdapter) => ({
  provider: adapter.provider,
  adapterName: adapter.adapterName,
  queryRaw: adapter.queryRaw.bind(adapter),
  executeRaw: adapter.executeRaw.bind(adapter),
});

/**
 * Why the published adapter's own transactions are not used: its `commit` swallows what the database answers, so that a commit which
 * PostgreSQL refused, or never saw, counts as done (measured: a violated deferred constraint, "committed", 0 rows). Its
 * `executeScript` does not wait for the script.
 * @param startTransaction begins one on the connection that `statements` use
 */
export function createPrismaAdapter(
  statements: EmbeddedStatements,
  startTransaction: (isolationLevel?: IsolationLevel) => Promise<EmbeddedTransaction>,
): SqlMigrationAwareDriverAdapterFactory {
  const factory = publishedAdapter(statements);
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: async () => {
      const adapter = await factory.connect();
      return {
        ...bindStatements(adapter),
        executeScript: (script) => throwAsDriver(async () => void (await statements.exec(script))),
        startTransaction: async (isolationLevel) => toTransaction(await startTransaction(isolationLevel)),
        getConnectionInfo: () => ({ supportsRelationJoins: true }),
        dispose: () => adapter.dispose(),
      };
    },
    connectToShadowDb: () => factory.connectToShadowDb(),
  };
}
