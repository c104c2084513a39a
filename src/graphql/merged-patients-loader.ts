/** The patients who were merged into one (ADR 0025), each as a record of its own. */
import DataLoader from "dataloader";
import type { Actor } from "../records/actor.ts";
import { maySeeIdentity, requireOrganisation } from "./access-policy.ts";
import type { Loaders } from "./graphql-context.ts";
import type { GraphqlDeps } from "./graphql-deps.ts";
import type { RecordObject } from "./types/record-output-types.ts";
import { recordOutputs } from "./types/record-types.ts";

type MergedDeps = Pick<GraphqlDeps, "status" | "history" | "mergedPatients">;

/** Who was merged is asked for all patients at once; merges are few, so the records of those are read one by one. */
export function createMergedPatientsLoader(deps: MergedDeps, actor: Actor): Loaders["mergedPatients"] {
  const byInstant = new Map<string | null, DataLoader<string, readonly RecordObject[]>>();
  const loaderOf = (asOf: string | null) => {
    const loader = byInstant.get(asOf) ?? new DataLoader((ids: readonly string[]) => readMerged(deps, actor, ids, asOf));
    byInstant.set(asOf, loader);
    return loader;
  };
  return (patientId, asOf) => loaderOf(asOf).load(patientId);
}

async function readMerged(
  { status, history, mergedPatients }: MergedDeps,
  actor: Actor,
  patientIds: readonly string[],
  asOf: string | null,
): Promise<readonly (readonly RecordObject[])[]> {
  const [organisation, withIdentity] = [requireOrganisation(actor), maySeeIdentity(actor)];
  const merged = await mergedPatients(organisation, patientIds, asOf);
  const readOne = async (id: string): Promise<readonly RecordObject[]> => {
    const itself = { id, itself: true } as const;
    const node = await (asOf === null
      ? status.patient(organisation, itself, withIdentity)
      : history.patientAsOf(organisation, itself, asOf, withIdentity));
    return node === null ? [] : [recordOutputs.toPatientRecord(node, withIdentity, asOf)];
  };
  return Promise.all(patientIds.map(async (id) => (await Promise.all((merged.get(id) ?? []).map(readOne))).flat()));
}
