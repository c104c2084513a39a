/** One transaction of the feed of the national side. */
import type { JudgeRelease } from "../consent/ports.ts";
import { toColumnName } from "../dataset/compile-dictionary.ts";
import type { LinkedRef } from "../episodes/link-words.ts";
import type { PseudonymKey } from "../keys/key-ring.ts";
import { roundForDisclosure } from "../national/disclosed-count.ts";
import type { FedRows } from "../national/fed-rows.ts";
import type { NationalTable } from "../national/national-columns.ts";
import type { FedPerson, FeedReport, FeedUnit, ReviewPage } from "../national/national-ports.ts";
import { readPseudonym } from "../national/national-values.ts";
import type { NationalJourney } from "../national/to-national-rows.ts";
import type { AuditEntry } from "../records/audit-entry.ts";
import type { NewId } from "../submission/ports.ts";
import { writeAuditEntry } from "./audit-entries.ts";
import type { Transaction } from "./database/unit.ts";
import { markDue } from "./national-due.ts";
import {
  readFedAcuteEvent,
  readFedAssessment,
  readFedComorbidity,
  readFedDrug,
  readFedEvent,
  readFedPatient,
  readFedRehabilitation,
  readFedTreatment,
  readRef,
} from "./national-rows.ts";
import type { ReadPatientQuintiles } from "./patient-quintiles.ts";
import { toArrayLiteral, toColumnLiteral } from "./sql/array-literal.ts";
import {
  COMPANIONS,
  FOLLOW_TO_PATIENTS,
  READ_ACUTE_EVENTS,
  READ_ASSESSMENTS,
  READ_COMORBIDITIES,
  READ_DRUGS,
  READ_EVENTS,
  READ_PATIENTS,
  READ_REHABILITATIONS,
  READ_TREATMENTS,
  TAKE_DUE,
} from "./sql/national-feed-queries.ts";
import {
  INSERT_MEMBERS,
  insertRows,
  KEEP_REVIEW_PLACE,
  NEW_SUBJECTS,
  REMOVE_ROWS,
  REVIEW_PAGE,
  REVIEW_PLACE,
} from "./sql/national-statements.ts";
import type { ConstantSql } from "./sql/table-shape.ts";
import { booleanOf, numberOf, optionalTextOf, type SqlRow, textOf } from "./sql-row.ts";

export interface FeedUnitParts {
  readonly tx: Transaction;
  readonly key: PseudonymKey;
  readonly newId: NewId;
  readonly judgeRelease: JudgeRelease<Transaction>;
  readonly readQuintiles: ReadPatientQuintiles;
}

type Query = (sql: ConstantSql, values: readonly unknown[]) => Promise<readonly SqlRow[]>;

/** Organisations and ids, one literal each. */
const columnsOf = (refs: readonly LinkedRef[]): readonly string[] => [
  toColumnLiteral(refs, ({ ods }) => ods),
  toColumnLiteral(refs, ({ id }) => id),
];

export function createFeedUnit({ tx, key, newId, judgeRelease, readQuintiles }: FeedUnitParts): FeedUnit {
  const query: Query = (sql, values) => tx.$queryRaw<SqlRow[]>(sql(values));
  return {
    takeDue: async (most) => {
      const [followed] = await query(FOLLOW_TO_PATIENTS, []);
      const lines = (await query(TAKE_DUE, [most])).map(readRef);
      const patients = new Map(lines.map((line) => [`${line.ods} ${line.id}`, line]));
      return {
        taken: lines.length + (followed === undefined ? 0 : numberOf(followed, "taken")),
        patients: [...patients.values()],
      };
    },
    companions: async (of) => (await query(COMPANIONS, columnsOf(of))).map(readRef),
    readPatients: async (of) => (await query(READ_PATIENTS, columnsOf(of))).map(readFedPatient),
    judge: (patients, today) => judgeRelease(tx, patients, "SUBMISSION", today),
    readRows: (of) => readRows(query, of),
    readQuintiles: (of) => readQuintiles(tx, of),
    pseudonymise: (text) => ({ pseudonym: readPseudonym(key.mac(text)), keyVersion: key.version }),
    replace: (patients, persons) => replace(tx, patients, persons),
    review: (today, most) => review(query, tx, today, most),
    markDue: (patients) =>
      markDue(
        tx,
        patients.map(({ ods, id }) => ({ ods, patientId: id })),
      ),
    record: (report) => writeAuditEntry(tx, toEntry(report), newId),
  };
}

