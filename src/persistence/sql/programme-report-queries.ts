/** What a programme did in a period, and how its patients' measures changed. `$1` organisation, `$2` programme, `$3` and `$4` first and last day. */
import type { Dictionary } from "../../dataset/dictionary.ts";
import { OUTCOME_MEASURES, type OutcomeMeasure } from "../../reporting/outcome-measures.ts";
import { constantSql } from "../database/constant-sql.ts";
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

/**
 * Of rehabilitations whose core began in the period, those that have the measure at assessment 1 and at the later one (`$5`), which is not
 * more than so many days after the first (`$6`; null: whenever). One row for each measure of which there are any.
 */
export function compileOutcomes(dictionary: Dictionary): ConstantSql {
  const measures = OUTCOME_MEASURES.map((measure) => {
    const column = columnOf(dictionary, measure);
    return `('${measure.item}', ${numberIn("a", column, measure)}, ${numberIn("b", column, measure)})`;
  });
  const columns = OUTCOME_MEASURES.map((measure) => `x.${columnOf(dictionary, measure)}`).join(", ");
  const assessment = (number: string, alias: string): string =>
    `cross join lateral (
       select x.date, ${columns} from public.assessment x
       where x.ods = r.ods and x.rehabilitation_id = r.id and x.number = ${number} offset 0) ${alias}`;
  const spread = (value: string, name: string): string =>
    `avg(${value}) as ${name}_mean, percentile_cont(array[0.25, 0.5, 0.75]) within group (order by ${value}) as ${name}`;
  return constantSql(
    `select m.item, count(*)::integer as count, ${spread("m.x", "first")}, ${spread("m.y", "last")}, ${spread("m.y - m.x", "change")},
       count(*) filter (where m.y < m.x)::integer as fell, count(*) filter (where m.y > m.x)::integer as rose
     from public.rehabilitation r
     ${assessment("1", "a")}
     ${assessment("$5::integer", "b")}
     cross join lateral (values ${measures.join(", ")}) m(item, x, y)
     where r.ods = $1 and r.programme_code = $2 and r.core_start_date ${IN_PERIOD} and m.x is not null and m.y is not null
       and ($6::integer is null or a.date is null or b.date is null or b.date - a.date <= $6::integer)
     group by m.item`,
  );
}

function columnOf(dictionary: Dictionary, { item }: OutcomeMeasure): string {
  const found = dictionary.recordType("ASSESSMENT").byName.get(item);
  if (found === undefined) throw new Error(`An assessment has no item ${item}`);
  return found.column;
}

/** Of a coded measure 1 and 0, so that its mean is a share; what is not known is neither. */
function numberIn(alias: string, column: string, { yes }: OutcomeMeasure): string {
  if (yes === null) return `${alias}.${column}::double precision`;
  const codes = yes.map((code) => `'${code}'`).join(", ");
  return `case when ${alias}.${column} = 'UNKNOWN' then null else (${alias}.${column} in (${codes}))::integer::double precision end`;
}
