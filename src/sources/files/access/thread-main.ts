/**
 * The program of the thread that reads an Access database with mdb-reader. That library follows the pages of a file wherever they point
 * to, and a damaged one may point in a circle: the thread can be ended from outside, and its memory is its own. Node runs this file by
 * leaving the types out: what it imports may write nothing that needs translating.
 */
import { parentPort } from "node:worker_threads";
import MDBReader, { type Table } from "mdb-reader";
import { toAccessCell } from "./access-cell.ts";
import type { AccessCell, AccessReply, AccessRequest, AccessTable } from "./thread-words.ts";

/** Objects and attachments: nothing of the audit is in them, and they may be large. */
const NOT_READ: ReadonlySet<string> = new Set(["ole", "binary", "complex"]);
/** What the library says of encryption: one of its messages, since it has no error codes. */
const PROTECTION = /password|encrypt|not implemented/i;

class DatabaseReader {
  #tables = new Map<string, Table>();

  open(bytes: ArrayBuffer): AccessReply {
    const reader = new MDBReader(Buffer.from(bytes));
    this.#tables = new Map(reader.getTableNames().map((name) => [name, reader.getTable(name)]));
    return { kind: "tables", tables: [...this.#tables.values()].map(describeTable) };
  }

  rows(name: string, rowOffset: number, rowLimit: number): AccessReply {
    const table = this.#tables.get(name);
    if (table === undefined) throw new RangeError("no such table");
    const columns = columnsOf(table);
    const data = table.getData({ columns: columns.map((column) => column.name), rowOffset, rowLimit });
    const rows = data.map((row): readonly AccessCell[] =>
      columns.map((column) => toAccessCell(row[column.name] ?? null, column.type)),
    );
    return { kind: "rows", rows };
  }
}

const columnsOf = (table: Table) => table.getColumns().filter(({ type }) => !NOT_READ.has(type));

function describeTable(table: Table): AccessTable {
  const columns = columnsOf(table);
  return {
    name: table.name,
    columns: columns.map(({ name }) => name),
    yesNo: columns.filter(({ type }) => type === "boolean").map(({ name }) => name),
    rowCount: table.rowCount,
  };
}

const reader = new DatabaseReader();

function answer(request: AccessRequest): AccessReply {
  try {
    return request.kind === "open" ? reader.open(request.bytes) : reader.rows(request.table, request.offset, request.limit);
  } catch (error) {
    const isProtected = request.kind === "open" && error instanceof Error && PROTECTION.test(error.message);
    return { kind: "refused", reason: isProtected ? "PROTECTED" : "DAMAGED" };
  }
}

parentPort?.on("message", (request: AccessRequest) => parentPort?.postMessage(answer(request)));
