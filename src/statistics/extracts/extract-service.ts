/** Extracts as analysts ask for them, see them and fetch them. Everything is a use of the agreement: judged, logged, refused (`AgreementGate`). */
import type { AgreementService } from "../../agreements/agreement-service.ts";
import type { AgreementGate } from "../../agreements/ports.ts";
import { GatewayError } from "../../errors/gateway-error.ts";
import { canonicalJson } from "../../lib/canonical-json.ts";
import type { Page, PageRequest } from "../../lib/page.ts";
import type { Actor } from "../../records/actor.ts";
import { MEASURES } from "../cube/declaration.ts";
import type { PublishedCuts } from "../cuts/cut-ports.ts";
import { dimensionsOf } from "../questions/ask-statistics.ts";
import { createDownload, type DownloadedFile } from "./download-extract.ts";
import type { AskedTable, Extract, ExtractRequest } from "./extract.ts";
import type { ExtractFormat } from "./extract-file.ts";
import type { ExtractKeys, ExtractStore, WithheldPersons } from "./extract-ports.ts";
import { extractRefused, noSuchExtract, readTable, requireCut, requireDue, requirePeriod, toUse } from "./extract-words.ts";

/** What a record-level extract and exact tables have in common. */
interface Asked {
  readonly agreementId: string;
  /** As the agreement declares it, letter by letter. */
  readonly purpose: string;
  readonly cutId: string;
  readonly period: string;
  /** Code of a place of the agreement. */
  readonly location: string;
}
export interface AskedExtract extends Asked {
  /** Null: all that the agreement has. */
  readonly fields: readonly string[] | null;
  readonly format: ExtractFormat;
}
export interface AskedTables extends Asked {
  readonly tables: readonly AskedTable[];
}

/**
 * Every function: @throws GatewayError FORBIDDEN with every reason, NOT_FOUND for what is not there and for what the actor may not know of,
 * CUT_WITHDRAWN, CONFLICT, GONE, BAD_USER_INPUT, NOT_PUBLISHED, DATABASE_UNAVAILABLE
 */
export interface ExtractService {
  /** One for each cut and period; asked for again, the same. */
  request(actor: Actor, asked: AskedExtract): Promise<Extract>;
  requestTables(actor: Actor, asked: AskedTables): Promise<Extract>;
  page(actor: Actor, agreementId: string, page: PageRequest): Promise<Page<Extract>>;
  find(actor: Actor, id: string): Promise<Extract>;
  /** The files, as a zip. */
  download(actor: Actor, id: string): Promise<DownloadedFile>;
  /** Extracts that were handed over and hold rows of persons who may not be released now. */
  holdingWithheld(): Promise<readonly Extract[]>;
}

export interface ExtractServiceDependencies {
  readonly gate: AgreementGate;
  readonly agreements: Pick<AgreementService, "find">;
  readonly cuts: Pick<PublishedCuts, "find">;
  readonly store: ExtractStore;
  readonly keys: ExtractKeys;
  readonly withheld: Pick<WithheldPersons, "objecting">;
  readonly clock: { now(): string };
  readonly newId: () => string;
}

const MOST_TABLES = 20;
/** Of one agreement: each is a reading of the cut, and those of other agreements wait behind them. Tables can be put together in any number of ways. */
const MOST_WAITING = 20;
const ROOM_IN_SECONDS = 60;

export function createExtractService(dependencies: ExtractServiceDependencies): ExtractService {
  const { agreements, store } = dependencies;
  const download = createDownload(dependencies);
  return {
    request: (actor, { fields, ...asked }) =>
      place(dependencies, actor, { ...asked, product: "PSEUDONYMISED_RECORD_LEVEL", fields, tables: [] }),
    requestTables: (actor, asked) => {
      if (asked.tables.length < 1 || asked.tables.length > MOST_TABLES)
        throw new GatewayError("BAD_USER_INPUT", `Between 1 and ${MOST_TABLES} tables.`, { details: { path: "input.tables" } });
      const tables = inOneOrder(asked.tables.map(toNormalTable));
      return place(dependencies, actor, { ...asked, product: "AGGREGATED_SMALL_NUMBERS", format: "CSV", fields: [], tables });
    },
    page: async (actor, agreementId, page) => {
      const { id } = await agreements.find(actor, agreementId);
      return await store.page(id, page);
    },
    find: async (actor, id) => {
      const found = await store.find(id);
      if (found === null) throw noSuchExtract();
      await agreements.find(actor, found.agreementId).catch((error: unknown) => {
        throw error instanceof GatewayError && error.code === "NOT_FOUND" ? noSuchExtract() : error;
      });
      return found;
    },
    download,
    holdingWithheld: async () =>
      (await store.ready()).filter(({ handedOverAt, withheldSince }) => handedOverAt !== null && withheldSince > 0),
  };
}

