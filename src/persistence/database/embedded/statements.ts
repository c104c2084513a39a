/** Statements on the embedded database's connection, in the form PGlite offers them to the Prisma adapter and to pg-boss. */
import { messages, types } from "@electric-sql/pglite";
import { StatementRefused } from "./database-thread.ts";
import type { Refusal, StatementResult, ThreadRequest } from "./thread-words.ts";

/** Makes a value of the text PostgreSQL wrote. */
type Parse = (text: string, type?: number) => unknown;

export interface QueryOptions {
  /** Default: objects by column name. */
  readonly rowMode?: "array" | "object";
  /** By type (oid); they run in this thread, because a function cannot be handed to the other. Bytes come as bytes anyway. */
  readonly parsers?: Readonly<Record<number, Parse>>;
}

export interface QueryResult<Row> {
  readonly fields: StatementResult["fields"];
  readonly rows: Row[];
  readonly affectedRows: number;
  readonly command: string;
}

export type RowObject = Record<string, unknown>;

/**
 * A refused statement throws PGlite's `DatabaseError`, as PGlite does, so that whoever handles its errors handles these. It holds
 * neither the statement nor its parameters. A database that is gone throws `DatabaseLostError`.
 */
export interface EmbeddedStatements {
  query<Row = RowObject>(text: string, values?: readonly unknown[], options?: QueryOptions): Promise<QueryResult<Row>>;
  /** Runs a script of several statements. */
  exec(script: string): Promise<QueryResult<RowObject>[]>;
}

const ERROR_LENGTH_UNKNOWN = 0;

function toError({ message, code, ...fields }: Refusal): Error {
  if (code === undefined) return new Error(message);
  return Object.assign(new messages.DatabaseError(message, ERROR_LENGTH_UNKNOWN, "error"), { code, ...fields });
}

/** Buffers often are a small piece of a large shared memory, and all of that would be copied to the other thread. */
const toOwnMemory = (value: unknown): unknown =>
  value instanceof Uint8Array && value.byteLength < value.buffer.byteLength ? new Uint8Array(value) : value;

function toRows(result: StatementResult, { rowMode, parsers = {} }: QueryOptions): unknown[] {
  const parses = result.fields.map(({ dataTypeID }) => parsers[dataTypeID]);
  const read = (value: unknown, column: number): unknown => {
    const parse = parses[column];
    return parse === undefined || typeof value !== "string" ? value : parse(value, result.fields[column]?.dataTypeID);
  };
  if (rowMode === "array") return result.rows.map((row) => row.map(read));
  const names = result.fields.map(({ name }) => name);
  return result.rows.map((row) => Object.fromEntries(row.map((value, column) => [names[column], read(value, column)])));
}

function toQueryResult<Row>(result: StatementResult, options: QueryOptions): QueryResult<Row> {
  // What a statement gives is the caller's claim here as it is with PGlite.
  const rows = toRows(result, options) as Row[];
  return { fields: result.fields, rows, affectedRows: result.affectedRows, command: result.command };
}

/** Sends a request to the thread. */
export type RunRequest = (request: ThreadRequest) => Promise<readonly StatementResult[]>;

/** @param run is called only when the connection is the caller's */
export function createStatements(run: RunRequest): EmbeddedStatements {
  const ask: RunRequest = async (request) => {
    try {
      return await run(request);
    } catch (error) {
      throw error instanceof StatementRefused ? toError(error.refusal) : error;
    }
  };
  return {
    async query<Row>(text: string, values: readonly unknown[] = [], options: QueryOptions = {}) {
      const textTypes = Object.keys(options.parsers ?? {})
        .map(Number)
        .filter((type) => type !== types.BYTEA);
      const [result] = await ask({ operation: "query", text, values: values.map(toOwnMemory), textTypes });
      if (result === undefined) throw new RangeError("the thread of the database answered a statement without a result");
      return toQueryResult<Row>(result, options);
    },
    exec: async (script) => (await ask({ operation: "exec", script })).map((result) => toQueryResult<RowObject>(result, {})),
  };
}
