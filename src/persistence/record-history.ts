/** The history of one record, item by item: its changes from `record_change`, and its creation, worked out from the first of them. */
import { RECORD_TYPE_NAMES } from "../dataset/define.ts";
import type { CompiledRecordType, Dictionary } from "../dataset/dictionary.ts";
import { GatewayError } from "../errors/gateway-error.ts";
import { findNearest } from "../lib/nearest-text.ts";
import type { OrganisationActor } from "../records/actor.ts";
import { type AuditEntry, entryOf } from "../records/audit-entry.ts";
import { MERGE_DECISIONS } from "../records/submission-record.ts";
import type { FieldHistory, HistoryRequest, HistoryStore } from "../submission/history-ports.ts";
import type { Page } from "../submission/status-ports.ts";
import type { Transaction } from "./database/unit.ts";
import { isUuid, readVersionAndField, toCursor, toPage } from "./page-cursor.ts";
import { CREATION, parseValue, readCreation, sourceOf } from "./record-history-creation.ts";
import { SealedChanges } from "./record-history-identity.ts";
import type { DatasetSql } from "./sql/dataset-statements.ts";
import { compileHistoryQueries, type HistoryQueries } from "./sql/history-queries.ts";
import { booleanOf, numberOf, optionalBytesOf, type SqlRow, textOf, wordOf } from "./sql-row.ts";
import type { StatusReader } from "./status-reader.ts";
import type { IdentityValues } from "./stored-row.ts";

/** What one call reads, in its transaction. */
interface Reading {
  readonly tx: Transaction;
  readonly actor: OrganisationActor;
  readonly request: HistoryRequest;
  readonly sealed: SealedChanges | null;
  openIdentity(sealed: Uint8Array): IdentityValues;
}

/** @throws GatewayError BAD_USER_INPUT; a wrong name may be anything, so it is not repeated. */
function requireItem(type: CompiledRecordType, field: string): void {
  if (type.byName.has(field)) return;
  const nearest = findNearest(field, type.byName.keys());
  const hint = nearest === null ? "" : ` Did you mean "${nearest}"?`;
  const details = { path: "field", ...(nearest === null ? {} : { nearestName: nearest }) };
  throw new GatewayError("BAD_USER_INPUT", `A record of type ${type.name} has no such item.${hint}`, { details });
}

function readChange(row: SqlRow, type: CompiledRecordType, sealed: SealedChanges | null): FieldHistory {
  const [version, field, box] = [numberOf(row, "version"), textOf(row, "field"), optionalBytesOf(row, "sealed")];
  const isShown = sealed !== null && box !== null && type.byName.get(field)?.identifying === true;
  const values = isShown
    ? sealed.read(version, box, field)
    : { before: parseValue(row, "before"), after: parseValue(row, "after") };
  return {
    version,
    field,
    before: values.before,
    after: values.after,
    decision: wordOf(row, "decision", MERGE_DECISIONS),
    at: textOf(row, "at"),
    source: sourceOf(row),
    kind: booleanOf(row, "withdrawal") ? "WITHDRAWAL" : "CHANGE",
    withdrawn: booleanOf(row, "withdrawn"),
  };
}

const toHistoryReading = (actor: OrganisationActor, id: string, shown: number, identity: boolean): AuditEntry =>
  entryOf(actor, { action: "READ", type: "READ_HISTORY", entity: { kind: "RECORD", id }, details: { shown, identity } });

export class RecordHistory implements Pick<HistoryStore, "history"> {
  readonly #reader: StatusReader;
  readonly #dictionary: Dictionary;
  readonly #queries: HistoryQueries;

  constructor(reader: StatusReader, datasetSql: DatasetSql, dictionary: Dictionary) {
    this.#reader = reader;
    this.#dictionary = dictionary;
    this.#queries = compileHistoryQueries(datasetSql);
  }

  async history(actor: OrganisationActor, request: HistoryRequest, withIdentity: boolean): Promise<Page<FieldHistory> | null> {
    const { recordId } = request;
    if (!isUuid(recordId)) return null;
    const identities = withIdentity ? await this.#reader.identities(actor) : null;
    const keys = withIdentity ? await this.#reader.organisationKeys(actor) : null;
    const sealed = keys && new SealedChanges(keys, actor.ods, recordId);
    const openIdentity = (box: Uint8Array): IdentityValues => identities?.open(recordId, box) ?? {};
    return this.#reader.readAudited(
      actor,
      (tx) => this.#readPage({ tx, actor, request, sealed, openIdentity }),
      (page) => (page === null ? [] : [toHistoryReading(actor, recordId, page.nodes.length, withIdentity)]),
    );
  }

  async #readPage(reading: Reading): Promise<Page<FieldHistory> | null> {
    const { tx, actor, request, sealed, openIdentity } = reading;
    const reads = sealed === null ? this.#queries.plain : this.#queries.withIdentity;
    const [record] = await tx.$queryRaw<SqlRow[]>(reads.record([actor.ods, request.recordId]));
    if (record === undefined) return null;
    const type = this.#dictionary.recordType(wordOf(record, "record_type", RECORD_TYPE_NAMES));
    if (request.field !== null) requireItem(type, request.field);
    const { first, after } = request.page;
    const seen = after === null ? null : readVersionAndField(after);
    const values = [actor.ods, request.recordId, request.field];
    const [count] = await tx.$queryRaw<SqlRow[]>(this.#queries.count(values));
    const rows = await tx.$queryRaw<SqlRow[]>(reads.page([...values, seen?.version ?? null, seen?.field ?? null, first + 1]));
    const firstChanges = await tx.$queryRaw<SqlRow[]>(reads.firstChanges(values));
    const creation = readCreation({ type, field: request.field, record, firstChanges, sealed, openIdentity });
    const behind = creation.filter(({ field }) => seen === null || seen.version > CREATION || field > seen.field);
    return toPage(
      [...rows.map((row) => readChange(row, type, sealed)), ...behind],
      first,
      (count === undefined ? 0 : numberOf(count, "total")) + creation.length,
      ({ version, field }) => toCursor(version, field),
    );
  }
}
