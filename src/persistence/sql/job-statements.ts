/** Jobs of submissions: `$1` is the organisation, `$2` the submission (or several) in every statement. */
import { constantSql } from "../database/constant-sql.ts";
import { isoInstant } from "./iso-instant.ts";
import type { ConstantSql } from "./table-shape.ts";

/** The select list of a job's progress under the alias `j`. Counts come as double precision: exact to 2^53. */
const PROGRESS_COLUMNS = [
  "j.submission_id::text as submission_id, j.phase, j.next_index, j.next_page, j.rejected_when_checked",
  "j.entries_done::double precision as entries_done, j.bytes_done::double precision as bytes_done",
  "j.bytes_total::double precision as bytes_total",
  `${isoInstant("j.started_at")} as started_at, ${isoInstant("j.updated_at")} as updated_at`,
].join(", ");

/** `$3` now. One attempt more; no row where the job is done. */
export const BEGIN_JOB: ConstantSql = constantSql(
  `update public.submission_job j set attempt = j.attempt + 1, started_at = coalesce(j.started_at, $3::timestamptz), updated_at = $3::timestamptz
   where j.ods = $1 and j.submission_id = $2::uuid and j.phase <> 'DONE'
   returning ${PROGRESS_COLUMNS}, j.role, j.programmes, j.upload_id::text as upload_id, j.format, j.profile, j.attempt, j.cancel_requested`,
);

export const MARK_PROCESSING: ConstantSql = constantSql(
  "update public.submission s set status = 'PROCESSING' where s.ods = $1 and s.id = $2::uuid and s.status = 'RECEIVED'",
);

/** `$3` attempt, `$4` phase, `$5` entries done, `$6` bytes done, `$7` bytes in all, `$8` next index, `$9` next page, `$10` rejected, `$11` now. */
export const ADVANCE_JOB: ConstantSql = constantSql(
  `update public.submission_job j set phase = $4, entries_done = $5::double precision, bytes_done = $6::double precision,
     bytes_total = $7::double precision, next_index = $8::integer, next_page = $9::integer, rejected_when_checked = $10::integer,
     updated_at = $11::timestamptz
   where j.ods = $1 and j.submission_id = $2::uuid and j.attempt = $3::integer and j.phase <> 'DONE'
   returning j.cancel_requested`,
);

/** `$3` status, `$4` outcome, `$5` mapping version, `$6` completed at, `$7` counts, `$8` issues, `$9` groups, `$10` summary, `$11` standards. */
export const UPDATE_HEADER: ConstantSql = constantSql(
  `update public.submission s set status = $3, outcome = $4, mapping_version = $5, completed_at = $6::timestamptz,
     counts = $7::jsonb, issues = $8::jsonb, issue_groups = $9::jsonb, mapping_summary = $10::jsonb, standards = $11::jsonb
   where s.ods = $1 and s.id = $2::uuid`,
);

/** Locks the job before its header, as a chunk does. */
export const LOCK_JOB: ConstantSql = constantSql(
  `select ${PROGRESS_COLUMNS}, j.upload_id::text as upload_id, j.format from public.submission_job j
   where j.ods = $1 and j.submission_id = $2::uuid for update`,
);

export const REQUEST_CANCEL: ConstantSql = constantSql(
  "update public.submission_job j set cancel_requested = true where j.ods = $1 and j.submission_id = $2::uuid",
);

/** `$3` now. Whoever holds the job loses it. */
export const END_JOB: ConstantSql = constantSql(
  `update public.submission_job j set phase = 'DONE', attempt = j.attempt + 1, updated_at = $3::timestamptz
   where j.ods = $1 and j.submission_id = $2::uuid`,
);

/** `$3` correlation id of the fault, `$4` now. */
export const FAIL_SUBMISSION: ConstantSql = constantSql(
  `update public.submission s set status = 'FAILED', fault_id = $3, completed_at = $4::timestamptz
   where s.ods = $1 and s.id = $2::uuid and s.status in ('RECEIVED', 'PROCESSING')`,
);

export const RESUME_SUBMISSION: ConstantSql = constantSql(
  `update public.submission s set status = 'PROCESSING', fault_id = null, completed_at = null
   where s.ods = $1 and s.id = $2::uuid and s.status = 'FAILED'`,
);

export const PROGRESS_OF_JOBS: ConstantSql = constantSql(
  `select ${PROGRESS_COLUMNS} from public.submission_job j where j.ods = $1 and j.submission_id = any($2::uuid[])`,
);
