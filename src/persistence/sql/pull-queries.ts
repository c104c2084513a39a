/** Pulls: `$1` is the organisation, `$2` the submission in every statement but the worker's. The clock is the database's own. */
import { constantSql } from "../database/constant-sql.ts";
import { SOURCE_COLUMNS, SOURCES } from "./fhir-source-queries.ts";
import { isoInstant } from "./iso-instant.ts";
import type { ConstantSql } from "./table-shape.ts";

const MILLISECONDS = (place: string): string => `(${place}::double precision * interval '1 millisecond')`;

/** `$3` source, `$4` since. A row, unless the source is being read, or is not confirmed. */
export const INSERT_PULL: ConstantSql = constantSql(
  `with begun as (
     insert into public.fhir_pull (ods, submission_id, programme_code, source_id, since, attempt, failures, next_attempt_at, plan_done,
       upload_bytes, resources, patients, unchanged, deleted, created_at)
     select f.ods, $2::uuid, f.programme_code, f.id, $4::timestamptz, 0, 0, now(), 0, 0, 0, 0, 0, 0, now()
     from public.fhir_source f where f.ods = $1 and f.id = $3::uuid and f.state = 'CONFIRMED'
     on conflict (source_id, ods) where finished_at is null do nothing
     returning ods, source_id)
   update public.fhir_source f set next_pull_at = now() + f.interval_minutes * interval '1 minute'
   from begun where f.ods = begun.ods and f.id = begun.source_id returning f.id::text as id`,
);

/** `$1` how many, `$2` milliseconds of the lease. Of every organisation. */
export const TAKE_PULLS: ConstantSql = constantSql(
  `with due as (
     select p.ods, p.submission_id from public.fhir_pull p
     where p.finished_at is null and p.next_attempt_at <= now() and (p.leased_until is null or p.leased_until <= now())
     order by p.next_attempt_at limit $1::integer for update skip locked)
   update public.fhir_pull p set attempt = p.attempt + 1, leased_until = now() + ${MILLISECONDS("$2")}
   from due where p.ods = due.ods and p.submission_id = due.submission_id
   returning p.ods, p.submission_id::text as submission_id, p.programme_code, p.source_id::text as source_id, p.attempt`,
);

/** Whose pull it is: `$3` attempt. */
const MINE = "p.ods = $1 and p.submission_id = $2::uuid and p.attempt = $3::integer and p.finished_at is null";
/** A cancelled submission's job is done. */
const WANTED = `exists (select from public.submission_job j
  where j.ods = p.ods and j.submission_id = p.submission_id and j.phase = 'FETCHING')`;

/** `$4` milliseconds. */
export const HOLD_PULL: ConstantSql = constantSql(
  `update public.fhir_pull p set leased_until = now() + ${MILLISECONDS("$4")} where ${MINE} and ${WANTED}
   returning p.attempt`,
);

/** The pull with its source; `since` as it holds for this pull. */
export const OPEN_PULL: ConstantSql = constantSql(
  `select ${SOURCE_COLUMNS}, f.secret, f.failures as source_failures, p.failures, ${isoInstant("coalesce(p.since, f.read_until)")} as since,
     p.plan, p.plan_done, p.upload_id::text as upload_id, p.upload_bytes::double precision as upload_bytes,
     p.resources::double precision as resources, p.patients, p.unchanged, p.deleted, ${WANTED} as wanted
   from public.fhir_pull p join (${SOURCES}) on f.ods = p.ods and f.id = p.source_id where ${MINE}`,
);

/** `$3` attempt, `$4` statement of the server. */
export const SAVE_CAPABILITY: ConstantSql = constantSql(
  `update public.fhir_source f set capability = $4::jsonb from public.fhir_pull p
   where ${MINE} and f.ods = p.ods and f.id = p.source_id`,
);

/** `$4` the plan, sealed. */
export const SAVE_PLAN: ConstantSql = constantSql(`update public.fhir_pull p set plan = $4::bytea where ${MINE}`);

/** `$4` done, `$5` upload, `$6` where it ends, `$7` resources, `$8` patients, `$9` unchanged, `$10` deleted. */
export const SAVE_PLACE: ConstantSql = constantSql(
  `update public.fhir_pull p set plan_done = $4::integer, upload_id = $5::uuid, upload_bytes = $6::double precision,
     resources = $7::double precision, patients = $8::integer, unchanged = $9::integer, deleted = $10::integer where ${MINE}`,
);

