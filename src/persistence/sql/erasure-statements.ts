/**
 * Finding and deleting everything that is stored of a patient (ADR 0034). `$1` is the organisation in every statement, `$2` the ids of
 * records or submissions it is about. Run by `nacr_eraser`, who sees every programme of the organisation.
 */
import type { RecordTypeName } from "../../dataset/define.ts";
import { constantSql } from "../database/constant-sql.ts";
import type { DatasetSql, DatasetStatements } from "./dataset-statements.ts";
import type { ConstantSql } from "./table-shape.ts";

/** `$2` a patient: it, and those it was merged with, either way. */
export const FAMILY: ConstantSql = constantSql(
  `with recursive family(id) as (
     select $2::uuid
     union select case when m.patient_id = f.id then m.merged_into else m.patient_id end
     from family f join identity.patient_merge m on m.ods = $1 and f.id in (m.patient_id, m.merged_into))
   select f.id::text as id from family f`,
);

/** Whether any of them is, or was, a patient. */
export const PATIENTS_KNOWN: ConstantSql = constantSql(
  `select exists (select from public.patient p where p.ods = $1 and p.id = any($2::uuid[]))
     or exists (select from public.record_change h where h.ods = $1 and h.record_id = any($2::uuid[]) and h.record_type = 'PATIENT')
     as known`,
);

export interface ErasureStatements {
  readonly recordType: RecordTypeName;
  /** Rows and withdrawn ones below parents `$2`; of patients, they themselves. */
  readonly find: ConstantSql;
}

function find({ recordType, table }: DatasetStatements): string {
  const own = table.parent === null ? "t.id" : `t.${table.parent.column}`;
  const buried = table.parent === null ? "k.record_id" : "k.parent_id";
  return `select t.id::text as id from public.${table.name} t where t.ods = $1 and ${own} = any($2::uuid[])
    union select k.record_id::text from public.record_tombstone k
    where k.ods = $1 and k.record_type = '${recordType.name}' and ${buried} = any($2::uuid[])`;
}

/** Parents before children. */
export const compileErasure = (datasetSql: DatasetSql): readonly ErasureStatements[] =>
  [...datasetSql.values()].map((statements) => ({ recordType: statements.recordType.name, find: constantSql(find(statements)) }));

/** Ids that senders gave the records, those of withdrawn ones too. */
const SOURCE_IDS = `(
  select i.programme_code, i.product, i.record_type, i.source_hmac from identity.source_id i where i.ods = $1 and i.record_id = any($2::uuid[])
  union
  select i.programme_code, i.product, i.record_type, i.source_hmac
  from public.record_tombstone k cross join lateral jsonb_array_elements(k.beside -> 'identity.source_id') e
  cross join lateral jsonb_populate_record(null::identity.source_id, e.value) i
  where k.ods = $1 and k.record_id = any($2::uuid[]))`;

/** Answers about the records: where something was stored by their ids, where nothing was by their senders' ids. */
export const ANSWERS_ABOUT: ConstantSql = constantSql(
  `select r.submission_id::text as id, r.idx from public.submission_record r where r.ods = $1 and r.record_id = any($2::uuid[])
   union
   select r.submission_id::text, r.idx from ${SOURCE_IDS} i
   join public.submission_record r on r.ods = $1 and r.source_hmac = i.source_hmac and r.record_type = i.record_type
     and r.programme_code = i.programme_code
   join public.submission s on s.ods = $1 and s.id = r.submission_id and s.product = i.product`,
);

export const UNFINISHED_AMONG: ConstantSql = constantSql(
  `select count(*)::integer as count from public.submission s
   where s.ods = $1 and s.id = any($2::uuid[]) and s.status in ('RECEIVED', 'PROCESSING')`,
);

/** Pages that hold the answers `$3` of the submissions `$2`, pairwise. */
export const PAGES_WITH: ConstantSql = constantSql(
  `select distinct on (p.submission_id, p.page) p.submission_id::text as id, p.page, p.sealed
   from unnest($2::uuid[], $3::integer[]) n(id, idx) cross join lateral (
     select r.submission_id, r.page, r.sealed from public.submission_report r
     where r.ods = $1 and r.submission_id = n.id and r.first_idx <= n.idx order by r.first_idx desc limit 1) p
   order by p.submission_id, p.page`,
);

