/** Cuts over a test database: a national side of generated journeys, a gate and a clock that the test sets. */
import { createHash } from "node:crypto";
import type { JudgeRelease, OwnPatient, WithholdingReason } from "../../../src/consent/ports.ts";
import { toColumnName } from "../../../src/dataset/compile-dictionary.ts";
import { createKeyRing, type KeyRing } from "../../../src/keys/key-ring.ts";
import { createForgettingKeyManagement } from "../../../src/keys/local-key-file.ts";
import { toLondonDate } from "../../../src/lib/calendar-date.ts";
import { createUuid7 } from "../../../src/lib/uuid7.ts";
import { createCutVerificationStore, createPublicationStore } from "../../../src/persistence/cut-publication-store.ts";
import { createCutRows, createFrozenRowReader } from "../../../src/persistence/cut-rows.ts";
import { createDataKeyStore } from "../../../src/persistence/database/data-key-store.ts";
import type { Transaction } from "../../../src/persistence/database/unit.ts";
import { createPublishedCuts } from "../../../src/persistence/published-cuts.ts";
import { insertRows } from "../../../src/persistence/sql/national-statements.ts";
import { generateCutJourneys } from "../../../src/population/generate-population.ts";
import { layOutProgrammes } from "../../../src/population/programmes.ts";
import type { Actor } from "../../../src/records/actor.ts";
import { digestOfCube, encodeCube } from "../../../src/statistics/cube/encode-cube.ts";
import type { PublicationReport } from "../../../src/statistics/cube/publish-cube.ts";
import type { CutJourney } from "../../../src/statistics/cut-journey.ts";
import type { CutRows, PublishedCuts } from "../../../src/statistics/cuts/cut-ports.ts";
import { type CutService, createCutService } from "../../../src/statistics/cuts/cut-service.ts";
import { readFrozenPage } from "../../../src/statistics/cuts/frozen-page.ts";
import type { MakeYear } from "../../../src/statistics/cuts/make-year.ts";
import type { CutPublication } from "../../../src/statistics/cuts/publication.ts";
import type { PublicationStore, VerificationStore } from "../../../src/statistics/cuts/publication-ports.ts";
import { type CutPublisher, createCutPublisher } from "../../../src/statistics/cuts/publish-cut.ts";
import { patientRow } from "../../support/clinical-rows.ts";
import { inOneAuditYear } from "../../support/cube-populations.ts";
import type { TestDatabase } from "../../support/database.ts";
import { sampleCube } from "../../support/sample-cuts.ts";

export const ADMIN: Actor = { clientId: "admin", role: "AUDIT_ADMIN", ods: null, programmes: [], scopes: [] };
const newId = createUuid7();
const ODS = "RAA";

export interface CutBench {
  /** ISO instant. */
  now: string;
  /** What the gate says of patients, by `ods/patientId`. */
  readonly withheld: Map<string, WithholdingReason>;
  /** Called before each year is made. */
  beforeYear: () => Promise<void>;
  readonly keys: KeyRing;
  readonly store: PublicationStore;
  readonly verification: VerificationStore;
  readonly rows: ReturnType<typeof createFrozenRowReader>;
  readonly cutRows: CutRows;
  readonly published: PublishedCuts;
  readonly service: CutService;
  readonly publisher: CutPublisher;
  /** One patient for each journey, in their order. */
  feed(journeys: Iterable<CutJourney>): Promise<readonly OwnPatient[]>;
  /** Asks, works, and says what became of it. */
  publish(): Promise<CutPublication>;
}

/** What a test brings of the real ones. */
interface BenchParts {
  readonly make?: MakeYear;
  readonly keys?: KeyRing;
  readonly judgeRelease?: JudgeRelease<Transaction>;
}

/** Of one audit year, small enough for every run and large enough that some of it is published. */
export const journeysOf = (seed: number, journeys = 900): readonly CutJourney[] => [
  ...inOneAuditYear(generateCutJourneys({ seed, journeys, programmes: layOutProgrammes({ seed, programmes: 8 }) })),
];

