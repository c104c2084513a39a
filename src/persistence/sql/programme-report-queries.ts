/** What a programme did in a period. `$1` organisation, `$2` programme, `$3` and `$4` first and last day. */
import type { Dictionary } from "../../dataset/dictionary.ts";
import { OUTCOME_MEASURES } from "../../standards/outcome-measures.ts";
import { constantSql } from "../database/constant-sql.ts";
import { compileFacts } from "./reporting-queries.ts";
import type { ConstantSql } from "./table-shape.ts";

const IN_PERIOD = "between $3::date and $4::date";

/** A referral is the rehabilitation's own, else its event's, as the wait is counted. */
export const PERIOD_COUNTS: ConstantSql = constantSql(
  `select
     count(*) filter (where coalesce(r.referral_date, e.referral_date) ${IN_PERIOD})::integer as referred,
     count(*) filter (where coalesce(r.referral_date, e.referral_date) ${IN_PERIOD} and r.agreed_to_take_part = 'YES')::integer as agreed,
     count(*) filter (where r.core_start_date ${IN_PERIOD})::integer as started,
     count(*) filter (where r.core_end_date ${IN_PERIOD} and r.completed = 'YES')::integer as completed
   from public.rehabilitation r join public.initiating_event e on e.ods = r.ods and e.id = r.initiating_event_id
   where r.ods = $1 and r.programme_code = $2`,
);

export const ASSESSMENT_COUNTS: ConstantSql = constantSql(
  `select n.number, count(a.number)::integer as count from generate_series(1, 3) n(number)
   left join public.assessment a on a.number = n.number and a.ods = $1 and a.programme_code = $2 and a.date ${IN_PERIOD}
   group by n.number order by n.number`,
);

/** What certification counts, and of each assessment the measures of outcome in their order: read once, worked out outside. */
export const compileMeasuredFacts = (dictionary: Dictionary): ConstantSql =>
  compileFacts({
    measures: OUTCOME_MEASURES.map(({ item }) => {
      const found = dictionary.recordType("ASSESSMENT").byName.get(item);
      if (found === undefined) throw new Error(`An assessment has no item ${item}`);
      return found.column;
    }),
  });
