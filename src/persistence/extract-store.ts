/** Extracts and their files, in role `nacr_extracts`. */
import type { KeyRing } from "../keys/key-ring.ts";
import type { ExtractLease, ExtractPart, ExtractStore } from "../statistics/extracts/extract-ports.ts";
import type { NewId } from "../submission/ports.ts";
import { writeAuditEntry } from "./audit-entries.ts";
import type { Database } from "./database/database.ts";
import type { Transaction } from "./database/unit.ts";
import { openPart, requireKeys, sealPart } from "./extract-parts.ts";
import { readExtract, writeTables } from "./extract-row.ts";
import { isUuid, readTimeAndId, toCursor, toPage } from "./page-cursor.ts";
import { toArrayLiteral } from "./sql/array-literal.ts";
import {
  COUNT_EXTRACTS,
  EXTRACTS_OF,
  FIND_EXTRACT,
  FINISH_EXTRACT,
  HAND_OVER,
  LEASE_EXTRACT,
  LIST_PARTS,
  MAKE_AGAIN,
  NOTE_WITHHELD,
  PAGE_EXTRACTS,
  READ_PART,
  READY_EXTRACTS,
  RELEASE_EXTRACT,
  REMOVE_EXTRACTS,
  REMOVE_PARTS,
  REMOVE_REMOVED_PARTS,
  RENEW_EXTRACT,
  REQUEST_EXTRACT,
  REQUESTED_EXTRACT,
  WRITE_PART,
} from "./sql/extract-statements.ts";
import type { ConstantSql } from "./sql/table-shape.ts";
import { bytesOf, numberOf, type SqlRow, textOf } from "./sql-row.ts";

export interface ExtractStoreDependencies {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly newId: NewId;
}

const ROLE = { role: "nacr_extracts" } as const;
/** After a fault. */
const REST_SECONDS = 30;

type Unit = <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
type Query = (sql: ConstantSql, values: readonly unknown[]) => Promise<readonly SqlRow[]>;

export function createExtractStore(dependencies: ExtractStoreDependencies): ExtractStore {
  const unit: Unit = (work) => dependencies.database.withRole(ROLE, work);
  const query: Query = (sql, values) => unit((tx) => tx.$queryRaw<SqlRow[]>(sql(values)));
  return {
    ...createAsking(unit, query),
    ...createMaking(unit, dependencies),
    ...createHandingOver(unit, query, dependencies),
  };
}

type Asking = Pick<ExtractStore, "request" | "find" | "page" | "ofAgreement" | "ready">;

function createAsking(unit: Unit, query: Query): Asking {
  return {
    request: (request, { id, clientId, at }) =>
      unit(async (tx) => {
        const { agreementId, version, product, cutId, period, format, fields, purpose, location } = request;
        const tables = writeTables(request.tables);
        await tx.$executeRaw(
          REQUEST_EXTRACT([
            ...[id, agreementId, version, product, cutId, period, format, toArrayLiteral(fields), tables],
            ...[purpose, location, clientId, at],
          ]),
        );
        const rows = await tx.$queryRaw<SqlRow[]>(REQUESTED_EXTRACT([agreementId, version, product, cutId, period, tables]));
        return readExtract(onlyRow(rows));
      }),
    find: async (id) => {
      const [row] = isUuid(id) ? await query(FIND_EXTRACT, [id]) : [];
      return row === undefined ? null : readExtract(row);
    },
    page: (agreementId, { first, after }) =>
      unit(async (tx) => {
        const position = after === null ? null : readTimeAndId(after);
        const total = numberOf(onlyRow(await tx.$queryRaw<SqlRow[]>(COUNT_EXTRACTS([agreementId]))), "total");
        const values = [agreementId, position?.time ?? null, position?.id ?? null, first + 1];
        const rows = await tx.$queryRaw<SqlRow[]>(PAGE_EXTRACTS(values));
        return toPage(rows.map(readExtract), first, total, ({ requestedAt, id }) => toCursor(requestedAt, id));
      }),
    ofAgreement: async (agreementId) => (await query(EXTRACTS_OF, [agreementId])).map(readExtract),
    ready: async () => (await query(READY_EXTRACTS, [])).map(readExtract),
  };
}

const mine = ({ extract, attempt }: ExtractLease): readonly [string, number] => [extract.id, attempt];

