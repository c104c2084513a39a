/** An organisation's rows as the feed would have read them at an instant: history's records in the words of the national side. */
import type { RecordTypeName, Value } from "../dataset/define.ts";
import type { CompiledRecordType, Dictionary } from "../dataset/dictionary.ts";
import type { LinkedRef } from "../episodes/link-words.ts";
import type { OrganisationKeys } from "../keys/organisation-keys.ts";
import type { FedPatient, FedRehabilitation, FedRows } from "../national/fed-rows.ts";
import type { Transaction } from "./database/unit.ts";
import { readSealedBefore } from "./record-history-identity.ts";
import { toArrayLiteral } from "./sql/array-literal.ts";
import { compileDatasetSql } from "./sql/dataset-statements.ts";
import { compileAsOfQueries } from "./sql/history-as-of-queries.ts";
import { FIRST_SINCE } from "./sql/person-history-queries.ts";
import type { ConstantSql } from "./sql/table-shape.ts";
import { numberOf, optionalNumberOf, optionalTextOf, type SqlRow, textOf, textsOf } from "./sql-row.ts";

/** Of NHS number and links history keeps nothing that could be read for many at once. */
export type PatientThen = Omit<FedPatient, "nhsDigest" | "personId">;

/** Episodes are not looked for here: of no event one is known. */
export interface RowsThen extends FedRows {
  /** Who was not there yet is not among them. */
  readonly patients: readonly PatientThen[];
}

/** Whose a programme is, by its code. */
export type RegisteredProgrammes = ReadonlyMap<string, Pick<FedRehabilitation, "programme" | "trust" | "nation" | "region">>;

export interface OwnPatients {
  readonly ods: string;
  readonly ids: readonly string[];
  /** The organisation's: they open what dates of birth were. */
  readonly keys: Pick<OrganisationKeys, "open">;
}

/** Inside a unit of the role `nacr_app` for the organisation, with every programme. @throws KeyError */
export type ReadRowsThen = (tx: Transaction, own: OwnPatients, instant: string) => Promise<RowsThen>;

const BIRTH = "dateOfBirth";

const NO_PROGRAMME = { programme: null, trust: null, nation: null, region: null };

export function createReadRowsThen(dictionary: Dictionary, programmes: RegisteredProgrammes): ReadRowsThen {
  const queries = compileAsOfQueries(compileDatasetSql(dictionary));
  return async (tx, { ods, ids: patientIds, keys }, instant) => {
    const query = async (type: RecordTypeName, sql: ConstantSql | null, ids: readonly string[]): Promise<readonly RowThen[]> => {
      if (sql === null) throw new Error(`A ${type} hangs below nothing`);
      if (ids.length === 0) return [];
      const rows = await tx.$queryRaw<SqlRow[]>(sql([ods, toArrayLiteral(ids), instant]));
      return rows.map((row) => readRow(dictionary.recordType(type), ods, row));
    };
    const below = (type: RecordTypeName, parents: readonly LinkedRef[]): Promise<readonly RowThen[]> =>
      query(
        type,
        queries.children.get(type) ?? null,
        parents.map(({ id }) => id),
      );
    const births = await tx.$queryRaw<SqlRow[]>(FIRST_SINCE([ods, toArrayLiteral(patientIds), instant, BIRTH]));
    const yearThen = new Map(births.map((row) => [textOf(row, "id"), yearOf(readSealedBefore(keys, ods, row, BIRTH))]));
    const patients = (await query("PATIENT", queries.patients, patientIds)).map(toPatient).map((patient) => ({
      ...patient,
      yearOfBirth: yearThen.has(patient.id) ? (yearThen.get(patient.id) ?? null) : patient.yearOfBirth,
    }));
    const events = (await below("INITIATING_EVENT", patients)).map(toEvent);
    const rehabilitations = (await below("REHABILITATION", events)).map((row) => ({
      ...toRehabilitation(row),
      ...(programmes.get(row.programmeCode) ?? NO_PROGRAMME),
    }));
    const assessments = (await below("ASSESSMENT", rehabilitations)).map(toAssessment);
    return {
      patients,
      events,
      comorbidities: (await below("COMORBIDITY", patients)).map(({ parentId, values }) => ({
        ods,
        patientId: parentId,
        type: optionalTextOf(values, "type"),
      })),
      treatments: (await below("TREATMENT", events)).map(toTreatment),
      rehabilitations,
      assessments,
      acuteEvents: (await below("ACUTE_EVENT", rehabilitations)).map(({ id, parentId, values }) => ({
        ods,
        id,
        rehabilitationId: parentId,
        type: optionalTextOf(values, "type"),
        date: optionalTextOf(values, "date"),
      })),
      drugs: (await below("DRUG", assessments)).map(({ parentId, values }) => ({
        ods,
        assessmentId: parentId,
        class: optionalTextOf(values, "class"),
        taking: optionalTextOf(values, "taking"),
      })),
    };
  };
}

