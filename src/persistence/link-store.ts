/** Where the linker reads and writes, under its own role: it sees digests, event types and dates of every organisation, and no more. */
import type { DecidedRecords, DueBatch, LinkChanges, LinkLines, LinkRows, LinkStore, LinkUnit } from "../episodes/link-ports.ts";
import type { LinkedRef } from "../episodes/link-words.ts";
import { LIMITS } from "../lib/limits.ts";
import type { Database } from "./database/database.ts";
import type { Transaction } from "./database/unit.ts";
import {
  readDecision,
  readEpisodeLine,
  readGrantLine,
  readLinkEvent,
  readLinkPatient,
  readMerge,
  readPairLine,
  readPersonLine,
} from "./link-rows.ts";
import { toArrayLiteral, toColumnLiteral } from "./sql/array-literal.ts";
import {
  COUNT_DUE,
  NEIGHBOURS,
  PATIENTS_OF_EVENTS,
  PUT_OFF,
  READ_DECISIONS,
  READ_EPISODE_LINES,
  READ_EVENTS,
  READ_GRANTS,
  READ_MERGES,
  READ_PAIRS,
  READ_PATIENTS,
  READ_PERSON_LINES,
  TAKE_DUE,
  TAKE_TURN,
} from "./sql/link-queries.ts";
import { bindChanges } from "./sql/link-statements.ts";
import type { ConstantSql } from "./sql/table-shape.ts";
import { booleanOf, numberOf, type SqlRow, textOf } from "./sql-row.ts";

/** A batch takes some 0.2 s; a large one on a slow disk takes its share of the rest. */
const BATCH_TIMEOUT_MS = 60_000;
/** More is a large import in hand, however many there are. */
const COUNTED_AT_MOST = 100_000;

export interface LinkStoreDependencies {
  readonly database: Database;
  readonly newId: () => string;
}

export function createLinkStore({ database, newId }: LinkStoreDependencies): LinkStore {
  return {
    inTurn: (work) =>
      database.withRole(
        { role: "nacr_linker" },
        async (tx) => {
          const [turn] = await tx.$queryRaw<SqlRow[]>(TAKE_TURN([]));
          if (turn === undefined || !booleanOf(turn, "mine")) return null;
          return work(createLinkUnit(tx, newId));
        },
        { timeoutMs: BATCH_TIMEOUT_MS },
      ),
    countDue: () =>
      database.withRole({ role: "nacr_linker" }, async (tx) => {
        const [counted] = await tx.$queryRaw<SqlRow[]>(COUNT_DUE([COUNTED_AT_MOST]));
        return counted === undefined ? 0 : numberOf(counted, "total");
      }),
  };
}

/** Two array literals: organisations and ids. */
const columnsOf = (refs: readonly LinkedRef[]): readonly string[] => [
  toColumnLiteral(refs, ({ ods }) => ods),
  toColumnLiteral(refs, ({ id }) => id),
];

const readRef = (row: SqlRow): LinkedRef => ({ ods: textOf(row, "ods"), id: textOf(row, "id") });

function createLinkUnit(tx: Transaction, newId: () => string): LinkUnit {
  const query = (sql: ConstantSql, values: readonly unknown[]): Promise<readonly SqlRow[]> => tx.$queryRaw<SqlRow[]>(sql(values));
  return {
    takeDue: async (most) => readDue(await query(TAKE_DUE, [most])),
    putOff: async () => {
      await tx.$executeRaw(PUT_OFF([]));
    },
    patientsOf: async ({ kind, records }: DecidedRecords) =>
      kind === "PERSON" ? records : (await query(PATIENTS_OF_EVENTS, columnsOf(records))).map(readRef),
    neighbours: async (patients, most) => {
      const rows = await query(NEIGHBOURS, [...columnsOf(patients), most]);
      return rows.map((row) => ({ of: { ods: textOf(row, "of_ods"), id: textOf(row, "of_id") }, patient: readRef(row) }));
    },
    readRows: (patients) => readRows(query, patients),
    readLines: (patients) => readLines(query, patients),
    write: async (changes: LinkChanges, at) => {
      for (const statement of bindChanges(changes, newId, at)) await tx.$executeRaw(statement);
    },
  };
}

type Query = (sql: ConstantSql, values: readonly unknown[]) => Promise<readonly SqlRow[]>;

/** @param rows of `TAKE_DUE`: one without a patient where nothing is to be said of any */
function readDue(rows: readonly SqlRow[]): DueBatch {
  const [first] = rows;
  return {
    taken: first === undefined ? 0 : numberOf(first, "taken"),
    patients: rows.filter((row) => row.id !== null).map(readRef),
  };
}

async function readRows(query: Query, patients: readonly LinkedRef[]): Promise<LinkRows> {
  const of = columnsOf(patients);
  const found = (await query(READ_PATIENTS, of)).map(readLinkPatient);
  const events = (await query(READ_EVENTS, [...of, LIMITS.eventsPerPerson + 1])).map(readLinkEvent);
  const merges = (await query(READ_MERGES, of)).map(readMerge);
  const ofPatients = (await query(READ_DECISIONS, ["PERSON", ...of])).map(readDecision);
  const ofEvents = (await query(READ_DECISIONS, ["EPISODE", ...columnsOf(events)])).map(readDecision);
  return { patients: found, events, merges, decisions: { PERSON: ofPatients, EPISODE: ofEvents } };
}

/** Whoever is named by a line of any kind has one as a member of a person; so has every event that is in a pair or an episode. */
async function readLines(query: Query, patients: readonly LinkedRef[]): Promise<LinkLines> {
  const persons = (await query(READ_PERSON_LINES, columnsOf(patients))).map(readPersonLine);
  if (persons.length === 0) return { persons: [], episodes: [], pairs: [], grants: [] };
  const ids = [toArrayLiteral([...new Set(persons.map(({ personId }) => personId))])];
  const episodes = (await query(READ_EPISODE_LINES, ids)).map(readEpisodeLine);
  const pairs = (await query(READ_PAIRS, columnsOf([...persons, ...episodes]))).map(readPairLine);
  const grants = (await query(READ_GRANTS, ids)).map(readGrantLine);
  return { persons, episodes, pairs, grants };
}
