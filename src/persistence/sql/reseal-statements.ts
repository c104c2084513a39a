/** Sealed boxes of an organisation, found by the version of the key they were sealed with: the second byte of a box. */
import { constantSql } from "../database/constant-sql.ts";
import type { ConstantSql } from "./table-shape.ts";

export interface ResealStatements {
  /**
   * Rows with a box of an older version. `$1` organisation, `$2` the version, two hexadecimal digits, `$3` and `$4` the row after which to
   * go on, `$5` how many: `id`, `part`, `content`. Rows that somebody holds are left out: nothing waits for a lock here.
   */
  readonly find: ConstantSql;
  /** `$1` organisation, `$2` ids, `$3` parts, `$4` contents, `$5` the version as a number. */
  readonly write: ConstantSql;
  /** `$1` organisation, `$2` the version as above: whether a row is `left` that `find` would find, or would have left out. */
  readonly left: ConstantSql;
}

export interface SealedTable {
  readonly table: string;
  /** The organisation whose keys seal it. */
  readonly organisation: string;
  /** A uuid, which with the organisation (and the part) names the row. */
  readonly id: string;
  /** An integer that names the row with the id; null: the id does alone. */
  readonly part: string | null;
  readonly column: string;
  /** A column with the version as a number, written with the box. */
  readonly versionColumn?: string;
}

/** Enough to know how a box was sealed, without reading the rest of it. */
const isOlder = (box: string): string => `substring(${box} from 2 for 1) < decode($2, 'hex')`;

function compile(table: SealedTable, content: string, isOld: string, newContent: string, type: string): ResealStatements {
  const { table: name, organisation, id, part, column, versionColumn } = table;
  const partOf = part === null ? "0" : `t.${part}`;
  const later =
    part === null ? `t.${id} > $3::uuid and $4::integer is not null` : `(t.${id}, t.${part}) > ($3::uuid, $4::integer)`;
  return {
    find: constantSql(
      `select t.${id}::text as id, ${partOf} as part, ${content} as content from ${name} t
       where t.${organisation} = $1 and ${isOld} and ${later} order by t.${id}, 2 limit $5::integer for update of t skip locked`,
    ),
    write: constantSql(
      `update ${name} t set ${column} = ${newContent}${versionColumn === undefined ? "" : `, ${versionColumn} = $5::integer`}
       from unnest($2::uuid[], $3::integer[], $4::${type}[]) n(id, part, content)
       where t.${organisation} = $1 and t.${id} = n.id and ${partOf} = n.part and $5::integer is not null`,
    ),
    left: constantSql(`select exists (select from ${name} t where t.${organisation} = $1 and ${isOld}) as "left"`),
  };
}

/** A column that holds a box. */
export const resealColumn = (table: SealedTable): ResealStatements =>
  compile(table, `t.${table.column}`, isOlder(`t.${table.column}`), "n.content", "bytea");

const IDENTITIES = "'identity.patient_identity'";

/** Rows of identities that stand in a tombstone as they were, boxes and all: a list as JSON. */
export const RESEAL_BURIED: ResealStatements = compile(
  { table: "public.record_tombstone", organisation: "ods", id: "record_id", part: "version", column: "beside" },
  `(t.beside -> ${IDENTITIES})::text`,
  `exists (select from jsonb_array_elements(t.beside -> ${IDENTITIES}) e where ${isOlder("(e ->> 'sealed')::bytea")})`,
  `jsonb_set(t.beside, array[${IDENTITIES}], n.content)`,
  "jsonb",
);
