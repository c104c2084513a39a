/** FHIR servers of organisations. The gateway's own keys for them are sealed. */
import type { JWK } from "jose";
import type { KeyRing } from "../keys/key-ring.ts";
import type { OrganisationKeys } from "../keys/organisation-keys.ts";
import { type FhirSource, type PullSummary, SOURCE_ORIGINS, SOURCE_STATES } from "../pull/fhir-source.ts";
import type { ConfiguredSource, NewSource, SourceStore } from "../pull/pull-ports.ts";
import { FAILURE_REASONS } from "../pull/server-failure.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { Database } from "./database/database.ts";
import type { Transaction, UnitSettings } from "./database/unit.ts";
import { isUuid } from "./page-cursor.ts";
import {
  CONFIGURED_SOURCES,
  CONFIRM_SOURCE,
  COUNT_SOURCES,
  FIND_SOURCE,
  LIST_SOURCES,
  LOCK_SOURCES,
  PUT_SOURCE,
  REMOVE_SOURCE,
} from "./sql/fhir-source-queries.ts";
import { numberOf, optionalNumberOf, optionalTextOf, type SqlRow, textOf, wordOf } from "./sql-row.ts";

export const secretPlace = (sourceId: string): string => `fhir_source|secret|${sourceId}`;

export const openSourceSecret = (keys: OrganisationKeys, sourceId: string, sealed: Uint8Array): JWK =>
  JSON.parse(keys.open(sealed, secretPlace(sourceId)).toString("utf8"));

/** In whose name the sources of the operator's file stand. */
const OPERATOR = "operator";

export function createFhirSourceStore(database: Database, keys: KeyRing): SourceStore {
  const as = <T>(actor: OrganisationActor, work: (tx: Transaction) => Promise<T>): Promise<T> =>
    database.withRole(settingsOf(actor.ods, actor.programmes), work);
  const find = async (tx: Transaction, ods: string, id: string): Promise<FhirSource | null> => {
    const [row] = isUuid(id) ? await tx.$queryRaw<SqlRow[]>(FIND_SOURCE([ods, id])) : [];
    return row === undefined ? null : readSource(row);
  };
  return {
    register: async (actor, source, most) => {
      const { ods, clientId } = actor;
      const organisationKeys = await keys.organisation(ods);
      return await as(actor, async (tx) => {
        await tx.$executeRaw(LOCK_SOURCES([ods]));
        const [count] = await tx.$queryRaw<SqlRow[]>(COUNT_SOURCES([ods]));
        if (count === undefined || numberOf(count, "total") >= most) return null;
        await tx.$executeRaw(PUT_SOURCE(toValues(ods, source, clientId, organisationKeys)));
        return await find(tx, ods, source.id);
      });
    },
    list: (actor) => as(actor, async (tx) => (await tx.$queryRaw<SqlRow[]>(LIST_SOURCES([actor.ods]))).map(readSource)),
    find: (actor, id) => as(actor, (tx) => find(tx, actor.ods, id)),
    confirm: (actor, id, at) =>
      as(actor, async (tx) => {
        if (isUuid(id)) await tx.$executeRaw(CONFIRM_SOURCE([actor.ods, id, at, actor.clientId]));
        return await find(tx, actor.ods, id);
      }),
    remove: (actor, id) =>
      as(actor, async (tx) => {
        const source = await find(tx, actor.ods, id);
        if (source !== null) await tx.$executeRaw(REMOVE_SOURCE([actor.ods, id]));
        return source;
      }),
    adopt: (sources) => adoptSources(database, keys, sources),
  };
}

const settingsOf = (ods: string, programmes: readonly string[]): UnitSettings => ({ role: "nacr_app", ods, programmes });

async function adoptSources(database: Database, keys: KeyRing, sources: readonly ConfiguredSource[]): Promise<void> {
  const wanted = new Set(sources.map(({ id }) => id));
  const known = await database.withRole({ role: "nacr_worker" }, (tx) => tx.$queryRaw<SqlRow[]>(CONFIGURED_SOURCES([])));
  for (const row of known) {
    const [ods, id] = [textOf(row, "ods"), textOf(row, "id")];
    if (wanted.has(id)) continue;
    await database.withRole(settingsOf(ods, [textOf(row, "programme_code")]), (tx) => tx.$executeRaw(REMOVE_SOURCE([ods, id])));
  }
  for (const source of sources) {
    const organisationKeys = await keys.organisation(source.ods);
    const values = toValues(source.ods, source, OPERATOR, organisationKeys);
    await database.withRole(settingsOf(source.ods, [source.programmeCode]), (tx) => tx.$executeRaw(PUT_SOURCE(values)));
  }
}

function toValues(ods: string, source: NewSource, by: string, keys: OrganisationKeys): readonly unknown[] {
  const { vendor, product, version } = source.sourceSystem;
  const secret = source.secret && Uint8Array.from(keys.seal(JSON.stringify(source.secret), secretPlace(source.id)));
  return [
    ods,
    source.id,
    source.programmeCode,
    source.name,
    source.baseUrl,
    source.state,
    source.origin,
    vendor,
    product,
    version,
    source.profile,
    JSON.stringify(source.settings),
    source.intervalMinutes,
    secret,
    source.publicKey && JSON.stringify(source.publicKey),
    source.createdAt,
    by,
    source.state === "CONFIRMED" ? source.createdAt : null,
  ];
}

const parsed = <T>(text: string | null): T | null => (text === null ? null : JSON.parse(text));

/** Settings, key and capability were written from these types. */
export function readSource(row: SqlRow): FhirSource {
  return {
    id: textOf(row, "id"),
    ods: textOf(row, "ods"),
    programmeCode: textOf(row, "programme_code"),
    name: textOf(row, "name"),
    baseUrl: textOf(row, "base_url"),
    state: wordOf(row, "state", SOURCE_STATES),
    origin: wordOf(row, "origin", SOURCE_ORIGINS),
    sourceSystem: {
      vendor: textOf(row, "vendor"),
      product: textOf(row, "product"),
      version: textOf(row, "product_version"),
    },
    profile: optionalTextOf(row, "profile"),
    settings: JSON.parse(textOf(row, "settings")),
    intervalMinutes: optionalNumberOf(row, "interval_minutes"),
    publicKey: parsed(optionalTextOf(row, "public_key")),
    createdAt: textOf(row, "created_at"),
    createdBy: textOf(row, "created_by"),
    confirmedAt: optionalTextOf(row, "confirmed_at"),
    capability: parsed(optionalTextOf(row, "capability")),
    readUntil: optionalTextOf(row, "read_until"),
    openUntil: optionalTextOf(row, "open_until"),
    lastPull: readSummary(row),
  };
}

function readSummary(row: SqlRow): PullSummary | null {
  const submissionId = optionalTextOf(row, "last_submission_id");
  if (submissionId === null) return null;
  return {
    submissionId,
    resources: numberOf(row, "last_resources"),
    patients: numberOf(row, "last_patients"),
    unchanged: numberOf(row, "last_unchanged"),
    deleted: numberOf(row, "last_deleted"),
    startedAt: textOf(row, "last_started_at"),
    finishedAt: optionalTextOf(row, "last_finished_at"),
    failure: row.last_failure === null ? null : wordOf(row, "last_failure", FAILURE_REASONS),
  };
}
