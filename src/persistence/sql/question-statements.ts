/** The schema `question`, in role nacr_questions. A question is read as one JSON value with its versions. */
import { constantSql } from "../database/constant-sql.ts";
import type { ConstantSql } from "./table-shape.ts";

/** Members are named as the use case names them (`saved-question-store.ts`). Of the alias `s`. */
const SAVED = `jsonb_build_object(
  'id', s.id, 'agreementId', s.agreement_id, 'owner', s.owner, 'name', s.name, 'savedAt', s.saved_at, 'sharedWith', to_jsonb(s.shared_with),
  'versions', (select jsonb_agg(jsonb_build_object('number', v.number, 'question', v.content, 'savedAt', v.saved_at) order by v.number)
    from question.version v where v.saved_id = s.id))::text as saved`;

/** `$1` id. */
export const FIND_QUESTION: ConstantSql = constantSql(`select ${SAVED} from question.saved s where s.id = $1::uuid`);

/** `$1` agreement, `$2` owner, `$3` name. */
export const FIND_OWN_QUESTION: ConstantSql = constantSql(
  `select ${SAVED} from question.saved s where s.agreement_id = $1 and s.owner = $2 and s.name = $3`,
);

/** `$1` agreement, `$2` whoever sees them. */
export const LIST_QUESTIONS: ConstantSql = constantSql(
  `select ${SAVED} from question.saved s
   where s.agreement_id = $1 and (s.owner = $2::text or $2::text = any (s.shared_with)) order by s.name, s.owner`,
);

/** `$1` agreement, `$2` owner. */
export const COUNT_QUESTIONS: ConstantSql = constantSql(
  "select count(*)::integer as total from question.saved s where s.agreement_id = $1 and s.owner = $2",
);

/** Those who save under one agreement wait for each other. `$1` agreement, `$2` owner. */
export const LOCK_SAVING: ConstantSql = constantSql(
  "select pg_advisory_xact_lock(hashtextextended('question/' || $1::text || '/' || $2::text, 0))::text as locked",
);

/** `$1` id, `$2` agreement, `$3` owner, `$4` name, `$5` when. */
export const PUT_QUESTION: ConstantSql = constantSql(
  "insert into question.saved (id, agreement_id, owner, name, saved_at) values ($1::uuid, $2, $3, $4, $5::timestamptz)",
);

/** `$1` question, `$2` number, `$3` content, `$4` when. */
export const PUT_QUESTION_VERSION: ConstantSql = constantSql(
  "insert into question.version (saved_id, number, content, saved_at) values ($1::uuid, $2::integer, $3::jsonb, $4::timestamptz)",
);

/** `$1` question, `$2` people. */
export const SHARE_QUESTION: ConstantSql = constantSql("update question.saved set shared_with = $2::text[] where id = $1::uuid");
