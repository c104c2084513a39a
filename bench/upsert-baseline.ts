/**
 * The obvious way to write a gateway: Prisma, one upsert per dataset row, one after the other on one connection. No identity, no
 * history, no results.
 */
import type { Prisma, PrismaClient } from "../src/generated/prisma/client.ts";
import { createUuid7 } from "../src/lib/uuid7.ts";

/** An interactive transaction's default of 5 s is too short for a slow machine. */
const TIMEOUT_MS = 60_000;

type Upsert = (tx: Prisma.TransactionClient) => Promise<unknown>;

/** Reads the trees of some patients that a submission wrote. */
function readTrees(prisma: PrismaClient, submissionId: string, patients: number) {
  return prisma.patient.findMany({
    where: { createdSubmissionId: submissionId },
    take: patients,
    include: { initiatingEvents: { include: { treatments: true, rehabilitations: { include: { assessments: true } } } } },
  });
}

type Trees = Awaited<ReturnType<typeof readTrees>>;

/** One upsert for each row of the trees, parents first, every row under a new id. */
function toUpserts(trees: Trees): readonly Upsert[] {
  const newId = createUuid7();
  const upserts: Upsert[] = [];
  for (const { initiatingEvents, ...patientRow } of trees) {
    const patient = { ...patientRow, id: newId() };
    upserts.push((tx) => tx.patient.upsert({ where: keyOf(patient), create: patient, update: patient }));
    for (const { treatments, rehabilitations, ...eventRow } of initiatingEvents) {
      const event = { ...eventRow, id: newId(), patientId: patient.id };
      upserts.push((tx) => tx.initiatingEvent.upsert({ where: keyOf(event), create: event, update: event }));
      for (const row of treatments) {
        const treatment = { ...row, id: newId(), initiatingEventId: event.id };
        upserts.push((tx) => tx.treatment.upsert({ where: keyOf(treatment), create: treatment, update: treatment }));
      }
      for (const { assessments, ...row } of rehabilitations) {
        const rehabilitation = { ...row, id: newId(), initiatingEventId: event.id };
        upserts.push((tx) =>
          tx.rehabilitation.upsert({ where: keyOf(rehabilitation), create: rehabilitation, update: rehabilitation }),
        );
        for (const row of assessments) {
          const assessment = { ...row, id: newId(), rehabilitationId: rehabilitation.id };
          upserts.push((tx) => tx.assessment.upsert({ where: keyOf(assessment), create: assessment, update: assessment }));
        }
      }
    }
  }
  return upserts;
}

const keyOf = ({ ods, id }: { readonly ods: string; readonly id: string }) => ({ ods_id: { ods, id } });

/** `ALONE`: each upsert commits for itself, as Prisma does it unasked. `TOGETHER`: one interactive transaction for all of them. */
export type Commit = "ALONE" | "TOGETHER";

export interface UpsertBaseline {
  /** Writes the patients once more, under new ids. @returns how many dataset rows were written */
  run(commit: Commit): Promise<number>;
}

async function runAll(tx: Prisma.TransactionClient, upserts: readonly Upsert[]): Promise<void> {
  for (const upsert of upserts) await upsert(tx);
}

/** @param source where the submission is; `target`, with one connection, has the same tables */
export async function createUpsertBaseline(
  source: PrismaClient,
  target: PrismaClient,
  submissionId: string,
  patients: number,
): Promise<UpsertBaseline> {
  const trees = await readTrees(source, submissionId, patients);
  return {
    async run(commit) {
      const upserts = toUpserts(trees);
      if (commit === "ALONE") await runAll(target, upserts);
      else await target.$transaction((tx) => runAll(tx, upserts), { timeout: TIMEOUT_MS });
      return upserts.length;
    },
  };
}
