/** Records as they were at an instant: clinical items by the database, identifying ones here, where alone they can be opened. */
import type { RecordTypeName } from "../dataset/define.ts";
import type { CompiledItem, CompiledRecordType, Dictionary } from "../dataset/dictionary.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { HistoryStore } from "../submission/history-ports.ts";
import type { PatientLookup, RecordNode } from "../submission/status-ports.ts";
import type { Transaction } from "./database/unit.ts";
import { isUuid } from "./page-cursor.ts";
import type { PatientIdentities } from "./patient-identities.ts";
import { bindPatientLookup, toReading } from "./patient-status.ts";
import { SealedChanges } from "./record-history-identity.ts";
import { toArrayLiteral } from "./sql/array-literal.ts";
import type { DatasetSql } from "./sql/dataset-statements.ts";
import { type AsOfQueries, compileAsOfQueries, IDENTITY_SINCE } from "./sql/history-as-of-queries.ts";
import {
  bytesOf,
  itemValueOf,
  numberOf,
  optionalBytesOf,
  optionalNumberOf,
  optionalTextOf,
  type SqlRow,
  textOf,
} from "./sql-row.ts";
import type { StatusReader } from "./status-reader.ts";
import type { IdentityValues } from "./stored-row.ts";

/** The only identifying item of which everybody sees a part. */
const DATE_OF_BIRTH = "dateOfBirth";

/** A row of `AsOfQueries`. A value that a removed row did not have stands nowhere. */
function readNode(type: CompiledRecordType, row: SqlRow): RecordNode {
  const known: SqlRow = JSON.parse(textOf(row, "values"));
  const values = type.clinicalItems.map(({ name }) => [name, name in known ? itemValueOf(known, name) : null] as const);
  return {
    recordType: type.name,
    id: textOf(row, "id"),
    parentId: optionalTextOf(row, "parent_id"),
    version: numberOf(row, "version"),
    programmeCode: textOf(row, "programme_code"),
    updatedAt: textOf(row, "updated_at"),
    yearOfBirth: optionalNumberOf(row, "year_of_birth"),
    values: Object.fromEntries(values),
  };
}

export class RecordsAsOf implements Pick<HistoryStore, "patientAsOf" | "childrenAsOf"> {
  readonly #reader: StatusReader;
  readonly #dictionary: Dictionary;
  readonly #queries: AsOfQueries;

  constructor(reader: StatusReader, datasetSql: DatasetSql, dictionary: Dictionary) {
    this.#reader = reader;
    this.#dictionary = dictionary;
    this.#queries = compileAsOfQueries(datasetSql);
  }

  async patientAsOf(
    actor: OrganisationActor,
    lookup: PatientLookup,
    asOf: string,
    withIdentity: boolean,
  ): Promise<RecordNode | null> {
    const [identities, keys] = [await this.#reader.identities(actor), await this.#reader.organisationKeys(actor)];
    const reads = withIdentity ? this.#queries.withIdentity : this.#queries.plain;
    const bound = bindPatientLookup(reads, actor.ods, lookup, identities, [asOf]);
    if (bound === null) return null;
    const patient = this.#dictionary.recordType("PATIENT");
    const items = withIdentity ? patient.identityItems : [];
    const names = withIdentity ? items.map(({ name }) => name) : [DATE_OF_BIRTH];
    const work = async (tx: Transaction): Promise<RecordNode | null> => {
      const [row] = await tx.$queryRaw<SqlRow[]>(bound);
      if (row === undefined) return null;
      const node = readNode(patient, row);
      const since = await tx.$queryRaw<SqlRow[]>(IDENTITY_SINCE([actor.ods, node.id, node.version, toArrayLiteral(names)]));
      const before = readBefore(since, new SealedChanges(keys, actor.ods, node.id));
      return withIdentityThen(withYearThen(node, before), items, openCurrent(row, identities), before);
    };
    return this.#reader.readAudited(actor, work, (node) => [
      toReading(actor, "READ_RECORD_AS_OF", node === null ? [] : [node.id], withIdentity),
    ]);
  }

  async childrenAsOf(
    actor: OrganisationActor,
    recordType: RecordTypeName,
    parentIds: readonly string[],
    asOf: string,
  ): Promise<readonly RecordNode[]> {
    const statement = this.#queries.children.get(recordType) ?? null;
    const ids = parentIds.filter(isUuid);
    if (statement === null || ids.length === 0) return [];
    const bound = statement([actor.ods, toArrayLiteral(ids), asOf]);
    const rows = await this.#reader.read(actor, (tx) => tx.$queryRaw<SqlRow[]>(bound));
    const type = this.#dictionary.recordType(recordType);
    return rows.map((row) => readNode(type, row));
  }
}

/** Nothing where it was not read, or is gone. */
function openCurrent(row: SqlRow, identities: PatientIdentities): IdentityValues {
  const box = optionalBytesOf(row, "sealed");
  return box === null ? {} : identities.open(textOf(row, "id"), box);
}

/** Of the items that changed since: what the first change found. @param since rows of `IDENTITY_SINCE` */
function readBefore(since: readonly SqlRow[], sealed: SealedChanges): IdentityValues {
  return Object.fromEntries(
    since.map((row) => {
      const field = textOf(row, "field");
      return [field, sealed.read(numberOf(row, "version"), bytesOf(row, "sealed"), field).before] as const;
    }),
  );
}

/** Years are four digits in every ISO date. */
function withYearThen(node: RecordNode, before: IdentityValues): RecordNode {
  const dateOfBirth = before[DATE_OF_BIRTH];
  if (dateOfBirth === undefined) return node;
  return { ...node, yearOfBirth: typeof dateOfBirth === "string" ? Number(dateOfBirth.slice(0, 4)) : null };
}

/** The node with what its identity was then. @param current of an item that did not change since; @param before of one that did */
function withIdentityThen(
  node: RecordNode,
  items: readonly CompiledItem[],
  current: IdentityValues,
  before: IdentityValues,
): RecordNode {
  const then: IdentityValues = { ...current, ...before };
  const identity = items.map(({ name }) => [name, then[name] ?? null] as const);
  return { ...node, values: { ...node.values, ...Object.fromEntries(identity) } };
}
