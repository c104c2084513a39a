/** A transaction on the embedded database: it has the connection from its `begin` until it ends, one way or the other. */
import { messages } from "@electric-sql/pglite";
import type { IsolationLevel } from "@prisma/driver-adapter-utils";
import { createStatements, type EmbeddedStatements, type RunRequest } from "./statements.ts";

const IDLE_STATE = "25P03";
const ENDED_STATE = "25P01";
const ABORTED_STATE = "25P02";

export interface EmbeddedTransaction extends EmbeddedStatements {
  /** @throws when PostgreSQL rolled back instead, or the database is gone: then nothing is known to be stored */
  commit(): Promise<void>;
  /** Nothing happens where the transaction has ended already. */
  rollback(): Promise<void>;
}

function refuse(message: string, code: string): Error {
  return Object.assign(new messages.DatabaseError(message, 0, "error"), { code, severity: "ERROR" });
}

/** Refuses statements after the end, and calls `onIdle` when there was none for `idleMs`. */
class OpenTransaction {
  readonly #run: RunRequest;
  readonly #idleMs: number;
  readonly #onIdle: () => void;
  #inHand = 0;
  #idle: NodeJS.Timeout | null = null;
  #ended: Error | null = null;

  constructor(run: RunRequest, idleMs: number, onIdle: () => void) {
    this.#run = run;
    this.#idleMs = idleMs;
    this.#onIdle = onIdle;
  }

  get ended(): Error | null {
    return this.#ended;
  }

  end(reason: Error): void {
    this.#ended = reason;
    this.#stopWatch();
  }

  readonly run: RunRequest = async (request) => {
    if (this.#ended !== null) throw this.#ended;
    this.#inHand += 1;
    this.#stopWatch();
    try {
      return await this.#run(request);
    } finally {
      this.#inHand -= 1;
      if (this.#inHand === 0 && this.#ended === null) this.#idle = setTimeout(this.#onIdle, this.#idleMs).unref();
    }
  };

  #stopWatch(): void {
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#idle = null;
  }
}

export interface TransactionOptions {
  /** After this time without a statement it is rolled back: its owner went away. */
  readonly idleMs: number;
  /** Default: PostgreSQL's own, READ COMMITTED. */
  readonly isolationLevel?: IsolationLevel | undefined;
}

/**
 * @param run sends a request to the connection, which is the caller's now
 * @param endTurn gives the connection back; called once, whatever happens
 */
export async function beginTransaction(
  run: RunRequest,
  endTurn: () => void,
  { idleMs, isolationLevel }: TransactionOptions,
): Promise<EmbeddedTransaction> {
  const connection = createStatements(run);
  const finish = async (script: "commit" | "rollback", reason: Error): Promise<string | undefined> => {
    open.end(reason);
    try {
      return (await connection.exec(script))[0]?.command;
    } finally {
      endTurn();
    }
  };
  // A rollback that fails here means that the database is gone, which is reported where it is noticed.
  const giveUp = (): void => {
    finish("rollback", refuse("the transaction was idle for too long", IDLE_STATE)).catch(() => undefined);
  };
  const open = new OpenTransaction(run, idleMs, giveUp);
  const statements = createStatements(open.run);
  try {
    await statements.exec(isolationLevel === undefined ? "begin" : `begin isolation level ${isolationLevel}`);
  } catch (error) {
    endTurn();
    throw error;
  }
  const over = refuse("the transaction has ended", ENDED_STATE);
  return {
    ...statements,
    commit: async () => {
      if (open.ended !== null) throw open.ended;
      const done = await finish("commit", over);
      if (done !== "COMMIT") throw refuse("the transaction was rolled back instead of committed", ABORTED_STATE);
    },
    rollback: async () => {
      if (open.ended === null) await finish("rollback", over);
    },
  };
}