type Making = Pick<ExtractStore, "lease" | "renew" | "writePart" | "finish" | "release">;

function createMaking(unit: Unit, { keys, newId }: ExtractStoreDependencies): Making {
  return {
    lease: (seconds) =>
      unit(async (tx) => {
        const [row] = await tx.$queryRaw<SqlRow[]>(LEASE_EXTRACT([seconds]));
        if (row === undefined) return null;
        const extract = readExtract(row);
        await tx.$executeRaw(REMOVE_PARTS([extract.id]));
        return { extract, attempt: numberOf(row, "attempts"), tries: numberOf(row, "tries") };
      }),
    renew: (lease, seconds) => unit(async (tx) => (await tx.$executeRaw(RENEW_EXTRACT([...mine(lease), seconds]))) === 1),
    writePart: async (lease, part) => {
      const [extractId, attempt] = mine(lease);
      const sealed = await sealPart(part, { extractId, attempt, ...part }, await requireKeys(keys, lease.extract.agreementId));
      const written = await unit((tx) => tx.$executeRaw(WRITE_PART([extractId, attempt, part.file, part.part, sealed])));
      if (written !== 1) throw new Error("An extract is made by another process, or is not wanted any more");
    },
    finish: (lease, { madeAt, files, manifest }, entry) =>
      unit(async (tx) => {
        const values = [...mine(lease), madeAt, JSON.stringify(files), manifest];
        if ((await tx.$executeRaw(FINISH_EXTRACT(values))) !== 1) return false;
        await writeAuditEntry(tx, entry, newId);
        return true;
      }),
    release: (lease, state, entry) =>
      unit(async (tx) => {
        if ((await tx.$executeRaw(RELEASE_EXTRACT([...mine(lease), state, REST_SECONDS]))) !== 1) return;
        await tx.$executeRaw(REMOVE_PARTS([lease.extract.id]));
        if (entry !== null) await writeAuditEntry(tx, entry, newId);
      }),
  };
}

type HandingOver = Pick<
  ExtractStore,
  "parts" | "handOver" | "makeAgain" | "noteWithheld" | "removeMadeBefore" | "removeOfAgreement"
>;

function createHandingOver(unit: Unit, query: Query, { keys, newId }: ExtractStoreDependencies): HandingOver {
  const remove = (agreementId: string | null, madeBefore: string | null, now: string): Promise<number> =>
    unit(async (tx) => {
      const removed = await tx.$executeRaw(REMOVE_EXTRACTS([agreementId, madeBefore, now]));
      if (removed > 0) await tx.$executeRaw(REMOVE_REMOVED_PARTS([]));
      return removed;
    });
  return {
    async *parts({ id, agreementId }, file): AsyncGenerator<ExtractPart> {
      const places = await query(LIST_PARTS, [id, file]);
      if (places.length === 0) return;
      const agreementKeys = await requireKeys(keys, agreementId);
      for (const row of places) {
        const place = {
          extractId: id,
          attempt: numberOf(row, "attempt"),
          file: textOf(row, "file"),
          part: numberOf(row, "part"),
        };
        const sealed = bytesOf(onlyRow(await query(READ_PART, [id, place.attempt, place.file, place.part])), "sealed");
        yield { file: place.file, part: place.part, bytes: await openPart(sealed, place, agreementKeys) };
      }
    },
    handOver: async (id, at) => {
      const [row] = await query(HAND_OVER, [id, at]);
      return row === undefined ? null : readExtract(row);
    },
    makeAgain: (id, entry) =>
      unit(async (tx) => {
        if ((await tx.$executeRaw(MAKE_AGAIN([id]))) !== 1) return false;
        await tx.$executeRaw(REMOVE_PARTS([id]));
        await writeAuditEntry(tx, entry, newId);
        return true;
      }),
    noteWithheld: async (id, persons) => {
      await unit((tx) => tx.$executeRaw(NOTE_WITHHELD([id, persons])));
    },
    removeMadeBefore: (at, now) => remove(null, at, now),
    removeOfAgreement: async (agreementId, now) => {
      await remove(agreementId, null, now);
    },
  };
}

/** @throws Error: a part that goes while it is read, and what a statement must return */
function onlyRow([row]: readonly SqlRow[]): SqlRow {
  if (row === undefined) throw new Error("A row of an extract is not there");
  return row;
}
