/** Reading stored patient records of the acting organisation. */
import type { RecordTypeName } from "../dataset/define.ts";
import type { Dictionary } from "../dataset/dictionary.ts";
import type { OrganisationActor } from "../records/actor.ts";
import { type AuditEntry, entryOf } from "../records/audit-entry.ts";
import type {
  Page,
  PageRequest,
  PatientLookup,
  PatientRecordFilter,
  RecordNode,
  StatusStore,
} from "../submission/status-ports.ts";
import type { BoundSql } from "./database/constant-sql.ts";
import type { Transaction } from "./database/unit.ts";
import { isUuid, readId, toCursor, toPage } from "./page-cursor.ts";
import type { PatientIdentities } from "./patient-identities.ts";
import { toArrayLiteral } from "./sql/array-literal.ts";
import { type DatasetSql, statementsOf } from "./sql/dataset-statements.ts";
import { compilePatientQueries, type PatientQueries, type PatientReads } from "./sql/patient-queries.ts";
import { bytesOf, numberOf, type SqlRow, textOf } from "./sql-row.ts";
import type { StatusReader } from "./status-reader.ts";
import { readRecordNode } from "./stored-row.ts";

type PatientStatusStore = Pick<StatusStore, "patient" | "patients" | "children">;

/** The statement of a look-up; null for an id that cannot be one. @param more the values of its places after the first two */
export function bindPatientLookup(
  reads: Pick<PatientReads, "byId" | "itself" | "byNhsMac" | "byHospitalMac">,
  ods: string,
  lookup: PatientLookup,
  identities: PatientIdentities,
  more: readonly string[] = [],
): BoundSql | null {
  if ("id" in lookup) {
    const read = lookup.itself ? reads.itself : reads.byId;
    return isUuid(lookup.id) ? read([ods, lookup.id, ...more]) : null;
  }
  if ("nhsNumber" in lookup) return reads.byNhsMac([ods, identities.nhsMac(lookup.nhsNumber), ...more]);
  return reads.byHospitalMac([ods, identities.hospitalMac(lookup.hospitalNumber), ...more]);
}

const idsOf = (rows: readonly SqlRow[]): readonly string[] => rows.map((row) => textOf(row, "id"));

/** What was shown of whom. Looking for somebody who is not there is a reading too. */
export const toReading = (actor: OrganisationActor, type: string, patientIds: readonly string[], identity: boolean): AuditEntry =>
  entryOf(actor, { action: "READ", type, patientIds, details: { shown: patientIds.length, identity } });

export class PatientStatus implements PatientStatusStore {
  readonly #reader: StatusReader;
  readonly #datasetSql: DatasetSql;
  readonly #queries: PatientQueries;

  constructor(reader: StatusReader, datasetSql: DatasetSql, dictionary: Dictionary) {
    this.#reader = reader;
    this.#datasetSql = datasetSql;
    this.#queries = compilePatientQueries(dictionary, datasetSql);
  }

  async patient(actor: OrganisationActor, lookup: PatientLookup, withIdentity: boolean): Promise<RecordNode | null> {
    const identities = await this.#reader.identities(actor);
    const bound = bindPatientLookup(this.#reads(withIdentity), actor.ods, lookup, identities);
    if (bound === null) return null;
    const [row] = await this.#reader.readAudited(
      actor,
      (tx) => tx.$queryRaw<SqlRow[]>(bound),
      (rows) => [toReading(actor, "READ_RECORD", idsOf(rows), withIdentity)],
    );
    return row === undefined ? null : this.#toNode(row, withIdentity ? identities : null);
  }

  async patients(
    actor: OrganisationActor,
    filter: PatientRecordFilter,
    page: PageRequest,
    withIdentity: boolean,
  ): Promise<Page<RecordNode>> {
    const after = page.after === null ? null : readId(page.after);
    const identities = withIdentity ? await this.#reader.identities(actor) : null;
    const values = [
      actor.ods,
      filter.eventType === undefined ? null : toArrayLiteral(filter.eventType),
      filter.eventDateFrom ?? null,
      filter.eventDateTo ?? null,
      filter.updatedFrom ?? null,
    ];
    const work = async (tx: Transaction): Promise<Page<RecordNode>> => {
      const [count] = await tx.$queryRaw<SqlRow[]>(this.#queries.count(values));
      const rows = await tx.$queryRaw<SqlRow[]>(this.#reads(withIdentity).page([...values, after, page.first + 1]));
      const total = count === undefined ? 0 : numberOf(count, "total");
      return toPage(
        rows.map((row) => this.#toNode(row, identities)),
        page.first,
        total,
        (node) => toCursor(node.id),
      );
    };
    return this.#reader.readAudited(actor, work, ({ nodes }) => [
      toReading(
        actor,
        "LIST_RECORDS",
        nodes.map(({ node }) => node.id),
        withIdentity,
      ),
    ]);
  }

  async children(
    actor: OrganisationActor,
    recordType: RecordTypeName,
    parentIds: readonly string[],
  ): Promise<readonly RecordNode[]> {
    const statements = statementsOf(this.#datasetSql, recordType);
    const ids = parentIds.filter(isUuid);
    const { selectChildren } = statements;
    if (selectChildren === null || ids.length === 0) return [];
    const rows = await this.#reader.read(actor, (tx) => tx.$queryRaw<SqlRow[]>(selectChildren([actor.ods, toArrayLiteral(ids)])));
    return rows.map((row) => readRecordNode(statements, row, null));
  }

  #reads(withIdentity: boolean): PatientReads {
    return withIdentity ? this.#queries.withIdentity : this.#queries.plain;
  }

  #toNode(row: SqlRow, identities: PatientIdentities | null): RecordNode {
    const identity = identities?.open(textOf(row, "id"), bytesOf(row, "sealed")) ?? null;
    return readRecordNode(statementsOf(this.#datasetSql, "PATIENT"), row, identity);
  }
}
