/** How many rows have each item: made from the dictionary, one statement for each record type. */
import type { RecordTypeName } from "../../dataset/define.ts";
import type { CompiledItem, CompiledRecordType, Dictionary } from "../../dataset/dictionary.ts";
import { ASSESSMENT_COLUMNS } from "../../national/national-columns.ts";
import { constantSql } from "../database/constant-sql.ts";
import type { ConstantSql } from "./table-shape.ts";

export interface CompletenessSql {
  /** What is counted of each record type, in the order of its numbers. */
  readonly items: ReadonlyMap<RecordTypeName, readonly CompiledItem[]>;
  /**
   * `$1` organisation, `$2` programme, `$3` and `$4` first and last anchor date. A row for each record type and month: `record_type`, `month`,
   * `rows`, `known`, `unknown`. One statement, so that the rehabilitations of the period are looked for once.
   */
  readonly count: ConstantSql;
}

/** Identifying items that can be counted without being opened: their digests say that they are there. */
const DIGESTS: Readonly<Record<string, string>> = {
  nhsNumber: "i.nhs_hmac",
  hospitalNumber: "i.hospital_hmac",
  dateOfBirth: "i.dob_hmac",
};

/** The month of a record is that of its rehabilitation; of a patient or an event with several, the first. */
const CHOSEN = `chosen as materialized (
  select r.id as rehabilitation, r.initiating_event_id as event, e.patient_id as patient, to_char(r.anchor_date, 'YYYY-MM') as month
  from public.rehabilitation r join public.initiating_event e on e.ods = r.ods and e.id = r.initiating_event_id
  where r.ods = $1 and r.programme_code = $2 and r.anchor_date between $3::date and $4::date)`;

/** Which of the chosen ids a record type hangs off, and by which of its columns. */
const OWNERS: Readonly<Record<RecordTypeName, readonly [owner: string, column: string]>> = {
  PATIENT: ["patient", "t.id"],
  PREVIOUS_EVENT: ["patient", "t.patient_id"],
  COMORBIDITY: ["patient", "t.patient_id"],
  INITIATING_EVENT: ["event", "t.id"],
  TREATMENT: ["event", "t.initiating_event_id"],
  REHABILITATION: ["rehabilitation", "t.id"],
  ASSESSMENT: ["rehabilitation", "t.rehabilitation_id"],
  ACUTE_EVENT: ["rehabilitation", "t.rehabilitation_id"],
  DRUG: ["rehabilitation", "a.rehabilitation_id"],
};

export function compileCompleteness(dictionary: Dictionary): CompletenessSql {
  const counted = dictionary.recordTypes.map((recordType) => {
    const items = recordType.items.filter(({ name, identifying }) => identifying !== true || DIGESTS[name] !== undefined);
    return { recordType, items };
  });
  const owners = ["patient", "event", "rehabilitation"].map(
    (owner) => `of_${owner} as (select c.${owner} as id, min(c.month) as month from chosen c group by c.${owner})`,
  );
  const counts = counted.map(({ recordType, items }) => countOf(recordType, items));
  return {
    items: new Map(counted.map(({ recordType, items }) => [recordType.name, items])),
    count: constantSql(`with ${[CHOSEN, ...owners].join(", ")} ${counts.join(" union all ")} order by record_type, month`),
  };
}

function countOf({ name, definition }: CompiledRecordType, items: readonly CompiledItem[]): string {
  const [owner, column] = OWNERS[name];
  const identity = name === "PATIENT" ? " left join identity.patient_identity i on i.ods = t.ods and i.patient_id = t.id" : "";
  const above = name === "DRUG" ? " join public.assessment a on a.ods = t.ods and a.id = t.assessment_id" : "";
  return `select '${name}' as record_type, o.month, count(*)::integer as rows,
      array[${items.map(knownOf).join(", ")}]::integer[] as known, array[${items.map(unknownOf).join(", ")}]::integer[] as unknown
    from public.${definition.table} t${above}${identity} join of_${owner} o on o.id = ${column} where t.ods = $1 group by o.month`;
}

const cellOf = (item: CompiledItem): string => DIGESTS[item.name] ?? `t.${item.column}`;

/** Codes that say "not known" are a list's own; none of an item without a list. */
const unknownCodes = ({ kind, compiledList }: CompiledItem): string | null =>
  kind !== "code" || compiledList === null || compiledList.unknown.size === 0
    ? null
    : [...compiledList.unknown].map((code) => `'${code}'`).join(", ");

function knownOf(item: CompiledItem): string {
  const codes = unknownCodes(item);
  const cell = cellOf(item);
  return codes === null ? `count(${cell})` : `count(${cell}) filter (where ${cell} not in (${codes}))`;
}

function unknownOf(item: CompiledItem): string {
  const codes = unknownCodes(item);
  return codes === null ? "0" : `count(*) filter (where ${cellOf(item)} in (${codes}))`;
}

/** Items that the national rows keep under the same name and code. Others have no national figure. */
const OF_JOURNEY: readonly (readonly [RecordTypeName, string])[] = [
  ["PATIENT", "gender"],
  ["REHABILITATION", "agreedToTakePart"],
  ["REHABILITATION", "deliveryMode"],
];

export interface NationalCompletenessSql {
  readonly items: readonly (readonly [RecordTypeName, CompiledItem])[];
  /** `$1` the cut, `$2` and `$3` first and last month of events. One row: `rows`, `organisations`, `known`. */
  readonly count: ConstantSql;
}

/** Of a cut's frozen journeys that have a rehabilitation, and of their assessments. */
export function compileNationalCompleteness(dictionary: Dictionary): readonly NationalCompletenessSql[] {
  const itemOf = (recordType: RecordTypeName, name: string): CompiledItem[] => {
    const item = dictionary.recordType(recordType).byName.get(name);
    return item === undefined ? [] : [item];
  };
  const ofJourney = OF_JOURNEY.flatMap(([type, name]) => itemOf(type, name).map((item) => [type, item] as const));
  const ofAssessment = Object.keys(ASSESSMENT_COLUMNS).flatMap((name) =>
    itemOf("ASSESSMENT", name).map((item) => ["ASSESSMENT" as const, item] as const),
  );
  const statement = (items: typeof ofJourney, join: string): NationalCompletenessSql => ({
    items,
    count: constantSql(
      `select count(*)::integer as rows, count(distinct j.trust)::integer as organisations,
         array[${items.map(([, item]) => knownOf(item)).join(", ")}]::integer[] as known
       from cut.journey j${join}
       where j.cut_id = $1::uuid and j.programme is not null and j.event_month between $2::date and $3::date`,
    ),
  });
  return [
    statement(ofJourney, " cross join lateral (select j.*) t"),
    statement(ofAssessment, " join cut.assessment t on t.cut_id = j.cut_id and t.journey = j.journey"),
  ];
}
