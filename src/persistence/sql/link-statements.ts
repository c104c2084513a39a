/** What the linker writes: lines of one kind at a time, whole sets of them. Removals name the lines, columns of their keys. */
import type { EpisodeLine, GrantLine, LinkChanges, PairLine, PersonLine } from "../../episodes/link-ports.ts";
import { type BoundSql, constantSql } from "../database/constant-sql.ts";
import { type Cell, toColumnLiteral } from "./array-literal.ts";
import { type ConstantSql, Places, type ShapeColumn, toUnnest } from "./table-shape.ts";

interface LineShape<Line> {
  readonly table: string;
  readonly key: readonly ShapeColumn<Line>[];
  readonly others: readonly ShapeColumn<Line>[];
}

interface LineStatements<Line> {
  readonly remove: (lines: readonly Line[]) => BoundSql;
  readonly write: (lines: readonly Line[]) => BoundSql;
}

const text = <Line>(name: string, read: (line: Line) => Cell): ShapeColumn<Line> => ({ name, type: "text", read });
const uuid = <Line>(name: string, read: (line: Line) => Cell): ShapeColumn<Line> => ({ name, type: "uuid", read });

const PERSONS: LineShape<PersonLine> = {
  table: "link.person_member",
  key: [text("ods", ({ ods }) => ods), uuid("patient_id", ({ id }) => id)],
  others: [uuid("person_id", ({ personId }) => personId)],
};

const EPISODES: LineShape<EpisodeLine> = {
  table: "link.episode_member",
  key: [text("ods", ({ ods }) => ods), uuid("event_id", ({ id }) => id)],
  others: [
    uuid("patient_id", ({ patientId }) => patientId),
    uuid("person_id", ({ personId }) => personId),
    uuid("episode_id", ({ episodeId }) => episodeId),
  ],
};

const GRANTS: LineShape<GrantLine> = {
  table: "link.link_grant",
  key: [
    text("owner_ods", ({ owner }) => owner),
    uuid("record_id", ({ recordId }) => recordId),
    text("reader_ods", ({ reader }) => reader),
  ],
  others: [text("record_type", ({ recordType }) => recordType), uuid("person_id", ({ personId }) => personId)],
};

const PAIR_KEY: readonly ShapeColumn<PairLine>[] = [
  text("kind", ({ kind }) => kind),
  text("a_ods", ({ a }) => a.ods),
  uuid("a_id", ({ a }) => a.id),
  text("b_ods", ({ b }) => b.ods),
  uuid("b_id", ({ b }) => b.id),
];

const PAIRS: LineShape<PairLine> = {
  table: "link.pair",
  key: PAIR_KEY,
  others: [
    text("state", ({ state }) => state),
    text("rule", ({ rule }) => rule),
    text("confidence", ({ confidence }) => confidence),
    text("made_by", ({ madeBy }) => madeBy),
    text("held_back_a_ods", ({ heldBackBy }) => heldBackBy?.a.ods ?? null),
    uuid("held_back_a_id", ({ heldBackBy }) => heldBackBy?.a.id ?? null),
    text("held_back_b_ods", ({ heldBackBy }) => heldBackBy?.b.ods ?? null),
    uuid("held_back_b_id", ({ heldBackBy }) => heldBackBy?.b.id ?? null),
  ],
};

const namesOf = (columns: readonly { readonly name: string }[]): string => columns.map(({ name }) => name).join(", ");

function bindColumns<Line>(sql: ConstantSql, columns: readonly ShapeColumn<Line>[], more: readonly Cell[] = []) {
  return (lines: readonly Line[]): BoundSql => sql([...columns.map(({ read }) => toColumnLiteral(lines, read)), ...more]);
}

function compileRemoval<Line>({ table, key }: LineShape<Line>): LineStatements<Line>["remove"] {
  const same = key.map(({ name }) => `d.${name} = x.${name}`).join(" and ");
  return bindColumns(constantSql(`delete from ${table} d using ${toUnnest(key, new Places())} where ${same}`), key);
}

function compileLines<Line>(shape: LineShape<Line>): LineStatements<Line> {
  const { table, key, others } = shape;
  const columns = [...key, ...others];
  const replaced = others.map(({ name }) => `${name} = excluded.${name}`).join(", ");
  const sql = `insert into ${table} (${namesOf(columns)}) select ${namesOf(columns)} from ${toUnnest(columns, new Places())}
    on conflict (${namesOf(key)}) do update set ${replaced}`;
  return { remove: compileRemoval(shape), write: bindColumns(constantSql(sql), columns) };
}

/** A pair keeps its id for ever, and the time since when it is in its state while it stays in it. */
function compilePairs(): (lines: readonly PairLine[], newId: () => string, at: string) => BoundSql {
  const columns: readonly ShapeColumn<PairLine>[] = [...PAIRS.key, ...PAIRS.others];
  const places = new Places();
  const from = toUnnest([...columns, { name: "id", type: "uuid" }], places);
  const replaced = PAIRS.others.map(({ name }) => `${name} = excluded.${name}`).join(", ");
  const sql = constantSql(
    `insert into link.pair as p (${namesOf(columns)}, id, since)
     select ${namesOf(columns)}, id, ${places.next("timestamptz")} from ${from}
     on conflict (${namesOf(PAIRS.key)}) do update set ${replaced},
       since = case when p.state = excluded.state then p.since else excluded.since end`,
  );
  return (lines, newId, at) =>
    sql([...columns.map(({ read }) => toColumnLiteral(lines, read)), toColumnLiteral(lines, () => newId()), at]);
}

const persons = compileLines(PERSONS);
const episodes = compileLines(EPISODES);
const grants = compileLines(GRANTS);
const removePairs = compileRemoval(PAIRS);
const writePairs = compilePairs();

/** Statements for the kinds of lines that change, removals first. */
export function bindChanges({ removed, written }: LinkChanges, newId: () => string, at: string): readonly BoundSql[] {
  const unlessEmpty = <Line>(lines: readonly Line[], bind: (lines: readonly Line[]) => BoundSql): readonly BoundSql[] =>
    lines.length === 0 ? [] : [bind(lines)];
  return [
    ...unlessEmpty(removed.grants, grants.remove),
    ...unlessEmpty(removed.pairs, removePairs),
    ...unlessEmpty(removed.episodes, episodes.remove),
    ...unlessEmpty(removed.persons, persons.remove),
    ...unlessEmpty(written.persons, persons.write),
    ...unlessEmpty(written.episodes, episodes.write),
    ...unlessEmpty(written.pairs, (lines) => writePairs(lines, newId, at)),
    ...unlessEmpty(written.grants, grants.write),
  ];
}
