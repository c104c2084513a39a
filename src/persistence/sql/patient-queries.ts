/** Reading patient records, made from the dictionary; `$1` is the organisation in every statement. */
import type { CompiledRecordType, Dictionary } from "../../dataset/dictionary.ts";
import { constantSql } from "../database/constant-sql.ts";
import { type DatasetSql, type DatasetStatements, statementsOf } from "./dataset-statements.ts";
import { idByMac, survivorOf } from "./merge-statements.ts";
import type { ConstantSql } from "./table-shape.ts";

/** The same reads with and without the sealed identity: what a caller may not see is not read. */
export interface PatientReads {
  /** `$2` the id, or the HMAC of the number. */
  readonly byId: ConstantSql;
  /** By id, without a look at where the patient was merged into: the others lead to that one. */
  readonly itself: ConstantSql;
  readonly byNhsMac: ConstantSql;
  readonly byHospitalMac: ConstantSql;
  /** `$2` event types, `$3` and `$4` first and last event date, `$5` changed since; `$6` last id seen, `$7` how many. By id. */
  readonly page: ConstantSql;
}

export interface PatientQueries {
  readonly plain: PatientReads;
  readonly withIdentity: PatientReads;
  /** `$2` to `$5` as in `page`. */
  readonly count: ConstantSql;
}

const CHANGED_SINCE = "$5::timestamptz";

function columnOf(recordType: CompiledRecordType, item: string): string {
  const found = recordType.byName.get(item);
  if (found === undefined) throw new Error(`${recordType.name} has no item ${item}`);
  return found.column;
}

function eventFilter({ recordType, table }: DatasetStatements): string {
  const type = `e.${columnOf(recordType, "eventType")}`;
  const date = `e.${columnOf(recordType, "eventDate")}`;
  return `(coalesce($2::text[]::text, $3::text, $4::text) is null or exists (
    select from public.${table.name} e where e.ods = t.ods and e.patient_id = t.id
      and ($2::text[] is null or ${type} = any($2::text[]))
      and ($3::date is null or ${date} >= $3::date)
      and ($4::date is null or ${date} <= $4::date)))`;
}

/** True where the row `alias`, or a row anywhere below it, was written since: a patient's record is the whole tree. */
function changedSince(statements: DatasetStatements, alias: string, sql: DatasetSql): string {
  const below = statements.recordType.children.map((name, position) => {
    const child = statementsOf(sql, name);
    const inner = `${alias}_${position}`;
    const joined = `${inner}.ods = ${alias}.ods and ${inner}.${child.table.parent?.column} = ${alias}.id`;
    return `exists (select from public.${child.table.name} ${inner} where ${joined} and (${changedSince(child, inner, sql)}))`;
  });
  return [`${alias}.updated_at >= ${CHANGED_SINCE}`, ...below].join(" or ");
}

/** The page is cut before the identity is joined: joined first, the planner read the identity of every patient before the cursor. */
function patientReads(list: string, filter: string, withIdentity: boolean): PatientReads {
  const join = "join identity.patient_identity i on i.ods = t.ods and i.patient_id = t.id";
  const shown = withIdentity ? `${list}, i.sealed` : list;
  const one = `select ${shown} from public.patient t ${join} where t.ods = $1`;
  const cut = `select t.* from public.patient t where t.ods = $1 and ${filter}
    and ($6::uuid is null or t.id > $6::uuid) order by t.id limit $7::integer`;
  return {
    byId: constantSql(`${one} and t.id = ${survivorOf("$2::uuid", null)}`),
    itself: constantSql(`${one} and t.id = $2::uuid`),
    byNhsMac: constantSql(`${one} and t.id = ${survivorOf(idByMac("nhs_hmac"), null)}`),
    byHospitalMac: constantSql(`${one} and t.id = ${survivorOf(idByMac("hospital_hmac"), null)}`),
    page: constantSql(`select ${shown} from (${cut}) t ${withIdentity ? join : ""} order by t.id`),
  };
}

export function compilePatientQueries(dictionary: Dictionary, sql: DatasetSql): PatientQueries {
  const patient = statementsOf(sql, dictionary.recordType("PATIENT").name);
  const changed = `(${CHANGED_SINCE} is null or ${changedSince(patient, "t", sql)})`;
  const filter = `${eventFilter(statementsOf(sql, "INITIATING_EVENT"))} and ${changed}`;
  return {
    plain: patientReads(patient.selectList, filter, false),
    withIdentity: patientReads(patient.selectList, filter, true),
    count: constantSql(`select count(*)::integer as total from public.patient t where t.ods = $1 and ${filter}`),
  };
}
