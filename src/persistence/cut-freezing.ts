/** How the rows of a cut come about, in role `nacr_publisher`: those of the national side that the gate lets go, or generated ones. */
import type { JudgeRelease, OwnPatient } from "../consent/ports.ts";
import { toColumnName } from "../dataset/compile-dictionary.ts";
import { NATIONAL_TABLES, type NationalTable } from "../national/national-columns.ts";
import type { CutJourney } from "../statistics/cut-journey.ts";
import type { WithheldCounts } from "../statistics/cuts/cut-manifest.ts";
import type { FrozenRows } from "../statistics/cuts/publication-ports.ts";
import type { Clock, NewId } from "../submission/ports.ts";
import type { Database } from "./database/database.ts";
import type { Transaction } from "./database/unit.ts";
import { toArrayLiteral } from "./sql/array-literal.ts";
import {
  FREEZE_ROWS,
  insertFrozen,
  PATIENTS_TO_JUDGE,
  REMOVE_UNFINISHED,
  SNAPSHOT_TIME,
  WITHDRAWN_SUBJECTS,
} from "./sql/cut-statements.ts";
import { optionalTextOf, type SqlRow, textOf } from "./sql-row.ts";

export interface FreezingDependencies {
  readonly database: Database;
  readonly newId: NewId;
  readonly clock: Clock;
  readonly judgeRelease: JudgeRelease<Transaction>;
}

export const PUBLISHER = { role: "nacr_publisher" } as const;
/** Everybody's rows: some 20 s for 100,000 journeys on a busy machine. */
const WHOLE_TIMEOUT_MS = 600_000;
/** As the feed asks (ADR 0032). */
export const PATIENTS_AT_ONCE = 1_000;
const SYNTHETIC_AT_ONCE = 250;

const NOBODY_WITHHELD: WithheldCounts = { OBJECTION: 0, OPT_OUT: 0, OPT_OUT_UNKNOWN: 0, NO_SECTION_251: 0, WITHDRAWN: 0 };
const NO_PATIENT = ["", "00000000-0000-0000-0000-000000000000"];

/** @throws GatewayError DATABASE_UNAVAILABLE */
export function freezeNational({ database, newId, clock, judgeRelease }: FreezingDependencies): Promise<FrozenRows> {
  const cutId = newId();
  const freeze = async (tx: Transaction): Promise<FrozenRows> => {
    const [snapshot] = await tx.$queryRaw<SqlRow[]>(SNAPSHOT_TIME([]));
    if (snapshot === undefined) throw new Error("The snapshot has no time");
    for (const remove of REMOVE_UNFINISHED) await tx.$executeRaw(remove([]));
    const { subjects, withheld, patients } = await judgeEverybody(tx, judgeRelease, clock.today());
    await tx.$executeRaw(FREEZE_ROWS([cutId, toArrayLiteral([...subjects])]));
    return { cutId, asOf: textOf(snapshot, "as_of"), withheld, patients };
  };
  return database.withRole(PUBLISHER, freeze, { timeoutMs: WHOLE_TIMEOUT_MS, oneState: true });
}

interface Judged {
  /** The feed's numbers of persons of whom nothing goes. */
  readonly subjects: ReadonlySet<string>;
  readonly withheld: WithheldCounts;
  readonly patients: readonly OwnPatient[];
}

/** Of a person whom the gate withholds in one organisation nothing goes, as on the national side itself. */
async function judgeEverybody(tx: Transaction, judgeRelease: JudgeRelease<Transaction>, today: string): Promise<Judged> {
  const gone = (await tx.$queryRaw<SqlRow[]>(WITHDRAWN_SUBJECTS([]))).map((row) => textOf(row, "subject"));
  const subjects = new Set(gone);
  const withheld = { ...NOBODY_WITHHELD, WITHDRAWN: gone.length };
  const fed: (OwnPatient & { readonly subject: string })[] = [];
  let [ods = "", id = ""] = NO_PATIENT;
  for (;;) {
    const rows = await tx.$queryRaw<SqlRow[]>(PATIENTS_TO_JUDGE([ods, id, PATIENTS_AT_ONCE]));
    const patients = rows.map((row) => ({
      ods: textOf(row, "ods"),
      patientId: textOf(row, "id"),
      subject: optionalTextOf(row, "subject"),
    }));
    const reasons = await judgeRelease(tx, patients, "RELEASE", today);
    for (const patient of patients) {
      const reason = reasons.get(`${patient.ods}/${patient.patientId}`);
      if (reason !== undefined) withheld[reason]++;
      const { subject } = patient;
      if (subject === null) continue;
      if (reason === undefined) fed.push({ ...patient, subject });
      else subjects.add(subject);
    }
    const last = patients.at(-1);
    if (last === undefined || patients.length < PATIENTS_AT_ONCE) break;
    [ods, id] = [last.ods, last.patientId];
  }
  const patients = fed.flatMap(({ ods, patientId, subject }) => (subjects.has(subject) ? [] : [{ ods, patientId }]));
  return { subjects, withheld, patients };
}

/** In pieces, each a transaction of its own: nobody sees rows that are of no cut. */
export async function freezeGenerated(
  { database, newId, clock }: FreezingDependencies,
  journeys: Iterable<CutJourney>,
): Promise<FrozenRows> {
  const frozen: FrozenRows = { cutId: newId(), asOf: clock.now(), withheld: NOBODY_WITHHELD, patients: [] };
  await database.withRole(PUBLISHER, async (tx) => {
    for (const remove of REMOVE_UNFINISHED) await tx.$executeRaw(remove([]));
  });
  let number = 0;
  let batch: PlacedJourney[] = [];
  const write = async (): Promise<void> => {
    const written = batch;
    batch = [];
    await database.withRole(PUBLISHER, (tx) => insertJourneys(tx, frozen.cutId, written));
    // An embedded database's thread is busy meanwhile; whoever asks this process has a turn before the next piece.
    await new Promise((resolve) => setImmediate(resolve));
  };
  for (const journey of journeys) {
    number++;
    batch.push({ number, journey });
    if (batch.length === SYNTHETIC_AT_ONCE) await write();
  }
  if (batch.length > 0) await write();
  return frozen;
}

interface PlacedJourney {
  readonly number: number;
  readonly journey: CutJourney;
}

const ROWS_OF: Readonly<Record<NationalTable, (journey: CutJourney) => readonly object[]>> = {
  journey: ({ row }) => [row],
  assessment: ({ assessments }) => assessments,
  acute_event: ({ acuteEvents }) => acuteEvents,
  drug_class: ({ drugs }) => drugs,
};
const INSERTS = (Object.keys(NATIONAL_TABLES) as NationalTable[]).map((table) => [insertFrozen(table), ROWS_OF[table]] as const);

async function insertJourneys(tx: Transaction, cutId: string, placed: readonly PlacedJourney[]): Promise<void> {
  for (const [insert, rowsOf] of INSERTS) {
    const rows = placed.flatMap(({ number, journey }) =>
      rowsOf(journey).map((row) => ({ cut_id: cutId, journey: number, ...toColumns(row) })),
    );
    if (rows.length > 0) await tx.$executeRaw(insert([JSON.stringify(rows)]));
  }
}

/** By the name of the column; the pseudonym as bytes are written. */
const toColumns = (row: object): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [toColumnName(name), name === "pseudonym" ? `\\x${String(value)}` : value]),
  );