interface RowThen extends LinkedRef {
  /** Empty of a patient. */
  readonly parentId: string;
  readonly programmeCode: string;
  readonly sourceTime: string;
  readonly updatedAt: string;
  readonly yearOfBirth: number | null;
  /** Every clinical item of the type; null where it has no value. */
  readonly values: SqlRow;
}

function readRow(type: CompiledRecordType, ods: string, row: SqlRow): RowThen {
  const updatedAt = textOf(row, "updated_at");
  const known: SqlRow = JSON.parse(textOf(row, "values"));
  return {
    ods,
    id: textOf(row, "id"),
    parentId: optionalTextOf(row, "parent_id") ?? "",
    programmeCode: textOf(row, "programme_code"),
    // Lines from before it was kept do not say it.
    sourceTime: optionalTextOf(row, "source_time") ?? updatedAt,
    updatedAt,
    yearOfBirth: optionalNumberOf(row, "year_of_birth"),
    // A value that a removed row did not have stands nowhere.
    values: Object.fromEntries(type.clinicalItems.map(({ name }) => [name, known[name] ?? null])),
  };
}

/** Years are four digits in every ISO date. */
const yearOf = (date: Value | null): number | null => (typeof date === "string" ? Number(date.slice(0, 4)) : null);

const timesOf = ({ sourceTime, updatedAt }: RowThen) => ({ sourceTime, updatedAt });

const toPatient = (row: RowThen): PatientThen => ({
  ods: row.ods,
  id: row.id,
  ...timesOf(row),
  values: {
    gender: optionalTextOf(row.values, "gender"),
    ethnicGroup: optionalTextOf(row.values, "ethnicGroup"),
    // No column of the national side, as for the feed.
    maritalStatus: null,
  },
  yearOfBirth: row.yearOfBirth,
});

const toEvent = (row: RowThen): FedRows["events"][number] => ({
  ods: row.ods,
  id: row.id,
  ...timesOf(row),
  patientId: row.parentId,
  values: { eventType: optionalTextOf(row.values, "eventType"), eventDate: optionalTextOf(row.values, "eventDate") },
  referringOrganisation: optionalTextOf(row.values, "referringOrganisation"),
  referralDate: optionalTextOf(row.values, "referralDate"),
  episodeId: null,
});

const toTreatment = (row: RowThen): FedRows["treatments"][number] => ({
  ods: row.ods,
  id: row.id,
  ...timesOf(row),
  eventId: row.parentId,
  type: optionalTextOf(row.values, "type"),
  date: optionalTextOf(row.values, "date"),
});

const toRehabilitation = ({ ods, id, parentId, values }: RowThen) => ({
  ods,
  id,
  eventId: parentId,
  referralDate: optionalTextOf(values, "referralDate"),
  coreStartDate: optionalTextOf(values, "coreStartDate"),
  coreEndDate: optionalTextOf(values, "coreEndDate"),
  agreedToTakePart: optionalTextOf(values, "agreedToTakePart"),
  reasonNotTakingPart: optionalTextOf(values, "reasonNotTakingPart"),
  completed: optionalTextOf(values, "completed"),
  reasonNotCompleting: optionalTextOf(values, "reasonNotCompleting"),
  deliveryMode: optionalTextOf(values, "deliveryMode"),
  components: values.components === null ? [] : textsOf(values, "components"),
});

const toAssessment = ({ ods, id, parentId, values }: RowThen): FedRows["assessments"][number] => ({
  ods,
  id,
  rehabilitationId: parentId,
  number: numberOf(values, "number"),
  date: optionalTextOf(values, "date"),
  values,
});
