/** The tables of an Access database (.mdb, .accdb), laid aside row by row. */
import type { RecordTypeName } from "../../../dataset/define.ts";
import type { Dictionary } from "../../../dataset/dictionary.ts";
import { LIMITS } from "../../../lib/limits.ts";
import type { Issue } from "../../../records/issue.ts";
import type { UploadContent } from "../../../submission/upload-ports.ts";
import { fileIssue } from "../file-issues.ts";
import { ScratchFile } from "../scratch-file.ts";
import { encodeRow, openStoredTable } from "../stored-table.ts";
import type { TableFile } from "../table-file.ts";
import { labelOfTable, recordTypeOfTableName } from "../table-names.ts";
import { AccessThread } from "./access-thread.ts";
import type { AccessCell, AccessReply, AccessTable } from "./thread-words.ts";

/** Behind four bytes; "Standard Jet DB" up to Access 2003, "Standard ACE DB" since. */
const ENGINE = /^Standard (?:Jet|ACE) DB\0/;
const ENGINE_OFFSET = 4;
const ENGINE_BYTES = 16;
const HEAD_BYTES = 32;
/** Rows that are asked for at a time. */
const BATCH = 2_000;
/** Text of rows is written in pieces of about this length. */
const PIECE_CHARACTERS = 64 * 1024;

export const isAccess = (head: Buffer): boolean =>
  ENGINE.test(head.toString("latin1", ENGINE_OFFSET, ENGINE_OFFSET + ENGINE_BYTES));

export interface AccessOptions {
  readonly dictionary: Dictionary;
  /** Where tables are laid aside, sealed. */
  readonly folder: string;
  /** What is laid aside, for whoever closes it. */
  readonly scratch: ScratchFile[];
  /** Tables that are read; the others are passed over. */
  readonly isWanted: (columns: readonly string[], recordType: RecordTypeName | null) => boolean;
}

export interface AccessTables {
  readonly tables: readonly TableFile[];
  readonly issues: readonly Issue[];
}

/** Ends the reading of a database; never leaves this file. */
class AccessRefused extends Error {
  readonly issue: Issue;

  constructor(reason: "PROTECTED" | "DAMAGED") {
    super();
    this.issue =
      reason === "PROTECTED"
        ? fileIssue("ERROR", "FILE_PROTECTED")
        : fileIssue("ERROR", "FORMAT_UNRECOGNISED", "file", { reason });
  }
}

/** @throws what the content throws, and what hinders the machine */
export async function readAccess(content: UploadContent, options: AccessOptions): Promise<AccessTables> {
  if (!isAccess(await content.read(0, HEAD_BYTES))) return { tables: [], issues: [fileIssue("ERROR", "FORMAT_UNRECOGNISED")] };
  if (content.bytes > LIMITS.accessBytes) {
    const max = LIMITS.accessBytes / 1024 / 1024;
    return { tables: [], issues: [fileIssue("ERROR", "FILE_TOO_LARGE", "file", { max, unit: "MiB" })] };
  }
  const bytes = await readWhole(content);
  const thread = new AccessThread();
  try {
    const opened = expectReply(await thread.ask({ kind: "open", bytes }), "tables");
    return await layAside(opened.tables, thread, options);
  } catch (error) {
    if (error instanceof AccessRefused) return { tables: [], issues: [error.issue] };
    throw error;
  } finally {
    await thread.close();
  }
}

async function readWhole(content: UploadContent): Promise<ArrayBuffer> {
  const bytes = new ArrayBuffer(content.bytes);
  const view = Buffer.from(bytes);
  let at = 0;
  for await (const piece of content.stream(0)) at += piece.copy(view, at);
  return bytes;
}

function expectReply<K extends AccessReply["kind"]>(reply: AccessReply, kind: K): Extract<AccessReply, { kind: K }> {
  if (isKind(reply, kind)) return reply;
  throw new AccessRefused(reply.kind === "refused" ? reply.reason : "DAMAGED");
}

const isKind = <K extends AccessReply["kind"]>(reply: AccessReply, kind: K): reply is Extract<AccessReply, { kind: K }> =>
  reply.kind === kind;

async function layAside(found: readonly AccessTable[], thread: AccessThread, options: AccessOptions): Promise<AccessTables> {
  const tables: TableFile[] = [];
  const issues: Issue[] = [];
  for (const [index, table] of found.entries()) {
    const prefix = `table ${labelOfTable(table.name, index + 1, options.dictionary)} `;
    const recordType = recordTypeOfTableName(table.name, options.dictionary);
    if (!options.isWanted(table.columns, recordType)) {
      if (table.rowCount > 0) issues.push(fileIssue("WARNING", "TABLE_NOT_READ", prefix.trim()));
      continue;
    }
    const content = await ScratchFile.create(options.folder);
    options.scratch.push(content);
    const rows = await copyRows(table, thread, content);
    if (rows !== table.rowCount) issues.push(fileIssue("WARNING", "TABLE_INCOMPLETE", prefix.trim(), { max: table.rowCount }));
    for (const column of table.yesNo)
      if (isShown(column)) issues.push(fileIssue("INFORMATION", "YES_NO_WITHOUT_UNKNOWN", `${prefix}header.${column}`));
    const facts = {
      kind: "TABLE",
      name: table.name,
      place: prefix.trim(),
      prefix,
      recordType,
      header: table.columns,
      headerRow: 0,
      dateSystem: 1900,
    } as const;
    tables.push(openStoredTable(content, facts));
  }
  if (tables.length === 0) issues.push(fileIssue("ERROR", "RECORD_TYPE_UNKNOWN"));
  return { tables, issues };
}

/** A name that may be shown: anything else could be a value in the place of a name. */
const SHOWN_NAME = /^[A-Za-z][A-Za-z0-9 ._-]{0,63}$/;
const isShown = (name: string): boolean => SHOWN_NAME.test(name);

async function copyRows({ name }: AccessTable, thread: AccessThread, content: ScratchFile): Promise<number> {
  let count = 0;
  for (;;) {
    const { rows } = expectReply(await thread.ask({ kind: "rows", table: name, offset: count, limit: BATCH }), "rows");
    await writeRows(rows, count, content);
    count += rows.length;
    if (rows.length < BATCH) break;
  }
  await content.end();
  return count;
}

async function writeRows(rows: readonly (readonly AccessCell[])[], before: number, content: ScratchFile): Promise<void> {
  let lines = "";
  for (const [index, cells] of rows.entries()) {
    const types = cells.map(({ type }) => type);
    lines += encodeRow(before + index + 1, {
      texts: cells.map(({ text }) => text),
      types: types.every((type) => type === "text") ? null : types,
    });
    if (lines.length < PIECE_CHARACTERS) continue;
    await content.write(Buffer.from(lines, "utf8"));
    lines = "";
  }
  await content.write(Buffer.from(lines, "utf8"));
}