/** What is known of the answers on a page that cannot be opened: `$2` submission, `$3` page. */
export const ANSWERS_ON_PAGE: ConstantSql = constantSql(
  `select r.idx, r.record_type, r.outcome from public.submission_report p join public.submission_record r
     on r.ods = $1 and r.submission_id = p.submission_id and r.idx >= p.first_idx
     and r.idx < coalesce((select min(n.first_idx) from public.submission_report n
       where n.ods = $1 and n.submission_id = p.submission_id and n.first_idx > p.first_idx), 2147483647)
   where p.ods = $1 and p.submission_id = $2::uuid and p.page = $3::integer order by r.idx`,
);

export const REPLACE_PAGES: ConstantSql = constantSql(
  `update public.submission_report r set sealed = x.sealed from unnest($2::uuid[], $3::integer[], $4::bytea[]) x(id, page, sealed)
   where r.ods = $1 and r.submission_id = x.id and r.page = x.page`,
);

export const FORGET_ANSWERS: ConstantSql = constantSql(
  `update public.submission_record r set record_id = null, source_hmac = null from unnest($2::uuid[], $3::integer[]) n(id, idx)
   where r.ods = $1 and r.submission_id = n.id and r.idx = n.idx`,
);

/** What names the secret of a box: format, version, leaf. */
const HEAD = "substring(%s from 1 for 9)";
const headOf = (column: string): string => HEAD.replace("%s", column);

/** Heads of every box that holds an identifying item of the records. */
export const IDENTITY_BOXES: ConstantSql = constantSql(
  `select 'identities' as kind, ${headOf("i.sealed")} as head from identity.patient_identity i
   where i.ods = $1 and i.patient_id = any($2::uuid[])
   union all select 'historyLines', ${headOf("h.sealed")} from public.record_change h
   where h.ods = $1 and h.record_id = any($2::uuid[]) and h.sealed is not null
   union all select 'tombstones', ${headOf("k.sealed")} from public.record_tombstone k
   where k.ods = $1 and k.record_id = any($2::uuid[]) and k.sealed is not null
   union all select 'tombstones', ${headOf("i.sealed")} from public.record_tombstone k
   cross join lateral jsonb_array_elements(k.beside -> 'identity.patient_identity') e
   cross join lateral jsonb_populate_record(null::identity.patient_identity, e.value) i
   where k.ods = $1 and k.record_id = any($2::uuid[])`,
);

/** Of submissions `$2`. */
export const TAKE_ENVELOPES: ConstantSql = constantSql(
  `delete from public.submission_envelope e where e.ods = $1 and e.submission_id = any($2::uuid[]) returning ${headOf("e.sealed")} as head`,
);

/** Their content is removed by the sweep, as that of every upload whose time is over. */
export const EXPIRE_UPLOADS_OF: ConstantSql = constantSql(
  `update public.upload u set expires_at = least(u.expires_at, date_trunc('milliseconds', now()))
   from public.submission_job j
   where j.ods = $1 and j.submission_id = any($2::uuid[]) and u.ods = $1 and u.id = j.upload_id returning u.id::text as id`,
);

export const FORGET_PLANS: ConstantSql = constantSql(
  `update public.fhir_pull p set plan = null where p.ods = $1 and p.submission_id = any($2::uuid[]) returning p.submission_id::text as id`,
);

/** Their content is gone since they were worked on; older copies of the database have it. */
export const MESSAGES_OF: ConstantSql = constantSql(
  `select m.id::text as id from public.mllp_message m where m.ods = $1 and m.submission_id = any($2::uuid[])`,
);

/** What only ever is added to otherwise; of records. */
export const DELETE_TRACES: readonly (readonly [kind: string, statement: ConstantSql])[] = [
  ["historyLines", constantSql("delete from public.record_change h where h.ods = $1 and h.record_id = any($2::uuid[])")],
  ["tombstones", constantSql("delete from public.record_tombstone k where k.ods = $1 and k.record_id = any($2::uuid[])")],
  [
    "mergeHistoryLines",
    constantSql(
      "delete from identity.former_merge f where f.ods = $1 and (f.patient_id = any($2::uuid[]) or f.merged_into = any($2::uuid[]))",
    ),
  ],
  [
    "linkDecisions",
    constantSql(
      `delete from link.decision d where (d.a_ods = $1 and d.a_id = any($2::uuid[])) or (d.b_ods = $1 and d.b_id = any($2::uuid[]))`,
    ),
  ],
];
