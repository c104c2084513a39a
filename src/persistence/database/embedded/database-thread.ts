/** The main thread's side of the database's thread: sends requests, pairs replies with them, and notices when the thread is gone. */
import { Worker } from "node:worker_threads";
import {
  GAVE_UP,
  OPENING,
  type Refusal,
  type StatementResult,
  type ThreadCall,
  type ThreadData,
  type ThreadReply,
  type ThreadRequest,
} from "./thread-words.ts";

const PROGRAM = new URL("./thread-main.ts", import.meta.url);
/**
 * PGlite cannot cancel a statement, and after a trap inside WebAssembly it may loop for ever. Longer than any statement of ours takes
 * (the vacuum of a table of a million patients is the longest), so only a database that is gone anyway is ended by it.
 */
const STATEMENT_LIMIT_MS = 5 * 60_000;
/** After the database has said that it is closed, its thread ends by itself within milliseconds. */
const EXIT_GRACE_MS = 2_000;

/**
 * The thread ended, or was ended, with the database open. What it had acknowledged is in the folder; the statement it was working on
 * may or may not be. Only a new start opens the folder again.
 */
export class DatabaseLostError extends Error {
  /** SQLSTATE "crash shutdown", so that `database-fault.ts` answers DATABASE_UNAVAILABLE. */
  readonly code = "57P02";

  constructor(reason: string) {
    super(`The embedded database is gone (${reason}).`);
    this.name = "DatabaseLostError";
  }
}

/** A statement the database refused, as the thread described it. */
export class StatementRefused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.name = "StatementRefused";
    this.refusal = refusal;
  }
}

interface PendingCall {
  readonly resolve: (results: readonly StatementResult[]) => void;
  readonly reject: (error: Error) => void;
  readonly overdue: NodeJS.Timeout | null;
}

export interface DatabaseThread {
  /** @throws StatementRefused, DatabaseLostError */
  run(request: ThreadRequest): Promise<readonly StatementResult[]>;
  /** @returns what stops the notifications */
  listen(channel: string, onNotification: (payload: string) => void): Promise<() => Promise<void>>;
  /** Closes the database and ends the thread, also where the database is lost already. */
  close(): Promise<void>;
}

export interface ThreadOptions {
  /** Where the database is; null: in memory. */
  readonly folder: string | null;
  /** In memory only: an image of a data folder to begin with. Default: an empty database. */
  readonly image?: string | undefined;
  /** Told once, when the thread ends without having been closed. */
  readonly reportLoss: (error: DatabaseLostError) => void;
  /** Longest statement, in milliseconds. Default 300,000. */
  readonly statementLimitMs?: number;
}

/** What ended the thread, without the message: a message of the database may hold what it was working on. */
function describeEnd(error: unknown): string {
  if (!(error instanceof Error)) return "unknown error";
  return "code" in error && typeof error.code === "string" ? `${error.name} ${error.code}` : error.name;
}

function describeExit(code: number, closing: boolean): string {
  if (code === GAVE_UP) return "PostgreSQL gave up";
  return closing ? "closed" : `its thread ended with ${code}`;
}

class WorkerThread implements DatabaseThread {
  readonly #worker: Worker;
  readonly #options: ThreadOptions;
  readonly #pending = new Map<number, PendingCall>();
  readonly #listeners = new Map<number, (payload: string) => void>();
  readonly #exited: Promise<void>;
  readonly opened: Promise<unknown>;
  #lastId = OPENING;
  #lost: DatabaseLostError | null = null;
  #closing = false;

  constructor(worker: Worker, options: ThreadOptions) {
    this.#worker = worker;
    this.#options = options;
    worker.on("message", (reply: ThreadReply) => this.#receive(reply));
    worker.on("error", (error) => this.#end(describeEnd(error)));
    this.#exited = new Promise((resolve) => {
      worker.once("exit", (code) => {
        this.#end(describeExit(code, this.#closing));
        resolve();
      });
    });
    this.opened = this.#expect(OPENING);
  }

  run(request: ThreadRequest): Promise<readonly StatementResult[]> {
    if (this.#lost !== null) return Promise.reject(this.#lost);
    this.#lastId += 1;
    const id = this.#lastId;
    const call: ThreadCall = { id, request };
    try {
      this.#worker.postMessage(call);
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#expect(id);
  }

  async listen(channel: string, onNotification: (payload: string) => void): Promise<() => Promise<void>> {
    this.#lastId += 1;
    const listener = this.#lastId;
    this.#listeners.set(listener, onNotification);
    try {
      await this.run({ operation: "listen", channel, listener });
    } catch (error) {
      this.#listeners.delete(listener);
      throw error;
    }
    return async () => {
      if (this.#listeners.delete(listener) && this.#lost === null) await this.run({ operation: "unlisten", listener });
    };
  }

  async close(): Promise<void> {
    this.#worker.ref();
    if (!this.#closing) {
      this.#closing = true;
      await this.run({ operation: "close" }).catch(() => undefined);
    }
    const late = setTimeout(() => void this.#worker.terminate(), EXIT_GRACE_MS);
    await this.#exited;
    clearTimeout(late);
  }

  /** An open database does not keep a program alive; a statement in hand does. */
  #expect(id: number): Promise<readonly StatementResult[]> {
    this.#worker.ref();
    const { statementLimitMs = STATEMENT_LIMIT_MS } = this.#options;
    // Opening may recover what a killed process left, for as long as that takes.
    const overdue = id === OPENING ? null : setTimeout(() => this.#giveUp(), statementLimitMs).unref();
    return new Promise((resolve, reject) => this.#pending.set(id, { resolve, reject, overdue }));
  }

  #receive(reply: ThreadReply): void {
    switch (reply.kind) {
      case "done":
        return this.#settle(reply.id)?.resolve(reply.results);
      case "refused":
        return this.#settle(reply.id)?.reject(new StatementRefused(reply.refusal));
      case "notified":
        return this.#listeners.get(reply.listener)?.(reply.payload);
    }
  }

  #settle(id: number): PendingCall | null {
    const call = this.#pending.get(id);
    if (call === undefined) return null;
    if (call.overdue !== null) clearTimeout(call.overdue);
    this.#pending.delete(id);
    if (this.#pending.size === 0 && !this.#closing) this.#worker.unref();
    return call;
  }

  #giveUp(): void {
    this.#end("a statement took longer than any does");
    void this.#worker.terminate();
  }

  #end(reason: string): void {
    if (this.#lost !== null) return;
    const lost = new DatabaseLostError(reason);
    this.#lost = lost;
    for (const id of [...this.#pending.keys()]) this.#settle(id)?.reject(lost);
    this.#listeners.clear();
    if (!this.#closing) this.#options.reportLoss(lost);
  }
}

/**
 * Starts the thread and opens the database in it.
 * @throws StatementRefused with what PGlite says of a folder it cannot open
 */
export async function startDatabaseThread(options: ThreadOptions): Promise<DatabaseThread> {
  const data: ThreadData = { folder: options.folder, image: options.image ?? null };
  // Neither the loader of this process nor its environment: the program needs no translating, and nothing from the outside.
  const worker = new Worker(PROGRAM, { name: "nacr-database", workerData: data, execArgv: [], env: {} });
  const thread = new WorkerThread(worker, options);
  try {
    await thread.opened;
    return thread;
  } catch (error) {
    await thread.close();
    throw error;
  }
}
