/** What concerns a patient or a programme in the audit trail; `$1` is the organisation. Under its row-level security. */
import { constantSql } from "../database/constant-sql.ts";
import type { DatasetSql } from "./dataset-statements.ts";
import { isoInstant } from "./iso-instant.ts";
import { idByMac, survivorOf } from "./merge-statements.ts";
import type { ConstantSql } from "./table-shape.ts";

export interface AccessLogQueries {
  /** `$2` the id, or the HMAC of the number; `$3` and `$4` instant and id of the last line seen, `$5` how many. Latest first. */
  readonly byId: ConstantSql;
  readonly byNhsMac: ConstantSql;
  readonly byHospitalMac: ConstantSql;
  /** `$2` programme, `$6` since when; the others as above. */
  readonly ofProgramme: ConstantSql;
}

/** Cursors know milliseconds. */
const AT = "date_trunc('milliseconds', f.at)";

/** A line for each entry of `found`, with the number of all of them and the patient; one line without an id where the page is empty. */
const pageOf = (subject: string): string => `select n.total, ${subject} as subject, p.*
  from (select count(*)::integer as total from found) n left join (
    select f.id::text as id, c.sequence::integer as sequence, ${isoInstant("f.at")} as at, f.action, f.type, f.outcome, f.agent_id,
      f.agent_role, f.agent_ods, f.purpose, f.agreement_id, f.programme_code, f.entity_kind, f.entity_id,
      coalesce((f.details ->> 'identity')::boolean, false) as identity, f.details ->> 'breakGlass' as break_glass_id, f.correlation_id, ${AT} as position
    from found f left join audit.chain c on c.event_id = f.id
    where $3::timestamptz is null or (${AT}, f.id) < ($3::timestamptz, $4::uuid)
    order by ${AT} desc, f.id desc limit $5::integer) p on true
  order by p.position desc, p.id desc`;

const COLUMNS = `e.id, e.at, e.action, e.type, e.outcome, e.agent_id, e.agent_role, e.agent_ods, e.purpose, e.agreement_id,
  e.programme_code, e.entity_kind, e.entity_id, e.details, e.correlation_id`;

/** The patient, who was merged into it, and whatever hangs or hung below them, with who created and last wrote each row. */
function recordTree(sql: DatasetSql, patient: string): string {
  const below = [...sql.values()].flatMap(({ table }) =>
    table.parent === null
      ? []
      : [
          `select c.id, c.created_submission_id, c.submission_id from public.${table.name} c
           where c.ods = $1 and c.${table.parent.column} = t.id`,
        ],
  );
  return `subject (id) as materialized (select ${patient}),
  tree (id, created_by, written_by) as (
    select p.id, r.created_submission_id, r.submission_id
    from subject p left join public.patient r on r.ods = $1 and r.id = p.id where p.id is not null
    union
    select b.* from tree t cross join lateral (
      ${below.join("\n      union all ")}
      union all select h.record_id, null, h.submission_id from public.record_change h where h.ods = $1 and h.parent_before = t.id
      union all select r.id, r.created_submission_id, r.submission_id from identity.patient_merge m
        join public.patient r on r.ods = $1 and r.id = m.patient_id where m.ods = $1 and m.merged_into = t.id) b)`;
}

/** Submissions from before the audit trail have no entry: they are told as their headers tell them. */
function ofPatient(sql: DatasetSql, patient: string): ConstantSql {
  return constantSql(`with recursive ${recordTree(sql, patient)},
    writers as materialized (
      select created_by as id from tree where created_by is not null union select written_by from tree where written_by is not null
      union select h.submission_id from public.record_change h where h.ods = $1 and h.record_id in (select id from tree)),
    found as (
      select ${COLUMNS} from audit.event e
      where e.ods = $1 and (e.patient_ids && array(select distinct id from tree)
        or (e.entity_id is not null and e.entity_id = any (array(select id::text from tree union select id::text from writers))))
      union all
      select s.id, s.received_at, 'C', 'SUBMIT', 'DONE', s.client_id, null, s.ods, null, null, s.programme_code, 'SUBMISSION',
        s.id::text, null, null
      from public.submission s where s.ods = $1 and s.id in (select id from writers)
        and not exists (select from audit.event e where e.id = s.id))
    ${pageOf("(select u.id::text from subject u)")}`);
}

const OF_PROGRAMME = `with found as (
    select ${COLUMNS} from audit.event e
    where e.ods = $1 and e.at >= $6::timestamptz and (e.programme_code = $2 or exists (
      select from unnest(e.patient_ids) shown
      join public.initiating_event i on i.ods = $1 and i.patient_id = shown
      join public.rehabilitation r on r.ods = $1 and r.initiating_event_id = i.id and r.programme_code = $2)))
  ${pageOf("null::text")}`;

export const compileAccessLog = (sql: DatasetSql): AccessLogQueries => ({
  byId: ofPatient(sql, `coalesce(${survivorOf("$2::uuid", null)}, $2::uuid)`),
  byNhsMac: ofPatient(sql, survivorOf(idByMac("nhs_hmac"), null)),
  byHospitalMac: ofPatient(sql, survivorOf(idByMac("hospital_hmac"), null)),
  ofProgramme: constantSql(OF_PROGRAMME),
});
