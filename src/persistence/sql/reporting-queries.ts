/** Certification, survey, thresholds and lateness: the statements under the roles `nacr_app` (an own programme) and `nacr_reporter`. */
import { constantSql } from "../database/constant-sql.ts";
import { isoInstant } from "./iso-instant.ts";
import type { ConstantSql } from "./table-shape.ts";

/** `$1` code; null: all, after the code `$2`, `$3` of them. */
export const FIND_PROGRAMMES: ConstantSql = constantSql(
  `select p.code, p.name, p.ods_code as ods, o.name as organisation, o.nation
   from public.programme p join public.organisation o on o.ods_code = p.ods_code
   where ($1::text is null or p.code = $1::text) and ($2::text is null or p.code > $2::text)
   order by p.code limit $3::integer`,
);

export const COUNT_PROGRAMMES: ConstantSql = constantSql("select count(*)::integer as total from public.programme");

interface Facts {
  /** Columns beside the facts: of the rehabilitation `r` and its event `e`. */
  readonly ids?: readonly string[];
  /** Columns of each assessment `x` beside its number and date. */
  readonly measures?: readonly string[];
  readonly condition?: string;
}

/**
 * `$1` organisation, `$2` programme, `$3` and `$4` first and last core start. One text of JSON, which costs a tenth of as many rows;
 * treatments and assessments by look-ups in their keys, which begin with the parent.
 */
export function compileFacts({ ids = [], measures = [], condition = "" }: Facts): ConstantSql {
  const facts = [
    "e.event_type",
    "e.referral_date",
    "t.types",
    "r.referral_date",
    "r.core_start_date",
    "r.core_end_date",
    "a.list",
  ];
  const assessment = ["number", "date", ...measures].map((column) => `x.${column}`);
  return constantSql(
    `select coalesce(json_agg(json_build_array(${[...facts, ...ids].join(", ")})${ids.length === 0 ? "" : " order by r.id"}), '[]')::text as facts
     from public.rehabilitation r
     join public.initiating_event e on e.ods = r.ods and e.id = r.initiating_event_id
     cross join lateral (
       select coalesce(json_agg(x.type), '[]') as types from public.treatment x
       where x.ods = r.ods and x.initiating_event_id = r.initiating_event_id and x.type is not null) t
     cross join lateral (
       select coalesce(json_agg(json_build_array(${assessment.join(", ")})), '[]') as list from public.assessment x
       where x.ods = r.ods and x.rehabilitation_id = r.id) a
     where r.ods = $1 and r.programme_code = $2 and r.core_start_date between $3::date and $4::date${condition}`,
  );
}

const IDS = ["r.id", "e.patient_id"];
/** Of everybody, for the own team; and of those who may go to the national side, for everybody else. */
export const FACTS: Readonly<Record<"OWN" | "ADMINISTRATION", ConstantSql>> = {
  OWN: compileFacts({ ids: IDS }),
  ADMINISTRATION: compileFacts({
    ids: IDS,
    condition:
      "\n     and exists (select from national_feed.member m where m.ods = e.ods and m.patient_id = e.patient_id offset 0)",
  }),
};

const SURVEY_COLUMNS = `s.id::text as id, s.audit_year, s.staff::text as staff, s.groups_offered, ${isoInstant("s.recorded_at")} as recorded_at`;

/** What came with a submission goes with it. */
const STANDS = `not exists (
     select from public.submission w where w.ods = s.ods and w.id = s.submission_id and w.withdrawn_at is not null)`;

/** `$1` organisation, `$2` programme, `$3` audit year, `$4` how many. */
export const SURVEYS: ConstantSql = constantSql(
  `select ${SURVEY_COLUMNS} from reporting.survey s
   where s.ods = $1 and s.programme_code = $2 and s.audit_year = $3::integer and ${STANDS} order by s.id desc limit $4::integer`,
);

/** `$1` organisation, `$2` programme: the latest of each audit year. */
export const LATEST_SURVEYS: ConstantSql = constantSql(
  `select distinct on (s.audit_year) ${SURVEY_COLUMNS} from reporting.survey s
   where s.ods = $1 and s.programme_code = $2 and ${STANDS} order by s.audit_year, s.id desc`,
);

