/** The schema `agreement`, in role nacr_agreements. An agreement is read as one JSON value, with everything that became of it. */
import { constantSql } from "../database/constant-sql.ts";
import { isoInstant } from "./iso-instant.ts";
import type { ConstantSql } from "./table-shape.ts";

/** Members are named as columns are: `agreement-row.ts` reads them. Of the alias `a`. */
const AGREEMENT = `jsonb_build_object(
  'agreement', to_jsonb(a),
  'versions', (select jsonb_agg(to_jsonb(v) order by v.number) from agreement.version v where v.agreement_id = a.id),
  'signatures', (select coalesce(jsonb_agg(to_jsonb(s) order by s.signed_at, s.party), '[]') from agreement.signature s where s.agreement_id = a.id),
  'steps', (select coalesce(jsonb_agg(to_jsonb(t) order by t.at, t.id), '[]') from agreement.step t where t.agreement_id = a.id),
  'breaches', (select coalesce(jsonb_agg(to_jsonb(b) order by b.reported_at, b.id), '[]') from agreement.breach b where b.agreement_id = a.id),
  'destruction', (select to_jsonb(d) from agreement.destruction d where d.agreement_id = a.id))::text as agreement`;

/** `$1` ids. */
export const FIND_AGREEMENTS: ConstantSql = constantSql(
  `select ${AGREEMENT} from agreement.agreement a where a.id = any ($1::text[])`,
);
/**
 * `$1` id, `$2` whoever may know of it, null for everybody. Another's is not locked: that takes longer than finding nothing, which would tell
 * that there is one, and keeps its own people waiting.
 */
export const LOCK_AGREEMENT: ConstantSql = constantSql(
  "select a.id from agreement.agreement a where a.id = $1 and ($2::text is null or a.readers @> array[$2::text]) for update",
);

/** `$1` whoever may know of them, null for all; `$2` and `$3` the position after which to go on, null for the start; `$4` at most so many. */
export const PAGE_AGREEMENTS: ConstantSql = constantSql(
  `select ${AGREEMENT} from agreement.agreement a
   where ($1::text is null or a.readers @> array[$1::text])
     and ($2::timestamptz is null or (a.drafted_at, a.id) < ($2::timestamptz, $3::text))
   order by a.drafted_at desc, a.id desc limit $4::integer`,
);
/** `$1` as above. */
export const COUNT_AGREEMENTS: ConstantSql = constantSql(
  "select count(*)::integer as total from agreement.agreement a where $1::text is null or a.readers @> array[$1::text]",
);

export const SIGNED_AGREEMENTS: ConstantSql = constantSql(
  `select ${AGREEMENT} from agreement.agreement a
   where exists (select from agreement.version v where v.agreement_id = a.id and v.state = 'SIGNED') order by a.id`,
);

/** With something to be seen to. `$1` the day: what ended before it, by whichever version. */
export const ATTENDED_AGREEMENTS: ConstantSql = constantSql(
  `select a.id from agreement.agreement a
   where exists (select from agreement.breach b where b.agreement_id = a.id and b.outcome is null)
     or (a.destroyed_at is not null and a.key_destroyed_at is null)
     or exists (select from agreement.destruction d where d.agreement_id = a.id and d.certified_at is null)
     or (not exists (select from agreement.destruction d where d.agreement_id = a.id)
       and exists (select from agreement.version v
         where v.agreement_id = a.id and v.state = 'SIGNED' and v.terms ->> 'endsOn' < $1::text))
   order by a.id`,
);

/** Rows as a JSON list of objects by column name. Those that are there are replaced, or (no `changing`) left as they are. */
function putRows(table: string, key: string, columns: readonly string[], changing: readonly string[]): ConstantSql {
  const then =
    changing.length === 0 ? "nothing" : `update set ${changing.map((name) => `${name} = excluded.${name}`).join(", ")}`;
  return constantSql(
    `insert into agreement.${table} (${columns.join(", ")})
     select ${columns.join(", ")} from jsonb_populate_recordset(null::agreement.${table}, $1::jsonb)
     on conflict (${key}) do ${then}`,
  );
}

