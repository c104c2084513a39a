/**
 * What the feed of the national side reads, under the role `nacr_feed`. `$1` organisations, `$2` ids unless a statement says otherwise.
 * `offset 0`: one look-up in an index for each row, whatever the planner believes of tables that nobody has analysed.
 */
import { toColumnName } from "../../dataset/compile-dictionary.ts";
import { ASSESSMENT_COLUMNS } from "../../national/national-columns.ts";
import { constantSql } from "../database/constant-sql.ts";
import { isoInstant } from "./iso-instant.ts";
import type { ConstantSql } from "./table-shape.ts";

export const TAKE_TURN: ConstantSql = constantSql(
  "select pg_try_advisory_xact_lock(hashtextextended('national-feed', 0)) as mine",
);

/** What the named records of a type hang off. */
const stepUp = (type: string, table: string, parentColumn: string): string =>
  `select n.ods, x.parent from named n cross join lateral (
     select t.${parentColumn} as parent from public.${table} t where t.ods = n.ods and t.id = n.id offset 0) x where n.type = '${type}'`;
const level = (type: string): string => `select n.ods, n.id from named n where n.type = '${type}'`;
const above = (level: string, table: string, parentColumn: string): string =>
  `select l.ods, x.parent from ${level} l cross join lateral (
     select t.${parentColumn} as parent from public.${table} t where t.ods = l.ods and t.id = l.id offset 0) x`;
const recordsOf = (table: string): string =>
  `select t.ods, r.record_type, r.record_id from taken t cross join lateral (
     select r.record_type, r.record_id from public.${table} r where r.ods = t.ods and r.submission_id = t.submission_id offset 0) r
   where r.record_id is not null`;

/**
 * Follows what is due to patients: of a submission every record it wrote, took away or, withdrawn, brought back. A record that is gone
 * leads nowhere; what it hung off was marked when it went.
 */
export const FOLLOW_TO_PATIENTS: ConstantSql = constantSql(
  `with taken as (
     delete from national_feed.due d where d.patient_id is null returning d.ods, d.submission_id, d.record_type, d.record_id),
   named (ods, type, id) as materialized (
     select t.ods, t.record_type, t.record_id from taken t where t.record_id is not null
     union ${recordsOf("submission_record")} union ${recordsOf("record_tombstone")}),
   assessments (ods, id) as (${level("ASSESSMENT")} union ${stepUp("DRUG", "drug", "assessment_id")}),
   rehabilitations (ods, id) as (
     ${level("REHABILITATION")} union ${above("assessments", "assessment", "rehabilitation_id")}
     union ${stepUp("ACUTE_EVENT", "acute_event", "rehabilitation_id")}),
   events (ods, id) as (
     ${level("INITIATING_EVENT")} union ${above("rehabilitations", "rehabilitation", "initiating_event_id")}
     union ${stepUp("TREATMENT", "treatment", "initiating_event_id")}),
   patients (ods, id) as (
     ${level("PATIENT")} union ${above("events", "initiating_event", "patient_id")}
     union ${stepUp("COMORBIDITY", "comorbidity", "patient_id")}),
   marked as (insert into national_feed.due (ods, patient_id) select p.ods, p.id from patients p)
   select count(*)::integer as taken from taken`,
);

/** `$1` how many. */
export const TAKE_DUE: ConstantSql = constantSql(
  `delete from national_feed.due d
   where d.id = any (array(select e.id from national_feed.due e where e.patient_id is not null order by e.id limit $1::integer))
   returning d.ods, d.patient_id::text as id`,
);

const SEEDS = "unnest($1::text[], $2::uuid[]) s(ods, id)";
const together = (table: string, group: string): string =>
  `select o.ods, o.patient_id from ${table} m cross join lateral (
     select p.ods, p.patient_id from ${table} p where p.${group} = m.${group} offset 0) o
   where m.ods = s.ods and m.patient_id = s.id`;

/** Whoever is one person with a seed now, or was when it was fed; the seeds, too. */
export const COMPANIONS: ConstantSql = constantSql(
  `select distinct c.ods, c.patient_id::text as id from ${SEEDS} cross join lateral (
     (${together("link.person_member", "person_id")}) union all (${together("national_feed.member", "subject")})) c`,
);

