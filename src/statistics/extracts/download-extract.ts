/**
 * The way out of an extract's files. Where somebody in them objects before they went out they are made again without; afterwards they go out
 * no more.
 */
import type { AgreementGate } from "../../agreements/ports.ts";
import { GatewayError } from "../../errors/gateway-error.ts";
import { LongWork } from "../../lib/long-work.ts";
import type { Actor } from "../../records/actor.ts";
import { type FilePiece, zipFiles } from "../../submission/report/zip-files.ts";
import type { PublishedCuts } from "../cuts/cut-ports.ts";
import type { Extract } from "./extract.ts";
import { toEntry } from "./extract-entry.ts";
import { patientIdOf } from "./extract-ids.ts";
import { MANIFEST_FILE } from "./extract-manifest.ts";
import type { ExtractKeys, ExtractStore, WithheldPersons } from "./extract-ports.ts";
import { extractRefused, noSuchExtract, requireCut, requirePeriod, toUse } from "./extract-words.ts";
import { countListed, PATIENTS_FILE } from "./patient-list.ts";

export interface DownloadedFile {
  readonly contentType: string;
  readonly fileName: string;
  readonly body: AsyncIterable<Uint8Array>;
}

export interface DownloadDependencies {
  readonly gate: AgreementGate;
  readonly cuts: Pick<PublishedCuts, "find">;
  readonly store: ExtractStore;
  readonly keys: ExtractKeys;
  readonly withheld: Pick<WithheldPersons, "objecting">;
  readonly clock: { now(): string };
}

const READY_IN_SECONDS = 60;

export const createDownload =
  (dependencies: DownloadDependencies) =>
  async (actor: Actor, id: string): Promise<DownloadedFile> => {
    const extract = await dependencies.store.find(id);
    if (extract === null) throw noSuchExtract();
    const { agreementId, cutId, period, version } = extract;
    const asked = {
      ...toUse(extract, requirePeriod(period)),
      madeUnder: version,
      actor,
      agreementId,
      question: { download: id },
    };
    const use = await dependencies.gate
      .use(asked, async () => {
        if (actor.role !== "ANALYST") throw new GatewayError("FORBIDDEN", "Your role does not include this file.");
        const result = await handOver(extract, dependencies);
        return { result, cutId, cellsReturned: result.files.reduce((sum, { rows }) => sum + rows, 0) };
      })
      .catch((error: unknown) => {
        throw error instanceof GatewayError && error.code === "NOT_FOUND" ? noSuchExtract() : error;
      });
    if (!use.permitted) throw extractRefused(use.refusals);
    return {
      contentType: "application/zip",
      fileName: `extract_${agreementId}_${period}.zip`,
      body: zipFiles(filesOf(use.result, dependencies.store), new Date(use.result.madeAt ?? extract.requestedAt)),
    };
  };

/** @returns it as it is when it goes out: since it was found it may have been made again */
async function handOver(extract: Extract, dependencies: DownloadDependencies): Promise<Extract> {
  const { cuts, store, clock } = dependencies;
  await requireCut(cuts, extract.cutId);
  requireReady(extract);
  // Whoever opted out is noted by the hourly look (`attend-extracts.ts`). The words say nothing of a reason: an extract may be of very few.
  if (extract.handedOverAt !== null && extract.withheldSince > 0) throw notKept();
  if ((await countWithheld(extract, dependencies)) > 0) {
    if (extract.handedOverAt !== null) throw notKept();
    await store.makeAgain(extract.id, toEntry("MAKE_EXTRACT_AGAIN", extract, []));
    throw notReady();
  }
  const handedOver = await store.handOver(extract.id, clock.now());
  if (handedOver === null) throw notReady();
  return handedOver;
}

function requireReady({ state }: Extract): void {
  if (state === "REMOVED") throw notKept();
  if (state === "REQUESTED") throw notReady();
  if (state !== "READY")
    throw new GatewayError("CONFLICT", "The extract could not be made. Ask for it again.", { details: { reason: state } });
}

const notKept = (): GatewayError =>
  new GatewayError("GONE", "The files of the extract are not handed out any more. Ask for those of a later cut.");

const notReady = (): GatewayError =>
  new GatewayError("CONFLICT", "The extract is made. Fetch it in some minutes.", {
    details: { reason: "NOT_READY" },
    retryable: true,
    retryAfterSeconds: READY_IN_SECONDS,
  });

/** Of those who object now, how many are in the extract. */
async function countWithheld(
  extract: Extract,
  { store, keys, withheld }: Pick<DownloadDependencies, "store" | "keys" | "withheld">,
): Promise<number> {
  return await countIn(extract, await withheld.objecting(), { store, keys });
}

/** @param pseudonyms national ones */
export async function countIn(
  extract: Extract,
  pseudonyms: ReadonlySet<string>,
  { store, keys }: Pick<DownloadDependencies, "store" | "keys">,
): Promise<number> {
  const mac = pseudonyms.size === 0 ? null : await keys.macOf(extract.agreementId);
  if (mac === null) return 0;
  const patientIds = new Set(await new LongWork().map(pseudonyms, (pseudonym) => patientIdOf(mac, pseudonym)));
  return await countListed(store.parts(extract, PATIENTS_FILE), patientIds);
}

/** The manifest last, as it names the others. @throws Error where files went meanwhile: without them it would pass for whole */
async function* filesOf(extract: Extract, store: Pick<ExtractStore, "parts">): AsyncGenerator<FilePiece> {
  const missing = new Set(extract.files.map(({ name }) => name));
  for await (const { file, bytes } of store.parts(extract, null)) {
    missing.delete(file);
    if (file !== PATIENTS_FILE) yield { name: file, text: bytes };
  }
  if (missing.size > 0) throw new Error("Files of an extract went while they were fetched");
  if (extract.manifest !== null) yield { name: MANIFEST_FILE, text: extract.manifest };
}
