/** What is to be read of a server: by an export, or patient by patient. */
import { laterBy } from "../lib/later-by.ts";
import type { ServerCapability, SourceSettings } from "./fhir-source.ts";
import type { FhirServer, PullPlan } from "./pull-ports.ts";

export type SearchPlan = Extract<PullPlan, { kind: "SEARCH" }>;

/** Changes that a server wrote while the last pull read it: searched again, and left out where nothing is new. */
const OVERLAP_MS = 10 * 60_000;

/** An export brings what changed and nothing around it, so changes are searched for where the server can be searched. */
export function choosesExport(
  { mode, cohort, groupId }: SourceSettings,
  capability: ServerCapability | null,
  since: string | null,
): boolean {
  if (mode !== "AUTO") return mode === "BULK";
  if (capability?.export !== true) return false;
  const isSearchable = capability.searchTypes === null || capability.searchTypes.includes("Patient");
  return !isSearchable || (since === null && (groupId !== null || cohort.length === 0));
}

/** @throws ServerFailure */
export async function planSearch(
  server: FhirServer,
  settings: SourceSettings,
  capability: ServerCapability | null,
  since: string | null,
): Promise<SearchPlan> {
  const offered = settings.types.filter((type) => capability?.searchTypes?.includes(type) ?? true);
  // A server that names no type may be one that names none of anything.
  const types = offered.length > 0 ? offered : settings.types;
  // Before the first search: what changes while it runs belongs to the next pull.
  const until = server.now();
  const from = since === null ? null : laterBy(since, -OVERLAP_MS);
  const { ids, refused } = await server.findPatients(settings, types, from);
  return {
    kind: "SEARCH",
    until,
    types,
    patients: ids,
    everything: capability?.everything ?? false,
    missing: settings.types.filter((type) => !types.includes(type)),
    refused,
  };
}
