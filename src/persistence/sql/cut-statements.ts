/** The schema `cut` (ADR 0041): under `nacr_publisher`, but for the lists that `nacr_analyst` reads and the pages that `nacr_extractor` does. */
import { toColumnName } from "../../dataset/compile-dictionary.ts";
import { NATIONAL_TABLES, type NationalColumn, type NationalTable } from "../../national/national-columns.ts";
import { constantSql } from "../database/constant-sql.ts";
import { isoInstant } from "./iso-instant.ts";
import type { ConstantSql } from "./table-shape.ts";

const columnsOf = (table: NationalTable): readonly (readonly [string, NationalColumn])[] =>
  Object.entries(NATIONAL_TABLES[table]);
/** @param of an alias and a point, or nothing */
const listed = (table: NationalTable, of = ""): string =>
  columnsOf(table)
    .map(([name]) => `${of}${toColumnName(name)}`)
    .join(", ");

const copied = (table: NationalTable): string =>
  `insert into cut.${table} (cut_id, journey, ${listed(table)})
   select $1::uuid, n.number, ${listed(table, "t.")} from numbered n join national.${table} t on t.subject = n.subject and t.journey = n.journey`;

/**
 * `$1` cut, `$2` the feed's numbers of whoever is withheld. The numbers of the journeys follow from their rows, so that they do not tell in
 * which order persons were fed.
 */
export const FREEZE_ROWS: ConstantSql = constantSql(
  `with withheld (subject) as materialized (select w from unnest($2::bigint[]) w),
   numbered as materialized (
     select j.subject, j.journey, row_number() over (order by j.pseudonym, j.event_month, j.subject, j.journey)::integer as number
     from national.journey j where not exists (select from withheld w where w.subject = j.subject)),
   assessments as (${copied("assessment")}), acute_events as (${copied("acute_event")}), drugs as (${copied("drug_class")})
   ${copied("journey")}`,
);

/** Rows of no cut: of a publication that was not finished. */
export const REMOVE_UNFINISHED: readonly ConstantSql[] = Object.keys(NATIONAL_TABLES).map((table) =>
  constantSql(`delete from cut.${table} t where t.cut_id <> all (array(select c.id from cut.cut c))`),
);

/** `$1` rows as JSON, by column. */
export const insertFrozen = (table: NationalTable): ConstantSql =>
  constantSql(
    `insert into cut.${table} (cut_id, journey, ${listed(table)})
     select r.cut_id, r.journey, ${listed(table, "r.")} from json_populate_recordset(null::cut.${table}, $1::json) r`,
  );

/** `$1` and `$2` the last one asked about (organisation and id), `$3` how many. With the feed's number; null: nothing of the patient is there. */
export const PATIENTS_TO_JUDGE: ConstantSql = constantSql(
  `select p.ods, p.id::text as id, m.subject::text as subject
   from public.patient p left join national_feed.member m on m.ods = p.ods and m.patient_id = p.id
   where (p.ods, p.id) > ($1::text, $2::uuid) order by p.ods, p.id limit $3::integer`,
);

/** The feed's numbers of persons of whom a patient was withdrawn since they were fed. */
export const WITHDRAWN_SUBJECTS: ConstantSql = constantSql(
  `select distinct m.subject::text as subject from national_feed.member m
   where not exists (select from public.patient p where p.ods = m.ods and p.id = m.patient_id)`,
);

export const SNAPSHOT_TIME: ConstantSql = constantSql(`select ${isoInstant("now()")} as as_of`);

const FIRST_MONTH = "make_date($2::integer, 4, 1)";
const NEXT_FIRST_MONTH = "make_date($2::integer + 1, 4, 1)";

const cells = (table: NationalTable): string =>
  columnsOf(table)
    .map(([name, { kind }]) => {
      const cell = `t.${toColumnName(name)}`;
      return `${kind === "pseudonym" ? `encode(${cell}, 'hex')` : cell} as "${name}"`;
    })
    .join(", ");
const below = (table: NationalTable, order: string): string =>
  `coalesce((select json_agg(r order by r.at, ${order}) from page p cross join lateral (
     select t.journey as at, ${cells(table)} from cut.${table} t where t.cut_id = $1::uuid and t.journey = p.journey offset 0) r), '[]')`;

/** Text, so that it is parsed where it is counted; below the journeys one look-up in an index for each. `$1` is the cut. */
const frozenPage = (journeys: string): ConstantSql =>
  constantSql(
    `with page as materialized (${journeys})
   select (select count(*) from page)::integer as size, (select max(p.journey) from page p) as last, json_build_object(
     'journeys', coalesce((select json_agg(r order by r.at) from (select t.journey as at, ${cells("journey")} from page t) r), '[]'),
     'assessments', ${below("assessment", 'r."number"')},
     'acuteEvents', ${below("acute_event", 'r."number"')},
     'drugs', ${below("drug_class", 'r."assessment", r."drugClass" collate "C"')})::text as page`,
  );