async function readRows(query: Query, patients: readonly LinkedRef[]): Promise<FedRows> {
  const read = async <Row>(sql: ConstantSql, parents: readonly LinkedRef[], toRow: (row: SqlRow) => Row): Promise<Row[]> =>
    parents.length === 0 ? [] : (await query(sql, columnsOf(parents))).map(toRow);
  const events = await read(READ_EVENTS, patients, readFedEvent);
  const rehabilitations = await read(READ_REHABILITATIONS, events, readFedRehabilitation);
  const assessments = await read(READ_ASSESSMENTS, rehabilitations, readFedAssessment);
  return {
    events,
    comorbidities: await read(READ_COMORBIDITIES, patients, readFedComorbidity),
    treatments: await read(READ_TREATMENTS, events, readFedTreatment),
    rehabilitations,
    assessments,
    acuteEvents: await read(READ_ACUTE_EVENTS, rehabilitations, readFedAcuteEvent),
    drugs: await read(READ_DRUGS, assessments, readFedDrug),
  };
}

/** A person's journey with the numbers it is kept under. */
interface Placed {
  readonly place: { readonly subject: string; readonly journey: number };
  readonly journey: NationalJourney;
}

const INSERTS: readonly (readonly [ConstantSql, (journey: NationalJourney) => readonly object[]])[] = (
  [
    ["journey", ({ row }) => [row]],
    ["assessment", ({ assessments }) => assessments],
    ["acute_event", ({ acuteEvents }) => acuteEvents],
    ["drug_class", ({ drugs }) => drugs],
  ] satisfies readonly (readonly [NationalTable, (journey: NationalJourney) => readonly object[]])[]
).map(([table, rowsOf]) => [insertRows(table), rowsOf]);

async function replace(tx: Transaction, patients: readonly LinkedRef[], persons: readonly FedPerson[]): Promise<void> {
  await tx.$executeRaw(REMOVE_ROWS(columnsOf(patients)));
  if (persons.length === 0) return;
  const subjects = await tx.$queryRaw<SqlRow[]>(NEW_SUBJECTS([persons.length]));
  const numbered = subjects.map((row, index) => ({ subject: textOf(row, "subject"), person: persons[index] }));
  const members = numbered.flatMap(({ subject, person }) => (person?.members ?? []).map(({ ods, id }) => ({ subject, ods, id })));
  await tx.$executeRaw(INSERT_MEMBERS([...columnsOf(members), toArrayLiteral(members.map(({ subject }) => subject))]));
  const placed = numbered.flatMap(({ subject, person }) =>
    (person?.journeys ?? []).map((journey, index): Placed => ({ place: { subject, journey: index + 1 }, journey })),
  );
  for (const [insert, rowsOf] of INSERTS) {
    const rows = placed.flatMap(({ place, journey }) => rowsOf(journey).map((row) => ({ ...place, ...toColumns(row) })));
    if (rows.length > 0) await tx.$executeRaw(insert([JSON.stringify(rows)]));
  }
}

/** By the name of the column; the pseudonym as bytes are written. */
const toColumns = (row: object): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [toColumnName(name), name === "pseudonym" ? `\\x${String(value)}` : value]),
  );

async function review(query: Query, tx: Transaction, today: string, most: number): Promise<ReviewPage> {
  const [kept] = await query(REVIEW_PLACE, []);
  const place = kept !== undefined && textOf(kept, "day") === today ? kept : null;
  if (place !== null && booleanOf(place, "done")) return { patients: [] };
  const after = place === null ? [null, null] : [optionalTextOf(place, "ods"), optionalTextOf(place, "patient_id")];
  const rows = await query(REVIEW_PAGE, [...after, most]);
  const patients = rows.map((row) => ({ ...readRef(row), isFed: booleanOf(row, "fed") }));
  const last = patients.at(-1);
  await tx.$executeRaw(KEEP_REVIEW_PLACE([today, last?.ods ?? null, last?.id ?? null, last === undefined]));
  return { patients };
}

/** A batch may be about one person, so what is not shown of few is not written of few. */
const tell = (count: number): number | string => roundForDisclosure(count) ?? "1-7";

/** Of the gateway itself, in the installation's log. */
const toEntry = ({ patients, withheld, journeys }: FeedReport): AuditEntry => ({
  action: "EXECUTE",
  type: "FEED_NATIONAL",
  outcome: "DONE",
  ods: null,
  agent: { id: "gateway", role: null, ods: null },
  correlationId: null,
  details: { patients: tell(patients), withheld: tell(withheld), journeys: tell(journeys) },
});