const words = (text: string): string[] => text.trim().split(/\s+/);

const AGREEMENT_CHANGES = words("terminated_at destroyed_at key_destroyed_at readers");
export const PUT_AGREEMENT: ConstantSql = putRows(
  "agreement",
  "id",
  [...words("id drafted_by drafted_at"), ...AGREEMENT_CHANGES],
  AGREEMENT_CHANGES,
);
const VERSION_CHANGES = words("state terms digest submitted_at approved_by approved_at signed_at");
export const PUT_VERSIONS: ConstantSql = putRows(
  "version",
  "agreement_id, number",
  [...words("agreement_id number drafted_by drafted_at"), ...VERSION_CHANGES],
  VERSION_CHANGES,
);
export const PUT_SIGNATURES: ConstantSql = putRows(
  "signature",
  "agreement_id, version, party",
  words("agreement_id version party signed_by signed_at digest"),
  [],
);
export const PUT_STEPS: ConstantSql = putRows("step", "id", words("id agreement_id at step version by reason"), []);
const BREACH_CHANGES = words(`
  acknowledged_at acknowledged_by last_chased_at times_chased ico_reportable ico_decided_at ico_decided_by ico_reasons ico_reported_at
  ico_reference outcome outcome_at outcome_by outcome_reasons`);
export const PUT_BREACHES: ConstantSql = putRows(
  "breach",
  "id",
  [...words("id agreement_id reported_by reported_at discovered_at description digest"), ...BREACH_CHANGES],
  BREACH_CHANGES,
);
const DESTRUCTION_CHANGES = words("certified_at certified_by document signature");
export const PUT_DESTRUCTION: ConstantSql = putRows(
  "destruction",
  "agreement_id",
  [...words("agreement_id id reason opened_at due_on"), ...DESTRUCTION_CHANGES],
  DESTRUCTION_CHANGES,
);
export const PUT_USE: ConstantSql = putRows(
  "use",
  "id",
  words("id agreement_id version at client_id purpose product outcome refusals question question_digest cut_id cells_returned"),
  [],
);
export const PUT_CONTRACT: ConstantSql = putRows("framework_contract", "id", words("id organisation signed_on ends_on"), []);

export const LIST_CONTRACTS: ConstantSql = constantSql(
  `select c.id, c.organisation, c.signed_on::text as signed_on, c.ends_on::text as ends_on
   from agreement.framework_contract c order by c.id`,
);

/** `$1` agreement, `$2` from, `$3` before (null: without bound), `$4` at most so many. */
export const LIST_USES: ConstantSql = constantSql(
  `select u.id::text as id, u.agreement_id, u.version, ${isoInstant("u.at")} as at, u.client_id, u.purpose, u.product, u.outcome, u.refusals,
     u.question, u.question_digest, u.cut_id, u.cells_returned
   from agreement.use u
   where u.agreement_id = $1 and ($2::timestamptz is null or u.at >= $2::timestamptz) and ($3::timestamptz is null or u.at < $3::timestamptz)
   order by u.at, u.id limit $4::integer`,
);

/** `$1` agreement. What was done about it; what was done under it is its log. */
export const AGREEMENT_TRAIL: ConstantSql = constantSql(
  `select e.id::text as id, ${isoInstant("e.at")} as at, e.type, e.outcome, e.agent_id, e.agent_role
   from audit.event e where e.agreement_id = $1 and e.type not in ('USE_AGREEMENT', 'USE_FOREIGN_AGREEMENT') order by e.at, e.id`,
);

/** `$1` agreement. A line for each who tried, however often. */
export const FOREIGN_ATTEMPTS: ConstantSql = constantSql(
  `select e.agent_id, e.agent_role, count(*)::integer as count, ${isoInstant("min(e.at)")} as first_at, ${isoInstant("max(e.at)")} as last_at
   from audit.event e where e.agreement_id = $1 and e.type = 'USE_FOREIGN_AGREEMENT'
   group by e.agent_id, e.agent_role order by min(e.at), e.agent_id`,
);

/** `$1` scope. As the connection's own user. */
export const DESTROY_KEY: ConstantSql = constantSql("delete from keys.data_key k where k.scope = $1");
