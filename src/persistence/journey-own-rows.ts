/** A person's rows of the organisation that reads, with the submissions that wrote them. */
import type { RecordTypeName } from "../dataset/define.ts";
import type { Dictionary } from "../dataset/dictionary.ts";
import type { ItemSources } from "../episodes/journey-ports.ts";
import type { JourneyEvent, JourneyPatient, JourneyTreatment } from "../episodes/resolve-journey.ts";
import type { Transaction } from "./database/unit.ts";
import { toArrayLiteral } from "./sql/array-literal.ts";
import { compileDatasetSql, type DatasetSql, type DatasetStatements, statementsOf } from "./sql/dataset-statements.ts";
import { selectOwnPatients } from "./sql/journey-queries.ts";
import type { ConstantSql } from "./sql/table-shape.ts";
import { optionalTextOf, type SqlRow } from "./sql-row.ts";
import { type ReadRow, readStoredRow } from "./stored-row.ts";
import { readValueSources } from "./value-sources.ts";

/** Rows of a person, of one organisation or of several. */
export interface JourneyRows {
  readonly patients: readonly JourneyPatient[];
  readonly events: readonly JourneyEvent[];
  readonly treatments: readonly JourneyTreatment[];
}

export interface OwnRows extends JourneyRows {
  /** Null for a patient who is a person by itself. */
  readonly personId: string | null;
  /** By record id. */
  readonly sources: ReadonlyMap<string, ItemSources>;
}

/** Items whose submission is named. */
const NAMED_ITEMS: Readonly<Partial<Record<RecordTypeName, readonly string[]>>> = {
  PATIENT: ["gender", "ethnicGroup", "maritalStatus"],
  INITIATING_EVENT: ["eventType", "eventDate"],
  TREATMENT: ["type"],
};

export class OwnRowsReader {
  readonly #sql: DatasetSql;
  readonly #patient: DatasetStatements;
  readonly #selectPatients: ConstantSql;

  constructor(dictionary: Dictionary) {
    this.#sql = compileDatasetSql(dictionary);
    this.#patient = statementsOf(this.#sql, "PATIENT");
    this.#selectPatients = selectOwnPatients(this.#patient.selectList);
  }

  /** Five statements, whatever the number of rows; null where the organisation has no such patient. */
  async read(tx: Transaction, ods: string, patientId: string): Promise<OwnRows | null> {
    const found = await tx.$queryRaw<SqlRow[]>(this.#selectPatients([ods, patientId]));
    const [first] = found;
    if (first === undefined) return null;
    const patients = found.map((row) => readStoredRow(this.#patient, row, null));
    const events = await this.#children(tx, ods, "INITIATING_EVENT", patients);
    const treatments = await this.#children(tx, ods, "TREATMENT", events);
    const rows = [...patients, ...events, ...treatments];
    const named = new Map(rows.map(({ id, recordType }) => [id, NAMED_ITEMS[recordType] ?? []]));
    return {
      personId: optionalTextOf(first, "person_id"),
      sources: await readValueSources(tx, ods, rows, named),
      patients: patients.map((row) => this.#toPatient(ods, row)),
      events: events.map((row) => this.#toEvent(ods, row)),
      treatments: treatments.map((row) => this.#toTreatment(ods, row)),
    };
  }

  async #children(
    tx: Transaction,
    ods: string,
    recordType: RecordTypeName,
    parents: readonly ReadRow[],
  ): Promise<readonly ReadRow[]> {
    const statements = statementsOf(this.#sql, recordType);
    const bound = statements.selectChildren?.([ods, toArrayLiteral(parents.map(({ id }) => id))]);
    if (bound === undefined) return [];
    const rows = await tx.$queryRaw<SqlRow[]>(bound);
    return rows.map((row) => readStoredRow(statements, row, null));
  }

  #toPatient(ods: string, row: ReadRow): JourneyPatient {
    const gender = this.#itemOf(row, "gender");
    const ethnicGroup = this.#itemOf(row, "ethnicGroup");
    return { ...statedBy(ods, row), values: { gender, ethnicGroup, maritalStatus: this.#itemOf(row, "maritalStatus") } };
  }

  #toEvent(ods: string, row: ReadRow): JourneyEvent {
    return {
      ...statedBy(ods, row),
      patientId: parentOf(row),
      values: { eventType: this.#itemOf(row, "eventType"), eventDate: this.#itemOf(row, "eventDate") },
      referringOrganisation: this.#itemOf(row, "referringOrganisation"),
    };
  }

  #toTreatment(ods: string, row: ReadRow): JourneyTreatment {
    return { ...statedBy(ods, row), eventId: parentOf(row), type: this.#itemOf(row, "type"), date: this.#itemOf(row, "date") };
  }

  /** Codes and dates are text. */
  #itemOf({ recordType, values }: ReadRow, name: string): string | null {
    const item = statementsOf(this.#sql, recordType).recordType.byName.get(name);
    const value = item === undefined ? null : values[item.index];
    return typeof value === "string" ? value : null;
  }
}

const statedBy = (ods: string, { id, sourceTime, updatedAt }: ReadRow) => ({ ods, id, sourceTime, updatedAt });

/** @throws Error for a patient, which has none: a fault of the caller */
function parentOf({ parentId }: ReadRow): string {
  if (parentId === null) throw new Error("the row has no parent");
  return parentId;
}
