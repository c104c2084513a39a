/** The feed of the national side over a test database, with a gate that the test sets. */
import type { OwnPatient, WithholdingReason } from "../../../src/consent/ports.ts";
import { createResolving } from "../../../src/episodes/read-journey.ts";
import type { KeyRing } from "../../../src/keys/key-ring.ts";
import { createUuid7 } from "../../../src/lib/uuid7.ts";
import { createNationalFeed } from "../../../src/national/feed.ts";
import { NATIONAL_TABLES } from "../../../src/national/national-columns.ts";
import type { FeedReport, NationalStore } from "../../../src/national/national-ports.ts";
import { markDue } from "../../../src/persistence/national-due.ts";
import { createNationalStore } from "../../../src/persistence/national-store.ts";
import { dictionaryOf, LATEST_DATASET_VERSION } from "../../../src/records/dictionaries.ts";
import type { TestDatabase } from "../../support/database.ts";

const newId = createUuid7();

/** Rows as JSON, without the numbers the feed gives: equal for equal rows, whenever they were made. */
export type NationalState = Readonly<Record<string, readonly string[]>>;

export interface NationalBench {
  readonly store: NationalStore;
  /** `ods/patientId` of whom the gate withholds. */
  readonly withheld: Map<string, WithholdingReason>;
  /** The day it is for the feed. */
  today: string;
  /** One batch of so many patients. */
  work(batchPatients?: number): Promise<FeedReport | null>;
  /** Until nothing is due and everybody has been looked at. */
  workOff(batchPatients?: number): Promise<readonly FeedReport[]>;
  markDue(patients: readonly OwnPatient[]): Promise<void>;
  rows(): Promise<NationalState>;
  /** Rows of a table, by column. */
  table(name: keyof typeof NATIONAL_TABLES): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Throws everything away and makes it anew. */
  fromScratch(): Promise<NationalState>;
}

/** Of a row below a journey, what it belongs to by what is stored of both. */
const OWNER = "(select to_jsonb(j) - 'subject' from national.journey j where j.subject = t.subject and j.journey = t.journey)";

export function createNationalBench({ database, query }: TestDatabase, keys: KeyRing): NationalBench {
  const dictionary = dictionaryOf(LATEST_DATASET_VERSION);
  if (dictionary === null) throw new Error("the dictionary is in service");
  const resolving = createResolving(dictionary);
  const withheld = new Map<string, WithholdingReason>();
  const judgeRelease = async (_tx: unknown, patients: readonly OwnPatient[]) =>
    new Map(
      patients.flatMap(({ ods, patientId }) => {
        const reason = withheld.get(`${ods}/${patientId}`);
        return reason === undefined ? [] : [[`${ods}/${patientId}`, reason] as const];
      }),
    );
  const store = createNationalStore({ database, keys, newId, judgeRelease });
  const work: NationalBench["work"] = (batchPatients = 1_000) =>
    createNationalFeed({ store, resolving, today: () => bench.today, batchPatients }).workBatch();
  const rows = async (): Promise<NationalState> => {
    const read = async (name: string) => {
      const found = await query(
        `select (to_jsonb(t) - 'subject' || jsonb_build_object('of', ${OWNER}))::text as row from national.${name} t`,
      );
      return [name, found.map(({ row }) => String(row)).toSorted()] as const;
    };
    const tables: (readonly [string, readonly string[]])[] = [];
    for (const name of Object.keys(NATIONAL_TABLES)) tables.push(await read(name));
    return Object.fromEntries(tables);
  };
  const workOff: NationalBench["workOff"] = async (batchPatients) => {
    const reports: FeedReport[] = [];
    for (;;) {
      const report = await work(batchPatients);
      if (report === null) throw new Error("another feed is at work");
      if (report.taken === 0) return reports;
      reports.push(report);
    }
  };
  const bench: NationalBench = {
    store,
    withheld,
    today: "2026-07-01",
    work,
    workOff,
    markDue: (patients) => database.withRole({ role: "nacr_worker" }, (tx) => markDue(tx, patients)),
    rows,
    table: (name) => query(`select * from national.${name} order by subject, journey`),
    fromScratch: async () => {
      const tables = Object.keys(NATIONAL_TABLES).map((name) => `national.${name}`);
      await query(`truncate ${tables.join()}, national_feed.member, national_feed.due`);
      await query("insert into national_feed.due (ods, patient_id) select ods, id from public.patient");
      await workOff();
      return rows();
    },
  };
  return bench;
}
