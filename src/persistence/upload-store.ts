/** Rows of uploads and their parts. What they point to lies outside the database. */
import { RECORD_TYPE_NAMES } from "../dataset/define.ts";
import type { ExpiredUpload, Upload, UploadPart, UploadStore } from "../submission/upload-ports.ts";
import type { BoundSql } from "./database/constant-sql.ts";
import type { Database } from "./database/database.ts";
import { isUuid } from "./page-cursor.ts";
import { toColumnLiteral } from "./sql/array-literal.ts";
import {
  ADD_PARTS,
  COMPLETE_UPLOAD,
  CREATE_UPLOAD,
  DECLARE_LENGTH,
  EXPIRE_UPLOAD,
  EXPIRED_UPLOADS,
  FIND_UPLOAD,
  LAST_PART_OF_UPLOAD,
  LIVING_UPLOADS,
  PARTS_OF_UPLOAD,
  REMOVE_PARTS,
  REMOVE_UPLOAD,
} from "./sql/upload-queries.ts";
import { numberOf, optionalNumberOf, optionalTextOf, type SqlRow, textOf, wordOf } from "./sql-row.ts";

/** Expired uploads that are read at once. */
const SWEEP_PAGE = 100;

export function createUploadStore(database: Database): UploadStore {
  const query = (ods: string, sql: BoundSql): Promise<SqlRow[]> =>
    database.withRole({ role: "nacr_app", ods }, (tx) => tx.$queryRaw<SqlRow[]>(sql));
  const execute = (ods: string, sql: BoundSql): Promise<number> =>
    database.withRole({ role: "nacr_app", ods }, (tx) => tx.$executeRaw(sql));
  return {
    create: async ({ ods, clientId }, { id, recordType, declaredBytes, createdAt, expiresAt }) => {
      await execute(ods, CREATE_UPLOAD([ods, id, clientId, recordType, declaredBytes, createdAt, expiresAt]));
    },
    find: async ({ ods, clientId }, id) =>
      isUuid(id) ? firstOf(await query(ods, FIND_UPLOAD([ods, id, clientId])), readUpload) : null,
    parts: async (ods, id) => (await query(ods, PARTS_OF_UPLOAD([ods, id]))).map(readPart),
    lastPart: async (ods, id) => firstOf(await query(ods, LAST_PART_OF_UPLOAD([ods, id])), readPart),
    declareLength: async (ods, id, bytes) => (await query(ods, DECLARE_LENGTH([ods, id, bytes]))).length > 0,
    addParts: async (ods, id, end, parts) => (await query(ods, addParts(ods, id, end, parts))).length > 0,
    living: async (ods, after) => (await query(ods, LIVING_UPLOADS([ods, after, SWEEP_PAGE]))).map((row) => textOf(row, "id")),
    complete: async (ods, id, { sha256, completedAt, expiresAt }) => {
      await execute(ods, COMPLETE_UPLOAD([ods, id, sha256, completedAt, expiresAt]));
    },
    expire: async (ods, id) => (await query(ods, EXPIRE_UPLOAD([ods, id]))).length > 0,
    remove: async (ods, id) => {
      await database.withRole({ role: "nacr_app", ods }, async (tx) => {
        await tx.$executeRaw(REMOVE_PARTS([ods, id, null]));
        await tx.$executeRaw(REMOVE_UPLOAD([ods, id, null]));
      });
    },
    ...createSweepReads(database),
  };
}

/** As the worker, who sees the uploads of every organisation, and nothing of theirs but these rows. */
function createSweepReads(database: Database): Pick<UploadStore, "expired" | "removeExpired"> {
  return {
    expired: async (before, after) => {
      const sql = EXPIRED_UPLOADS([before, after?.expiresAt ?? null, after?.id ?? null, SWEEP_PAGE]);
      return (await database.withRole({ role: "nacr_worker" }, (tx) => tx.$queryRaw<SqlRow[]>(sql))).map(readExpired);
    },
    removeExpired: ({ ods, id }, before) =>
      database.withRole({ role: "nacr_worker" }, async (tx) => {
        await tx.$executeRaw(REMOVE_PARTS([ods, id, before]));
        return await tx.$executeRaw(REMOVE_UPLOAD([ods, id, before]));
      }),
  };
}

function addParts(ods: string, id: string, end: number, parts: readonly UploadPart[]): BoundSql {
  const newEnd = parts.reduce((sum, { bytes }) => sum + bytes, end);
  return ADD_PARTS([
    ods,
    id,
    end,
    newEnd,
    toColumnLiteral(parts, ({ part }) => part),
    toColumnLiteral(parts, ({ firstByte }) => firstByte),
    toColumnLiteral(parts, ({ bytes }) => bytes),
    toColumnLiteral(parts, ({ firstFrame }) => firstFrame),
    toColumnLiteral(parts, ({ object }) => object),
  ]);
}

function firstOf<T>([row]: readonly SqlRow[], read: (row: SqlRow) => T): T | null {
  return row === undefined ? null : read(row);
}

const readUpload = (row: SqlRow): Upload => ({
  id: textOf(row, "id"),
  ods: textOf(row, "ods"),
  clientId: textOf(row, "client_id"),
  recordType: row.record_type === null ? null : wordOf(row, "record_type", RECORD_TYPE_NAMES),
  declaredBytes: optionalNumberOf(row, "declared_bytes"),
  receivedBytes: numberOf(row, "received_bytes"),
  sha256: optionalTextOf(row, "sha256"),
  createdAt: textOf(row, "created_at"),
  completedAt: optionalTextOf(row, "completed_at"),
  expiresAt: textOf(row, "expires_at"),
});

const readPart = (row: SqlRow): UploadPart => ({
  part: numberOf(row, "part"),
  firstByte: numberOf(row, "first_byte"),
  bytes: numberOf(row, "bytes"),
  firstFrame: numberOf(row, "first_frame"),
  object: textOf(row, "object"),
});

const readExpired = (row: SqlRow): ExpiredUpload => ({
  ods: textOf(row, "ods"),
  id: textOf(row, "id"),
  expiresAt: textOf(row, "expires_at"),
});
