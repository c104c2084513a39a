/** The FHIR servers of the operator's file, as sources of their organisations. */

import { createHash } from "node:crypto";
import { type FileSource, loadFhirSources } from "../config/fhir-sources-file.ts";
import { GatewayError } from "../errors/gateway-error.ts";
import { StartRefused } from "../errors/start-refused.ts";
import { systemClock } from "../lib/system-clock.ts";
import { DEFAULT_TYPES } from "../pull/fhir-source.ts";
import type { ConfiguredSource } from "../pull/pull-ports.ts";
import { checkDescription } from "../pull/source-description.ts";
import type { Parts } from "./parts.ts";
import type { Pull } from "./pull.ts";

/** To be called before the puller starts. @throws StartRefused for a file that cannot be read, or names what is not registered */
export async function adoptConfiguredSources({ config, clients }: Parts, { store }: Pick<Pull, "store">): Promise<void> {
  if (config.fhirSourcesFile === null) return;
  const loaded = loadFhirSources(config.fhirSourcesFile);
  if (!loaded.ok) throw new StartRefused(loaded.problem);
  const organisations = await clients.organisations([...new Set(loaded.sources.map(({ ods }) => ods))]);
  for (const { ods, programmeCode, name } of loaded.sources) {
    const programmes = organisations.find(({ odsCode }) => odsCode === ods)?.programmes ?? [];
    if (programmes.some(({ code }) => code === programmeCode)) continue;
    throw new StartRefused(`NACR_FHIR_SOURCES: ${name}: the organisation is not registered, or has no such programme`);
  }
  await store.adopt(loaded.sources.map(toSource));
}

/** @throws StartRefused */
function toSource(listed: FileSource): ConfiguredSource {
  const { ods, programmeCode, name, sourceSystem, profile, mode, cohort, groupId, fileOrigins, intervalMinutes, auth } = listed;
  const types = listed.types ?? DEFAULT_TYPES;
  const baseUrl = listed.baseUrl.replace(/\/+$/, "");
  const stated = auth && { clientId: auth.clientId, tokenUrl: auth.tokenUrl, scope: auth.scope, algorithm: auth.algorithm };
  const description = {
    programmeCode,
    name,
    baseUrl,
    sourceSystem,
    profile,
    intervalMinutes,
    settings: { mode, types, cohort, groupId, fileOrigins, auth: stated },
  };
  try {
    checkDescription(description, `${name}: `);
  } catch (error) {
    throw error instanceof GatewayError ? new StartRefused(`NACR_FHIR_SOURCES: ${error.publicMessage}`) : error;
  }
  return {
    ...description,
    ods,
    id: toId([ods, programmeCode, baseUrl, groupId, cohort, types]),
    state: "CONFIRMED",
    origin: "CONFIGURED",
    secret: auth?.key ?? null,
    publicKey: null,
    createdAt: systemClock.now(),
  };
}

/** The same for the same server and cohort: what it was read until stands under it. Another one begins from the start. */
function toId(parts: readonly unknown[]): string {
  const hex = createHash("sha256").update(JSON.stringify(parts)).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