/** `$3` entries, `$4` bytes. */
export const SHOW_PROGRESS: ConstantSql = constantSql(
  `update public.submission_job j set entries_done = $3::double precision, bytes_done = $4::double precision,
     started_at = coalesce(j.started_at, date_trunc('milliseconds', now())), updated_at = date_trunc('milliseconds', now())
   where j.ods = $1 and j.submission_id = $2::uuid and j.phase = 'FETCHING'`,
);

/** `$4` milliseconds until the next attempt, `$5` failures to add. */
export const RELEASE_PULL: ConstantSql = constantSql(
  `update public.fhir_pull p set leased_until = null, next_attempt_at = now() + ${MILLISECONDS("$4")}, failures = p.failures + $5::integer
   where ${MINE}`,
);

/** `$4` failure. */
export const CLOSE_PULL: ConstantSql = constantSql(
  `update public.fhir_pull p set finished_at = date_trunc('milliseconds', now()), leased_until = null, plan = null, failure = $4::text
   where ${MINE}`,
);

/** `$3` upload, `$4` bytes: from now on a job as any other. */
export const HAND_OVER_JOB: ConstantSql = constantSql(
  `update public.submission_job j set upload_id = $3::uuid, format = 'FHIR_NDJSON', phase = 'WAITING', bytes_total = $4::double precision,
     entries_done = 0, bytes_done = 0, updated_at = date_trunc('milliseconds', now())
   where j.ods = $1 and j.submission_id = $2::uuid and j.phase = 'FETCHING'`,
);

/** Ends the job of a submission for which there is nothing to work on. */
export const END_FETCHING: ConstantSql = constantSql(
  `update public.submission_job j set phase = 'DONE', attempt = j.attempt + 1, updated_at = date_trunc('milliseconds', now())
   where j.ods = $1 and j.submission_id = $2::uuid and j.phase = 'FETCHING'`,
);

/** `$2` source, `$3` until when it was read. */
export const ADVANCE_SOURCE: ConstantSql = constantSql(
  `update public.fhir_source f set read_until = $3::timestamptz, failures = 0, open_until = null where f.ods = $1 and f.id = $2::uuid`,
);

/** `$2` source, `$3` milliseconds for which it is left in peace; null: it answered. */
export const COUNT_SOURCE_FAILURE: ConstantSql = constantSql(
  `update public.fhir_source f set
     failures = case when $3::double precision is null then 0 else f.failures + 1 end,
     open_until = date_trunc('milliseconds', now() + ${MILLISECONDS("$3")})
   where f.ods = $1 and f.id = $2::uuid`,
);

/** `$2` source, `$3` patient, `$4` versions: digests as hexadecimal text. */
export const KNOWS_PATIENT: ConstantSql = constantSql(
  `select exists (select from public.fhir_source_patient k where k.ods = $1 and k.source_id = $2::uuid
     and k.patient = decode($3, 'hex') and k.versions = decode($4, 'hex')) as known`,
);

/** `$2` source, `$3` programme, `$4` and `$5` columns of digests as hexadecimal text. */
export const REMEMBER_PATIENTS: ConstantSql = constantSql(
  `insert into public.fhir_source_patient as k (ods, source_id, programme_code, patient, versions, read_at)
   select $1::text, $2::uuid, $3::text, decode(x.patient, 'hex'), decode(x.versions, 'hex'), now()
   from unnest($4::text[], $5::text[]) x(patient, versions)
   on conflict (ods, source_id, patient) do update set versions = excluded.versions, read_at = excluded.read_at`,
);

/** `$2` source. */
export const OPEN_PULL_OF: ConstantSql = constantSql(
  `select p.submission_id::text as submission_id from public.fhir_pull p join public.submission_job j
     on j.ods = p.ods and j.submission_id = p.submission_id and j.phase = 'FETCHING'
   where p.ods = $1 and p.source_id = $2::uuid and p.finished_at is null`,
);

/** Of every organisation. */
export const DUE_SOURCES: ConstantSql = constantSql(
  `select f.ods, f.programme_code, f.id::text as id from public.fhir_source f
   where f.state = 'CONFIRMED' and f.interval_minutes is not null and f.next_pull_at <= now()
     and (f.open_until is null or f.open_until <= now())
     and not exists (select from public.fhir_pull p where p.ods = f.ods and p.source_id = f.id and p.finished_at is null)`,
);