export const READ_PATIENTS: ConstantSql = constantSql(
  `select s.ods, s.id::text as id, p.year_of_birth, p.gender, p.ethnic_group, ${isoInstant("p.source_time")} as source_time,
     ${isoInstant("p.updated_at")} as updated_at, (
       select m.person_id::text from link.person_member m where m.ods = s.ods and m.patient_id = s.id) as person_id, (
       select encode(i.nhs_hmac, 'hex') from identity.patient_identity i where i.ods = s.ods and i.patient_id = s.id) as nhs_digest
   from ${SEEDS} cross join lateral (
     select p.year_of_birth, p.gender, p.ethnic_group, p.source_time, p.updated_at from public.patient p
     where p.ods = s.ods and p.id = s.id offset 0) p`,
);

const below = (table: string, parentColumn: string, columns: string, joined = ""): ConstantSql =>
  constantSql(
    `select s.ods, ${columns} from ${SEEDS} cross join lateral (
       select t.* from (select ${innerColumns(`${columns} ${joined}`)} from public.${table} t where t.${parentColumn} = s.id and t.ods = s.ods offset 0) t) t
     ${joined}`,
  );
/** The columns of `t` that a text names: the role may read no others. */
const innerColumns = (columns: string): string =>
  [...new Set([...columns.matchAll(/\bt\.(\w+)/g)].map(([, name]) => `t.${name}`))].join(", ");

/** `$2` patients. */
export const READ_EVENTS: ConstantSql = below(
  "initiating_event",
  "patient_id",
  `t.id::text as id, s.id::text as patient_id, t.event_type, t.event_date::text as event_date, t.referral_date::text as referral_date,
   t.referring_organisation, ${isoInstant("t.source_time")} as source_time, ${isoInstant("t.updated_at")} as updated_at, (
     select e.episode_id::text from link.episode_member e where e.ods = s.ods and e.event_id = t.id) as episode_id`,
);

/** `$2` patients. */
export const READ_COMORBIDITIES: ConstantSql = below("comorbidity", "patient_id", "s.id::text as patient_id, t.type");

/** `$2` events. */
export const READ_TREATMENTS: ConstantSql = below(
  "treatment",
  "initiating_event_id",
  `t.id::text as id, s.id::text as event_id, t.type, t.date::text as date, ${isoInstant("t.source_time")} as source_time,
   ${isoInstant("t.updated_at")} as updated_at`,
);

/** `$2` events. The programme and whose it is, as the register has it. */
export const READ_REHABILITATIONS: ConstantSql = below(
  "rehabilitation",
  "initiating_event_id",
  `t.id::text as id, s.id::text as event_id, g.code as programme, g.ods_code as trust, o.nation, y.region, t.referral_date::text as referral_date,
   t.core_start_date::text as core_start_date, t.core_end_date::text as core_end_date, t.agreed_to_take_part, t.reason_not_taking_part,
   t.completed, t.reason_not_completing, t.delivery_mode, t.components`,
  `left join public.programme g on g.code = t.programme_code left join public.organisation o on o.ods_code = g.ods_code
   left join geography.organisation_region y on y.ods_code = g.ods_code and o.nation = 'ENGLAND'`,
);

const MEASURES = Object.keys(ASSESSMENT_COLUMNS).filter((name) => name !== "number" && name !== "day");

/** `$2` rehabilitations. What is measured under the name of its national column. */
export const READ_ASSESSMENTS: ConstantSql = below(
  "assessment",
  "rehabilitation_id",
  `t.id::text as id, s.id::text as rehabilitation_id, t.number, t.date::text as date,
   ${MEASURES.map((name) => `t.${toColumnName(name)} as "${name}"`).join(", ")}`,
);

/** `$2` rehabilitations. */
export const READ_ACUTE_EVENTS: ConstantSql = below(
  "acute_event",
  "rehabilitation_id",
  "t.id::text as id, s.id::text as rehabilitation_id, t.type, t.date::text as date",
);

/** `$2` assessments. */
export const READ_DRUGS: ConstantSql = below("drug", "assessment_id", "s.id::text as assessment_id, t.class, t.taking");