/** `$1` id, `$2` organisation, `$3` programme, `$4` audit year, `$5` staff, `$6` groups, `$7` by whom, `$8` submission or null. */
export const INSERT_SURVEY: ConstantSql = constantSql(
  `insert into reporting.survey as s (id, ods, programme_code, audit_year, staff, groups_offered, recorded_by, submission_id)
   values ($1::uuid, $2, $3, $4::integer, $5::jsonb, $6::text[], $7, $8::uuid) returning ${SURVEY_COLUMNS}`,
);

/** `$1` the latest audit year. Of one year, nation and standard the latest row alone counts; a correction is a row. */
export const THRESHOLDS: ConstantSql = constantSql(
  `select distinct on (t.audit_year, t.nation, t.standard) t.id::text as id, t.audit_year, t.nation, t.standard, t.operator, t.value, t.basis,
     t.status, t.source, ${isoInstant("t.recorded_at")} as recorded_at
   from reporting.threshold t where t.audit_year <= $1::integer
   order by t.audit_year desc, t.nation, t.standard, t.id desc`,
);

/** `$1` to `$9` columns of rows, `$10` by whom. */
export const INSERT_THRESHOLDS: ConstantSql = constantSql(
  `insert into reporting.threshold (id, audit_year, nation, standard, operator, value, basis, status, source, recorded_by)
   select x.*, $10 from unnest($1::uuid[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::double precision[], $7::text[], $8::text[],
     $9::text[]) x`,
);

/** `$1` ids, `$2` programmes, `$3` years, `$4` numbers, `$5` sources, `$6` by whom. As many rows as programmes that are registered. */
export const INSERT_DENOMINATORS: ConstantSql = constantSql(
  `insert into reporting.denominator (id, ods, programme_code, audit_year, eligible, source, recorded_by)
   select x.id, p.ods_code, p.code, x.audit_year, x.eligible, x.source, $6
   from unnest($1::uuid[], $2::text[], $3::integer[], $4::integer[], $5::text[]) x(id, code, audit_year, eligible, source)
   join public.programme p on p.code = x.code`,
);

/** `$1` codes: how many of them are registered. */
export const COUNT_REGISTERED: ConstantSql = constantSql(
  "select count(*)::integer as total from public.programme p where p.code = any($1::text[])",
);

/** `$1` organisation, `$2` programme, `$3` audit year. */
export const ELIGIBLE: ConstantSql = constantSql(
  `select d.eligible from reporting.denominator d
   where d.ods = $1 and d.programme_code = $2 and d.audit_year = $3::integer order by d.id desc limit 1`,
);

/** `$1` id, `$2` organisation, `$3` programme, `$4` frequency, `$5` by whom. */
export const INSERT_FREQUENCY: ConstantSql = constantSql(
  `insert into reporting.frequency (id, ods, programme_code, frequency, recorded_by) values ($1::uuid, $2, $3, $4, $5)`,
);

/** `$1` codes. A submission that left nothing behind is none. */
export const STANDINGS: ConstantSql = constantSql(
  `select p.code, (
       select f.frequency from reporting.frequency f where f.programme_code = p.code order by f.id desc limit 1) as frequency,
     last.at as last_submitted_at
   from public.programme p left join (
     select s.ods, s.programme_code, ${isoInstant("max(s.completed_at)")} as at from public.submission s
     where s.programme_code = any($1::text[]) and s.mode = 'COMMIT' and s.completed_at is not null and s.withdrawn_at is null
       and s.outcome <> 'REJECTED'
     group by s.ods, s.programme_code) last on last.ods = p.ods_code and last.programme_code = p.code
   where p.code = any($1::text[]) order by p.code`,
);

/** `$1` organisation, `$2` patients: the result of the submission that made each of them. */
export const CREATED_PLACES: ConstantSql = constantSql(
  `with wanted as materialized (
     select p.id, p.created_submission_id as submission_id from public.patient p where p.ods = $1 and p.id = any($2::uuid[]))
   select w.id::text as id, w.submission_id::text as submission_id, min(r.idx)::integer as idx
   from wanted w join public.submission_record r on r.ods = $1 and r.submission_id = w.submission_id and r.record_id = w.id
   group by w.id, w.submission_id`,
);
