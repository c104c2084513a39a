/** The one connection of the embedded database, shared: statements and transactions take turns. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { IsolationLevel } from "@prisma/driver-adapter-utils";
import { type DatabaseThread, startDatabaseThread, type ThreadOptions } from "./database-thread.ts";
import { createStatements, type EmbeddedStatements, type RunRequest } from "./statements.ts";
import { beginTransaction, type EmbeddedTransaction } from "./transaction.ts";
import { type TurnKind, Turns } from "./turns.ts";

/** As for PostgreSQL (`postgres-connection.ts`): a caller that went away in the middle does not hold the others up for ever. */
const IDLE_IN_TRANSACTION_MS = 10_000;

export interface EmbeddedDatabase extends EmbeddedStatements {
  /** Has the connection until it ends; rolled back when idle for 10 s. */
  startTransaction(isolationLevel?: IsolationLevel): Promise<EmbeddedTransaction>;
  /** Gives `work` the connection, where it may begin and commit. A transaction that it leaves open by failing is rolled back. */
  exclusively<T>(work: (connection: EmbeddedStatements) => Promise<T>): Promise<T>;
  /** What `work` begins takes long: short callers who wait go first, for a while (`turns.ts`). */
  inLongTurns<T>(work: () => Promise<T>): Promise<T>;
  /** @returns what stops the notifications */
  listen(channel: string, onNotification: (payload: string) => void): Promise<() => Promise<void>>;
  /** Waits for everything asked before, then ends the thread. What is asked later throws `DatabaseLostError`. */
  close(): Promise<void>;
}

export interface EmbeddedOptions extends ThreadOptions {
  /** Default 10,000 ms. */
  readonly idleInTransactionMs?: number;
}

/** What failed may have begun a transaction, which the next caller must not find itself in. */
async function leaveTransaction(connection: EmbeddedStatements): Promise<void> {
  await connection.exec("rollback").catch(() => undefined);
}

class SharedConnection implements EmbeddedDatabase {
  readonly #thread: DatabaseThread;
  readonly #turns = new Turns();
  /** Prisma begins the transactions, and has no way to hand this on. */
  readonly #kind = new AsyncLocalStorage<TurnKind>();
  readonly #run: RunRequest;
  readonly #connection: EmbeddedStatements;
  readonly #idleMs: number;

  constructor(thread: DatabaseThread, idleMs: number) {
    this.#thread = thread;
    this.#run = (request) => thread.run(request);
    this.#connection = createStatements(this.#run);
    this.#idleMs = idleMs;
  }

  readonly query: EmbeddedStatements["query"] = (text, values, options) =>
    this.exclusively((connection) => connection.query(text, values, options));

  readonly exec: EmbeddedStatements["exec"] = (script) => this.exclusively((connection) => connection.exec(script));

  async startTransaction(isolationLevel?: IsolationLevel): Promise<EmbeddedTransaction> {
    return beginTransaction(this.#run, await this.#takeTurn(), { idleMs: this.#idleMs, isolationLevel });
  }

  async exclusively<T>(work: (connection: EmbeddedStatements) => Promise<T>): Promise<T> {
    return this.#inTurn(await this.#takeTurn(), work);
  }

  inLongTurns<T>(work: () => Promise<T>): Promise<T> {
    return this.#kind.run("LONG", work);
  }

  async #inTurn<T>(endTurn: () => void, work: (connection: EmbeddedStatements) => Promise<T>): Promise<T> {
    try {
      return await work(this.#connection);
    } catch (error) {
      await leaveTransaction(this.#connection);
      throw error;
    } finally {
      endTurn();
    }
  }

  async listen(channel: string, onNotification: (payload: string) => void): Promise<() => Promise<void>> {
    const stop = await this.exclusively(() => this.#thread.listen(channel, onNotification));
    return () => this.exclusively(stop);
  }

  close(): Promise<void> {
    return this.#kind.run("LAST", () => this.exclusively(() => this.#thread.close()));
  }

  #takeTurn(): Promise<() => void> {
    return this.#turns.take(this.#kind.getStore() ?? "SHORT");
  }
}

/**
 * Opens the database in a thread of its own.
 * @throws StatementRefused with what PGlite says of a folder it cannot open
 */
export async function openEmbedded({
  idleInTransactionMs = IDLE_IN_TRANSACTION_MS,
  ...options
}: EmbeddedOptions): Promise<EmbeddedDatabase> {
  return new SharedConnection(await startDatabaseThread(options), idleInTransactionMs);
}