export function createCutBench({ database, query }: TestDatabase, { make = sketchYear, ...real }: BenchParts = {}): CutBench {
  const withheld = new Map<string, WithholdingReason>();
  const keys = real.keys ?? createKeyRing(createForgettingKeyManagement(), createDataKeyStore(database));
  const clock = { now: () => bench.now, today: () => toLondonDate(new Date(bench.now)) };
  const judgeRelease = async (_tx: unknown, patients: readonly OwnPatient[]) =>
    new Map(
      patients.flatMap(({ ods, patientId }) => {
        const reason = withheld.get(`${ods}/${patientId}`);
        return reason === undefined ? [] : [[`${ods}/${patientId}`, reason] as const];
      }),
    );
  const store = createPublicationStore({ database, newId, clock, judgeRelease: real.judgeRelease ?? judgeRelease });
  const rows = createFrozenRowReader(database, "nacr_publisher");
  const service = createCutService({ store, clock, newId });
  const publisher = createCutPublisher({
    store,
    rows,
    makeYear: async (source) => {
      await bench.beforeYear();
      return make(source);
    },
    generate: (journeys) => generateCutJourneys({ seed: 5, journeys }),
    signer: () => keys.certificateKey(),
    clock,
    renewMs: 1_000,
  });
  let subject = 0;
  const bench: CutBench = {
    now: "2026-03-31T12:00:00.000Z",
    withheld,
    beforeYear: () => Promise.resolve(),
    keys,
    store,
    verification: createCutVerificationStore(database),
    rows,
    cutRows: createCutRows(database),
    published: createPublishedCuts(database),
    service,
    publisher,
    feed: async (journeys) => {
      const fed = [...journeys].map((journey) => ({ journey, patient: patientRow(ODS, "CR-1"), subject: ++subject }));
      await database.prisma.patient.createMany({ data: fed.map(({ patient }) => patient) });
      await query(
        "insert into national_feed.member select p.ods, p.patient_id, p.subject from json_populate_recordset(null::national_feed.member, $1::json) p",
        [JSON.stringify(fed.map(({ patient, subject: number }) => ({ ods: ODS, patient_id: patient.id, subject: number })))],
      );
      for (const [table, rowsOf] of TABLES) {
        const records = fed.flatMap(({ journey, subject: number }) =>
          rowsOf(journey).map((row) => ({ subject: number, journey: 1, ...toColumns(row) })),
        );
        await database.prisma.$executeRaw(insertRows(table)([JSON.stringify(records)]));
      }
      return fed.map(({ patient }) => ({ ods: ODS, patientId: patient.id }));
    },
    publish: async () => {
      const { id } = await service.publish(ADMIN);
      await publisher.workBatch();
      const done = await store.find(id);
      if (done === null) throw new Error("what was asked for is there");
      return done;
    },
  };
  return bench;
}

const AUDITED: PublicationReport["audit"] = {
  exposed: 0,
  recalculated: 0,
  exact: 0,
  withinOne: 0,
  provedSmall: 0,
  small: 3,
  closest: 7,
};

const ATTACKED: PublicationReport["insiders"] = { organisations: 2, small: 3, closest: 7, exposed: 0, knownAnyway: 0 };

const CHECKED: PublicationReport["linear"] = { cells: 3, unsolved: 0, closest: 7, exposed: 0, milliseconds: 1, solverBytes: 0 };

/** A year without a count: every cube of it is the same, and its ledger says how many rows there were, now and before. */
export const sketchYear: MakeYear = async ({ auditYear, rows, previous }) => {
  const digest = createHash("sha256");
  const count = async (pages: AsyncIterable<string>): Promise<number> => {
    let journeys = 0;
    for await (const page of pages) {
      journeys += readFrozenPage(page).length;
      digest.update(page);
    }
    return journeys;
  };
  const journeys = await count(rows);
  const rowsDigest = digest.copy().digest("hex");
  const before = previous === null ? 0 : await count(previous.rows);
  const cube = encodeCube(sampleCube(auditYear));
  return {
    auditYear,
    journeys,
    programmes: 8,
    rowsDigest,
    report: {
      auditYear,
      journeys,
      cells: 100,
      published: 80,
      held: 0,
      repaired: 2,
      rounds: 1,
      audit: AUDITED,
      insiders: ATTACKED,
      linear: CHECKED,
    },
    published: {
      cube,
      digest: digestOfCube(cube),
      ledger: Buffer.from(`${before} ${journeys} ${Buffer.from(previous?.ledger ?? []).toString()}`),
    },
  };
};

const TABLES: readonly (readonly [string, (journey: CutJourney) => readonly object[]])[] = [
  ["journey", ({ row }) => [row]],
  ["assessment", ({ assessments }) => assessments],
  ["acute_event", ({ acuteEvents }) => acuteEvents],
  ["drug_class", ({ drugs }) => drugs],
];

const toColumns = (row: object) =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [toColumnName(name), name === "pseudonym" ? `\\x${String(value)}` : value]),
  );
