/** The reads of one request, each kind batched and done once. Keys never outlive the request, so no two tenants can share one. */
import DataLoader from "dataloader";
import type { RecordTypeName } from "../dataset/define.ts";
import { GatewayError } from "../errors/gateway-error.ts";
import type { Actor } from "../records/actor.ts";
import type { RecordResult, SubmissionHeader } from "../records/submission-record.ts";
import type { JobProgress } from "../submission/job-ports.ts";
import type { ResultPlace, ResultsRequest, StatusStore } from "../submission/status-ports.ts";
import type { RecordWithdrawal, RemovedRecord } from "../submission/withdraw-record-ports.ts";
import { maySeeIdentity, requireOrganisation } from "./access-policy.ts";
import { createAuditNumberLoader } from "./audit-number-loader.ts";
import type { Loaders } from "./graphql-context.ts";
import type { GraphqlDeps, OrganisationSummary } from "./graphql-deps.ts";
import { createMergedPatientsLoader } from "./merged-patients-loader.ts";
import { pageOfResults, readPosition } from "./result-page.ts";
import type { RecordObject } from "./types/record-output-types.ts";
import { recordOutputs } from "./types/record-types.ts";

type LoaderDeps = Pick<
  GraphqlDeps,
  "status" | "history" | "organisations" | "jobProgress" | "control" | "recordWithdrawals" | "mergedPatients" | "accessLog"
>;

export function createLoaders(deps: LoaderDeps, actor: Actor): Loaders {
  const fresh = new Map<string, readonly RecordResult[]>();
  const children = createChildrenLoader(deps, actor);
  const submissions = new DataLoader((ids: readonly string[]) => readSubmissions(deps.status, actor, ids));
  const organisations = new DataLoader((codes: readonly string[]) =>
    Promise.all(codes.map((code) => readOrganisation(deps, code))),
  );
  const pages = new DataLoader(
    async (requests: readonly ResultsRequest[]) => deps.status.results(requireOrganisation(actor), requests),
    { cacheKeyFn: ({ submissionId, outcomes, page }) => JSON.stringify([submissionId, outcomes, page.first, page.after]) },
  );
  const stored = new DataLoader(
    async (places: readonly ResultPlace[]) => deps.status.resultsAt(requireOrganisation(actor), places),
    { cacheKeyFn: ({ submissionId, index }) => `${submissionId} ${index}` },
  );
  const progress = new DataLoader((ids: readonly string[]) => readProgress(deps, actor, ids));
  const reasons = new DataLoader((ids: readonly string[]) => readReasons(deps, actor, ids));
  const withdrawals = new DataLoader((records: readonly RemovedRecord[]) => readWithdrawals(deps, actor, records), {
    cacheKeyFn: keyOfRemoved,
  });
  return {
    children,
    mergedPatients: createMergedPatientsLoader(deps, actor),
    auditNumber: createAuditNumberLoader(deps, actor),
    recordWithdrawal: (record) => withdrawals.load(record),
    withdrawalReason: (id) => reasons.load(id),
    progress: (id) => progress.load(id),
    keepProgress: (id, known) => void progress.clear(id).prime(id, known),
    submission: (id) => submissions.load(id),
    result: async (id, index) => {
      const results = fresh.get(id);
      return results ? (results[index] ?? null) : stored.load({ submissionId: id, index });
    },
    results: async (id, outcomes, page) => {
      const results = fresh.get(id);
      if (results) return pageOfResults(results, outcomes, page);
      // A bad position refuses the list it was given to, not all that are read with it.
      readPosition(page.after);
      return pages.load({ submissionId: id, outcomes, page });
    },
    organisation: (code) => organisations.load(code),
    keep: (header, results) => {
      submissions.clear(header.id).prime(header.id, header);
      if (results !== null) fresh.set(header.id, results);
    },
  };
}

function createChildrenLoader(deps: Pick<GraphqlDeps, "status" | "history">, actor: Actor): Loaders["children"] {
  const byType = new Map<string, DataLoader<string, readonly RecordObject[]>>();
  const loaderOf = (recordType: RecordTypeName, asOf: string | null) => {
    const key = `${recordType} ${asOf}`;
    const loader = byType.get(key) ?? new DataLoader((parents) => readChildren(deps, actor, { recordType, asOf }, parents));
    byType.set(key, loader);
    return loader;
  };
  return (recordType, parentId, asOf) => loaderOf(recordType, asOf).load(parentId);
}

async function readChildren(
  { status, history }: Pick<GraphqlDeps, "status" | "history">,
  actor: Actor,
  { recordType, asOf }: { readonly recordType: RecordTypeName; readonly asOf: string | null },
  parentIds: readonly string[],
): Promise<readonly (readonly RecordObject[])[]> {
  const byParent = new Map<string | null, RecordObject[]>(parentIds.map((id) => [id, []]));
  const organisation = requireOrganisation(actor);
  const nodes = await (asOf === null
    ? status.children(organisation, recordType, parentIds)
    : history.childrenAsOf(organisation, recordType, parentIds, asOf));
  for (const node of nodes) byParent.get(node.parentId)?.push(recordOutputs.toRecordObject(node, maySeeIdentity(actor), asOf));
  return parentIds.map((id) => byParent.get(id) ?? []);
}

async function readSubmissions(status: StatusStore, actor: Actor, ids: readonly string[]): Promise<(SubmissionHeader | null)[]> {
  const headers = await status.submissionsByIds(requireOrganisation(actor), ids);
  const byId = new Map(headers.map((header) => [header.id, header]));
  return ids.map((id) => byId.get(id) ?? null);
}

const keyOfRemoved = ({ submissionId, recordId }: RemovedRecord): string => `${submissionId} ${recordId}`;

async function readWithdrawals(
  { recordWithdrawals }: Pick<GraphqlDeps, "recordWithdrawals">,
  actor: Actor,
  records: readonly RemovedRecord[],
): Promise<(RecordWithdrawal | null)[]> {
  const found = await recordWithdrawals(requireOrganisation(actor), records);
  const byKey = new Map(found.map((withdrawal) => [keyOfRemoved(withdrawal), withdrawal]));
  return records.map((record) => byKey.get(keyOfRemoved(record)) ?? null);
}

async function readReasons(
  { control }: Pick<GraphqlDeps, "control">,
  actor: Actor,
  ids: readonly string[],
): Promise<(string | null)[]> {
  const found = await control.withdrawals(requireOrganisation(actor), ids);
  const reasons = new Map(found.map(({ submissionId, reason }) => [submissionId, reason]));
  return ids.map((id) => reasons.get(id) ?? null);
}

async function readProgress(
  { jobProgress }: Pick<GraphqlDeps, "jobProgress">,
  actor: Actor,
  ids: readonly string[],
): Promise<(JobProgress | null)[]> {
  const known = await jobProgress.progress(requireOrganisation(actor), ids);
  return ids.map((id) => known.get(id) ?? null);
}

async function readOrganisation(deps: Pick<GraphqlDeps, "organisations">, odsCode: string): Promise<OrganisationSummary> {
  const organisation = await deps.organisations.organisation(odsCode);
  if (organisation === null) throw new GatewayError("NOT_FOUND", "The organisation is not registered.");
  return organisation;
}