/** `$1` cut, `$2` audit year or null, `$3` the last journey read, `$4` how many. */
export const FROZEN_PAGE: ConstantSql = frozenPage(
  `select j.* from cut.journey j
     where j.cut_id = $1::uuid and j.journey > $3::integer
       and ($2::integer is null or (j.event_month >= ${FIRST_MONTH} and j.event_month < ${NEXT_FIRST_MONTH}))
     order by j.journey limit $4::integer`,
);
/** `$1` cut, `$2` pseudonyms as hexadecimal text: all of their journeys. */
export const FROZEN_OF_PERSONS: ConstantSql = frozenPage(
  `select j.* from unnest($2::text[]) wanted(name) cross join lateral (
       select j.* from cut.journey j where j.pseudonym = decode(wanted.name, 'hex') and j.cut_id = $1::uuid offset 0) j`,
);
/** `$1` cut. */
export const COUNT_FROZEN_PERSONS: ConstantSql = constantSql(
  "select count(distinct j.pseudonym)::integer as persons from cut.journey j where j.cut_id = $1::uuid",
);

/** `$1` cut. Audit years begin in April. */
export const FROZEN_YEARS: ConstantSql = constantSql(
  `select distinct extract(year from j.event_month - interval '3 months')::integer as audit_year
   from cut.journey j where j.cut_id = $1::uuid order by 1`,
);

const PUBLICATION = `p.id::text as id, p.asked_by, ${isoInstant("p.asked_at")} as asked_at, ${isoInstant("p.finished_at")} as finished_at,
  p.state, p.step, p.refusal, p.cut_id::text as cut_id, p.report::text as report`;

/** `$1` id, `$2` by whom, `$3` when, `$4` journeys of a generated population or null. No row where one is waiting or running. */
export const ASK_CUT: ConstantSql = constantSql(
  `insert into cut.publication (id, asked_by, asked_at, synthetic_journeys, state)
   values ($1::uuid, $2, $3::timestamptz, $4::integer, 'WAITING')
   on conflict ((1)) where state in ('WAITING', 'RUNNING') do nothing returning id::text as id`,
);

export const FIND_PUBLICATION: ConstantSql = constantSql(`select ${PUBLICATION} from cut.publication p where p.id = $1::uuid`);
/** `$1` and `$2` the position after which to go on, null for the start; `$3` how many. */
export const PAGE_PUBLICATIONS: ConstantSql = constantSql(
  `select ${PUBLICATION} from cut.publication p
   where ($1::timestamptz is null or (date_trunc('milliseconds', p.asked_at), p.id) < ($1::timestamptz, $2::uuid))
   order by date_trunc('milliseconds', p.asked_at) desc, p.id desc limit $3::integer`,
);
export const COUNT_PUBLICATIONS: ConstantSql = constantSql("select count(*)::integer as total from cut.publication");

/** `$1` lease, `$2` seconds it lasts, `$3` attempts there are. */
export const CLAIM: ConstantSql = constantSql(
  `update cut.publication p set
     attempts = p.attempts + 1,
     state = case when p.attempts < $3::integer then 'RUNNING' else 'FAILED' end,
     step = null,
     lease_id = case when p.attempts < $3::integer then $1::uuid end,
     leased_until = clock_timestamp() + $2::integer * interval '1 second',
     finished_at = case when p.attempts < $3::integer then null else clock_timestamp() end
   where p.id = (
     select o.id from cut.publication o where o.state in ('WAITING', 'RUNNING')
       and (o.leased_until is null or o.leased_until < clock_timestamp()) for update skip locked)
   returning p.id::text as id, p.asked_by, p.synthetic_journeys, p.state`,
);

const HELD = "id = $1::uuid and lease_id = $2::uuid and state = 'RUNNING'";
/** `$1` publication, `$2` lease, as in all that follow; `$3` seconds. */
export const RENEW: ConstantSql = constantSql(
  `update cut.publication set leased_until = clock_timestamp() + $3::integer * interval '1 second' where ${HELD}`,
);
/** `$3` seconds until the next attempt. */
export const RELEASE: ConstantSql = constantSql(
  `update cut.publication set lease_id = null, leased_until = clock_timestamp() + $3::integer * interval '1 second', step = null where ${HELD}`,
);
/** `$3` step, `$4` report. */
export const TELL_STEP: ConstantSql = constantSql(`update cut.publication set step = $3, report = $4::jsonb where ${HELD}`);
/** `$3` refusal, `$4` report. */
export const REFUSE: ConstantSql = constantSql(
  `update cut.publication set state = 'REFUSED', step = null, refusal = $3, report = $4::jsonb, finished_at = clock_timestamp() where ${HELD}`,
);
export const HOLD: ConstantSql = constantSql(`select id::text as id from cut.publication where ${HELD} for update`);
/** `$3` cut. */
export const PUBLISHED: ConstantSql = constantSql(
  `update cut.publication set state = 'PUBLISHED', step = null, cut_id = $3::uuid, finished_at = clock_timestamp() where ${HELD}`,
);

