/** The reads of a storm. Each asks for what is the reader's own and, by the same call, for what is another organisation's. */
import { toTestNhsNumber } from "../../../src/dataset/nhs-number.ts";
import type { Database } from "../../../src/persistence/database/database.ts";
import type { Transaction } from "../../../src/persistence/database/unit.ts";
import type { SubmissionStore } from "../../../src/submission/ports.ts";
import type { StatusStore } from "../../../src/submission/status-ports.ts";
import type { Tenant, Written } from "./tenants.ts";

interface Reading {
  readonly tenant: Tenant;
  readonly own: Written;
  readonly foreign: Written;
  /** Takes the answer; may throw to end the unit it came from. */
  readonly look: (answer: unknown) => void;
}
/** Of the real stores those that a storm goes through. */
export interface Stores {
  readonly submissions: SubmissionStore;
  readonly status: StatusStore;
}
/** One question of one organisation. @throws what the stores throw, and what `look` does */
export type Read = (reading: Reading) => Promise<void>;

const PAGE = { first: 20, after: null };
const MOST = 50;

/** A table as a careless statement reads it: with no condition, so that only the database keeps the organisations apart. */
const UNCONDITIONED: readonly ((tx: Transaction) => Promise<unknown>)[] = [
  (tx) => tx.patient.findMany({ select: { ods: true, id: true, programmeCode: true }, take: MOST }),
  (tx) => tx.initiatingEvent.findMany({ select: { ods: true, id: true, patientId: true }, take: MOST }),
  (tx) => tx.rehabilitation.findMany({ select: { ods: true, programmeCode: true, initiatingEventId: true }, take: MOST }),
  (tx) => tx.patientIdentity.findMany({ select: { ods: true, patientId: true }, take: MOST }),
  (tx) => tx.submission.findMany({ select: { ods: true, id: true, programmeCode: true }, take: MOST }),
  (tx) => tx.recordChange.findMany({ select: { ods: true, recordId: true, submissionId: true }, take: MOST }),
  (tx) => tx.programmeEvent.findMany({ select: { ods: true, programmeCode: true }, take: MOST }),
  (tx) => tx.$queryRaw`select ods, source_hmac, record_id::text as id from identity.source_id limit 50`,
  (tx) => tx.$queryRaw`select ods, entity_id as id from audit.event limit 50`,
];

/** All kinds of questions, each as likely as the others. */
export function createReads(database: Database, { submissions, status }: Stores): Read[] {
  const unconditioned = UNCONDITIONED.map(
    (read): Read =>
      async ({ tenant: { actor }, look }) => {
        const { ods, programmes } = actor;
        await database.withRole({ role: "nacr_app", ods, programmes }, async (tx) => look(await read(tx)));
      },
  );
  return [
    ...unconditioned,
    async ({ tenant: { actor }, foreign, own, look }) => {
      look([
        await status.patient(actor, { id: foreign.patientId }, true),
        await status.patient(actor, { id: own.patientId }, true),
      ]);
    },
    async ({ tenant: { actor }, foreign, look }) =>
      look(await status.patient(actor, { nhsNumber: toTestNhsNumber(foreign.person) }, true)),
    async ({ tenant: { actor }, look }) => look(await status.patients(actor, {}, PAGE, false)),
    async ({ tenant: { actor }, own, foreign, look }) =>
      look(await status.children(actor, "INITIATING_EVENT", [own.patientId, foreign.patientId])),
    async ({ tenant: { actor }, own, foreign, look }) =>
      look(await status.submissionsByIds(actor, [foreign.submissionId, own.submissionId])),
    async ({ tenant: { actor }, look }) => look(await status.submissions(actor, {}, PAGE)),
    async ({ tenant: { actor }, own, foreign, look }) =>
      look(
        await status.results(
          actor,
          [own, foreign].map(({ submissionId }) => ({ submissionId, outcomes: null, page: PAGE })),
        ),
      ),
    async ({ tenant: { actor }, foreign, look }) => look(await status.recordStatus(actor, foreign.sourceRecordId, null)),
    async ({ tenant: { actor }, look }) => look(await status.eventsAfter(actor, actor.programmes[0] ?? "", 0, MOST)),
    async ({ tenant: { actor, programme }, own, foreign, look }) =>
      submissions.transaction(actor, async (unit) => {
        const key = { nhsNumber: toTestNhsNumber(foreign.person), hospitalNumber: null };
        const sourceIds = [own, foreign].map(
          ({ sourceRecordId }) => ({ recordType: "PATIENT", product: "Product", sourceRecordId }) as const,
        );
        look([
          await unit.findPatients([key], [own.patientId, foreign.patientId]),
          (await unit.findSourceIds(sourceIds, programme)).map(({ recordId }) => recordId),
          await unit.readChildren("TREATMENT", [own.eventId, foreign.eventId]),
        ]);
      }),
  ];
}