type Wanted = Omit<ExtractRequest, "version" | "fields"> & { readonly fields: readonly string[] | null };

async function place(
  { gate, cuts, store, keys, clock, newId }: ExtractServiceDependencies,
  actor: Actor,
  wanted: Wanted,
): Promise<Extract> {
  const period = requirePeriod(wanted.period);
  const { agreementId, cutId, format } = wanted;
  const use = toUse({ ...wanted, fields: wanted.fields ?? [] }, period);
  const question = {
    extract: wanted.product,
    cut: cutId,
    period: period.name,
    format,
    fields: wanted.fields,
    tables: wanted.tables,
  };
  const answered = await gate.use({ ...use, actor, agreementId, question }, async (permission) => {
    const cut = await requireCut(cuts, cutId);
    requireDue(period, permission, cut);
    await keys.prepare(agreementId);
    const fields = inAgreedOrder(wanted.fields, permission.columns.fields, wanted.product);
    const request: ExtractRequest = { ...wanted, period: period.name, fields, version: permission.version };
    requireRoom(await store.ofAgreement(agreementId), request);
    const extract = await store.request(request, { id: newId(), clientId: actor.clientId, at: clock.now() });
    requireSame(extract, request);
    return { result: extract, cutId, cellsReturned: 0 };
  });
  if (!answered.permitted) throw extractRefused(answered.refusals);
  return answered.result;
}

/** What is there already is given back however many wait. @throws GatewayError CONFLICT */
function requireRoom(known: readonly Extract[], { version, product, cutId, period, tables }: ExtractRequest): void {
  const keyOf = (one: Pick<ExtractRequest, "version" | "product" | "cutId" | "period" | "tables">): string =>
    canonicalJson([one.version, one.product, one.cutId, one.period, one.tables]);
  const wanted = keyOf({ version, product, cutId, period, tables });
  const waiting = known.filter(({ state }) => state === "REQUESTED").length;
  if (waiting < MOST_WAITING || known.some((one) => keyOf(one) === wanted)) return;
  throw new GatewayError("CONFLICT", `At most ${MOST_WAITING} extracts of an agreement wait to be made.`, {
    details: { reason: "TOO_MANY_WAITING" },
    retryable: true,
    retryAfterSeconds: ROOM_IN_SECONDS,
  });
}

/** The same table, however it is asked for. */
function toNormalTable(table: AskedTable): AskedTable {
  const question = readTable(table);
  return { measure: question.measure, dimensions: dimensionsOf(question) };
}

/** Each once, measures in declared order: the same tables are the same extract, in whatever order they are asked for. */
function inOneOrder(tables: readonly AskedTable[]): readonly AskedTable[] {
  const placeOf = ({ measure }: AskedTable): number => MEASURES.findIndex(({ key }) => key === measure);
  const once = new Map(tables.map((table) => [canonicalJson(table), table]));
  return [...once]
    .toSorted(([text, one], [otherText, other]) => placeOf(one) - placeOf(other) || (text < otherText ? -1 : 1))
    .map(([, table]) => table);
}

/** The same columns, however they are named. */
const inAgreedOrder = (
  asked: readonly string[] | null,
  agreed: readonly string[],
  product: ExtractRequest["product"],
): readonly string[] =>
  product === "AGGREGATED_SMALL_NUMBERS" ? [] : agreed.filter((field) => asked === null || asked.includes(field));

/**
 * What was made of a cut and a period is final: other columns or another format are for the next cut. Its manifest says what it is for and
 * where it goes to, so it is not handed to somebody who stated otherwise.
 */
function requireSame(extract: Extract, request: ExtractRequest): void {
  const isSame =
    extract.format === request.format &&
    extract.purpose === request.purpose &&
    extract.location === request.location &&
    extract.fields.length === request.fields.length &&
    extract.fields.every((field) => request.fields.includes(field));
  if (!isSame)
    throw new GatewayError(
      "CONFLICT",
      "The extract of this cut and period was asked for with other fields, in another format, or for another purpose or place.",
      {
        details: { reason: "MADE_OTHERWISE", extract: extract.id },
      },
    );
}