export const LAST_PUBLISHED: ConstantSql = constantSql(
  `select ${isoInstant("max(c.published_at)")} as published_at from cut.cut c where not c.synthetic`,
);
/** Synthetic or not: there is no need for the demo's. */
export const HAS_PUBLICATION: ConstantSql = constantSql("select exists (select from cut.publication) as found");

/** The last publication of each year, whatever became of its cut: it was seen. */
export const PREVIOUS_YEARS: ConstantSql = constantSql(
  `select distinct on (l.audit_year) l.audit_year, c.id::text as cut_id, c.number, l.bytes
   from cut.ledger l join cut.cut c on c.id = l.cut_id where not c.synthetic order by l.audit_year, c.number desc`,
);
/** `$1` number of the cut, `$2` audit year. */
export const LEDGER_OF: ConstantSql = constantSql(
  `select c.id::text as cut_id, c.number, l.bytes from cut.ledger l join cut.cut c on c.id = l.cut_id
   where c.number = $1::integer and l.audit_year = $2::integer`,
);

/** One publication commits at a time. */
export const NEXT_NUMBER: ConstantSql = constantSql("select (coalesce(max(c.number), 0) + 1)::integer as number from cut.cut c");
export const SUPERSEDE: ConstantSql = constantSql("update cut.cut set state = 'SUPERSEDED' where state = 'IN_FORCE'");
/** `$1` id, `$2` number, `$3` as of, `$4` published at, `$5` by whom, `$6` manifest, `$7` signature, `$8` synthetic. */
export const INSERT_CUT: ConstantSql = constantSql(
  `insert into cut.cut (id, number, state, as_of, published_at, published_by, manifest, signature, synthetic)
   values ($1::uuid, $2::integer, 'IN_FORCE', $3::timestamptz, $4::timestamptz, $5, $6, $7, $8::boolean)`,
);
/** `$1` cut, `$2` audit year, `$3` digest, `$4` bytes as hexadecimal text. */
export const INSERT_CUBE: ConstantSql = constantSql(
  `insert into cut.cube (cut_id, audit_year, digest, bytes) values ($1::uuid, $2::integer, $3, decode($4::text, 'hex'))`,
);
/** `$1` cut, `$2` audit year, `$3` bytes as hexadecimal text. */
export const INSERT_LEDGER: ConstantSql = constantSql(
  `insert into cut.ledger (cut_id, audit_year, bytes) values ($1::uuid, $2::integer, decode($3::text, 'hex'))`,
);
/** `$1` cut, `$2` when, `$3` by whom, `$4` why. No row where it was withdrawn before, or there is none. */
export const WITHDRAW_CUT: ConstantSql = constantSql(
  `update cut.cut set state = 'WITHDRAWN', withdrawn_at = $2::timestamptz, withdrawn_by = $3, withdrawal_reason = $4
   where id = $1::uuid and state <> 'WITHDRAWN' returning id::text as id`,
);

const CUT = `c.id::text as id, c.number, c.state, ${isoInstant("c.as_of")} as as_of, ${isoInstant("c.published_at")} as published_at,
  ${isoInstant("c.withdrawn_at")} as withdrawn_at, c.withdrawal_reason, c.manifest, c.synthetic`;
export const FIND_CUT: ConstantSql = constantSql(`select ${CUT} from cut.cut c where c.id = $1::uuid`);
export const CUT_IN_FORCE: ConstantSql = constantSql(`select ${CUT} from cut.cut c where c.state = 'IN_FORCE'`);
/** `$1` number of the last one seen or null, `$2` how many. */
export const PAGE_CUTS: ConstantSql = constantSql(
  `select ${CUT} from cut.cut c where $1::integer is null or c.number < $1::integer order by c.number desc limit $2::integer`,
);
export const COUNT_CUTS: ConstantSql = constantSql("select count(*)::integer as total from cut.cut");
/** `$1` cut, `$2` audit year. */
export const READ_CUBE: ConstantSql = constantSql(
  "select q.digest, q.bytes from cut.cube q where q.cut_id = $1::uuid and q.audit_year = $2::integer",
);

/** `$1` number. */
export const SIGNED_CUT: ConstantSql = constantSql(
  "select c.id::text as id, c.manifest, c.signature from cut.cut c where c.number = $1::integer",
);
/** `$1` cut. A cube ends in the digest of what stands before it. */
export const STORED_DIGESTS: ConstantSql = constantSql(
  `select q.audit_year, encode(sha256(substring(q.bytes from 1 for length(q.bytes) - 32)), 'hex') as digest
   from cut.cube q where q.cut_id = $1::uuid`,
);

/** `$1` pseudonyms as hexadecimal text. */
export const CUTS_OF_PSEUDONYMS: ConstantSql = constantSql(
  `select ${CUT} from cut.cut c where exists (
     select from unnest($1::text[]) p cross join lateral (
       select j.cut_id from cut.journey j where j.pseudonym = decode(p, 'hex') and j.cut_id = c.id offset 0) j)
   order by c.number`,
);
