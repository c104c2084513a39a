/**
 * The program of the database's thread: opens PGlite and does what it is asked, one request after the other. Node runs this file
 * itself by leaving the types out (no loader, hence no start-up cost): it may import packages, Node's modules and types, and write
 * nothing that needs translating (no enums, no parameter properties, no decorators).
 */
import { readFile } from "node:fs/promises";
import { parentPort, workerData } from "node:worker_threads";
import { messages, PGlite, type PGliteOptions, type QueryOptions, type Results, types } from "@electric-sql/pglite";
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

const HEX_PREFIX = "\\x";

/** Bytes travel as hexadecimal text between PostgreSQL and here; the package's own decoder needs 65 ms for 600 kB, Node's 1 ms. */
function decodeBytes(text: string): Uint8Array {
  // Memory of its own: a piece of Node's shared pool would be copied to the other thread with the whole pool.
  const bytes = new Uint8Array((text.length - HEX_PREFIX.length) / 2);
  Buffer.from(bytes.buffer).write(text.slice(HEX_PREFIX.length), "hex");
  return bytes;
}

function encodeBytes(value: unknown): string {
  if (!(value instanceof Uint8Array)) throw new TypeError("a bytea parameter is not bytes");
  return HEX_PREFIX + Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex");
}

const asText = (text: string): string => text;

function queryOptions(textTypes: readonly number[]): QueryOptions {
  return {
    rowMode: "array",
    parsers: { ...Object.fromEntries(textTypes.map((type) => [type, asText])), [types.BYTEA]: decodeBytes },
    serializers: { [types.BYTEA]: encodeBytes },
  };
}

const hasStatement = (script: string): boolean => /\S/.test(script.replaceAll(/--.*$|\/\*[\s\S]*?\*\//gm, ""));

/**
 * A statement that ended without a word from PostgreSQL did not end: PGlite swallows a trap of the WebAssembly machine and gives an
 * empty result, which would read as success.
 */
function toResult(text: string, { fields, rows, affectedRows = 0, command }: Results<unknown[]>): StatementResult {
  if (command === undefined && hasStatement(text)) throw new RangeError("the database stopped in the middle of a statement");
  return { fields, rows, affectedRows, command: command ?? "" };
}

/** Null where the database cannot be trusted any more. */
function toRefusal(error: unknown): Refusal | null {
  if (error instanceof messages.DatabaseError) {
    const { message, code, severity, detail, hint, schema, table, column, constraint } = error;
    return { message, code, severity, detail, hint, schema, table, column, constraint };
  }
  // A value that its type cannot take, found while it was written down. Other errors are WebAssembly giving up (RuntimeError,
  // ExitStatus) or the file system (ErrnoError).
  const isValueFault = error instanceof Error && (error.name === "Error" || error.name === "TypeError");
  return isValueFault ? { message: error.message } : null;
}

/**
 * After a PANIC (the write-ahead log cannot be continued: a full disk) or FATAL, PostgreSQL ends its process. PGlite cannot: the next
 * statement, even the one it sends to end the failed one, loops for ever. So the thread ends in its stead, the moment this is logged.
 */
function endWhenFatal(line: string): false {
  if (/^\S+ \S+ \S+ \[\d+\] (?:PANIC|FATAL): /.test(line)) process.exit(GAVE_UP);
  return false;
}

const OPTIONS: PGliteOptions = {
  // Nothing less than that is logged: a DETAIL could hold a line that reads like it.
  startParams: [...PGlite.defaultStartParams, "-c", "log_min_messages=fatal"],
  onStderr: endWhenFatal,
};

class ThreadProgram {
  readonly #database: PGlite;
  readonly #post: (reply: ThreadReply) => void;
  readonly #stopListening = new Map<number, () => Promise<void>>();

  constructor(database: PGlite, post: (reply: ThreadReply) => void) {
    this.#database = database;
    this.#post = post;
  }

  /** @throws what says that the database is lost; a refused statement is a reply */
  async handle({ id, request }: ThreadCall): Promise<void> {
    try {
      this.#post({ kind: "done", id, results: await this.#run(request) });
    } catch (error) {
      const refusal = toRefusal(error);
      if (refusal === null) throw error;
      this.#post({ kind: "refused", id, refusal });
    }
  }

  async #run(request: ThreadRequest): Promise<readonly StatementResult[]> {
    switch (request.operation) {
      case "query": {
        const { text, values, textTypes } = request;
        return [toResult(text, await this.#database.query<unknown[]>(text, [...values], queryOptions(textTypes)))];
      }
      case "exec": {
        const results = await this.#database.exec(request.script, queryOptions([]));
        return results.map(({ rows, ...result }) => toResult(request.script, { ...result, rows: rows.map(Object.values) }));
      }
      case "listen": {
        const { channel, listener } = request;
        const post = (payload: string): void => this.#post({ kind: "notified", listener, payload });
        this.#stopListening.set(listener, await this.#database.listen(channel, post));
        return [];
      }
      case "unlisten":
        await this.#stopListening.get(request.listener)?.();
        this.#stopListening.delete(request.listener);
        return [];
      case "close":
        await this.#database.close();
        parentPort?.close();
        return [];
    }
  }
}

async function openDatabase({ folder, image }: ThreadData): Promise<PGlite> {
  if (folder !== null) return PGlite.create({ ...OPTIONS, dataDir: folder });
  return PGlite.create(image === null ? OPTIONS : { ...OPTIONS, loadDataDir: new Blob([await readFile(image)]) });
}

async function serve(data: ThreadData): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error("this program runs as a thread of the gateway");
  const post = (reply: ThreadReply): void => port.postMessage(reply);
  let database: PGlite;
  try {
    database = await openDatabase(data);
  } catch (error) {
    post({ kind: "refused", id: OPENING, refusal: { message: error instanceof Error ? error.message : String(error) } });
    return;
  }
  const program = new ThreadProgram(database, post);
  let last = Promise.resolve();
  port.on("message", (call: ThreadCall) => {
    last = last.then(() => program.handle(call));
  });
  post({ kind: "done", id: OPENING, results: [] });
}

await serve(workerData);
