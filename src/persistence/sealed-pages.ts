/** The answer and the input of a submission, compressed and sealed: report pages of 100 results, and the envelope. */
import { promisify } from "node:util";
import { constants, zstdCompress, zstdCompressSync, zstdDecompress } from "node:zlib";
import type { OrganisationKeys } from "../keys/organisation-keys.ts";
import { LongWork } from "../lib/long-work.ts";
import type { RecordOutcome, RecordResult } from "../records/submission-record.ts";
import { decodeReportPage, encodeReportPage } from "./report-codec.ts";
import type { EnvelopeRow, ReportPageRow } from "./sql/submission-shapes.ts";

/** Results in one box: what a reader of one page of an answer has to open at most twice. */
const RESULTS_PER_PAGE = 100;

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);
/** Higher levels save little here and cost the submission: what is kept is sealed, not sent. */
const FAST = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** Binds a box to its place: a page does not open as another page, nor as a page of another submission. Each can be destroyed alone. */
export const pageContext = (submissionId: string, page: number): string => `${submissionId}/${page}`;
export const envelopeContext = (submissionId: string, chunk: number): string => `${submissionId}/envelope/${chunk}`;

function countOutcomes(results: readonly RecordResult[]): Partial<Record<RecordOutcome, number>> {
  const counts: Partial<Record<RecordOutcome, number>> = {};
  for (const { outcome } of results) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

/**
 * @param results in input order
 * @param firstPage number of the first of these pages: a submission that is worked on in chunks numbers them through. Its pages may
 *   hold fewer results at the end of a chunk, so nothing may count on where a page begins but the page's own first index.
 */
export async function sealReportPages(
  results: readonly RecordResult[],
  submissionId: string,
  keys: OrganisationKeys,
  firstPage = 0,
): Promise<readonly ReportPageRow[]> {
  const work = new LongWork();
  const pages: ReportPageRow[] = [];
  for (let start = 0; start < results.length; start += RESULTS_PER_PAGE) {
    pages.push(sealReportPage(results.slice(start, start + RESULTS_PER_PAGE), firstPage + pages.length, submissionId, keys));
    await work.giveWay();
  }
  return pages;
}

/**
 * A page in the place of one that is destroyed. `unit`: of its own, since that of the place is destroyed with the old page.
 * Compresses at once: a page is small, and the hand-over to another thread costs more than it saves (30 pages: 3 ms instead of 10).
 */
export function sealReportPage(
  results: readonly RecordResult[],
  page: number,
  submissionId: string,
  keys: OrganisationKeys,
  unit?: string,
): ReportPageRow {
  const place = pageContext(submissionId, page);
  return {
    page,
    firstIndex: results[0]?.index ?? 0,
    outcomes: countOutcomes(results),
    sealed: keys.seal(zstdCompressSync(encodeReportPage(results), FAST), place, unit ?? place),
  };
}

/** @throws Error where the box belongs to another page or was altered. */
export async function openReportPage(
  sealed: Uint8Array,
  submissionId: string,
  page: number,
  keys: OrganisationKeys,
): Promise<readonly RecordResult[]> {
  const text = await decompress(keys.open(sealed, pageContext(submissionId, page)));
  return decodeReportPage(text.toString());
}

/** @param envelope the input as it came; one chunk holds the largest request (12 MiB before compression) */
export async function sealEnvelope(
  envelope: string,
  submissionId: string,
  keys: OrganisationKeys,
): Promise<readonly EnvelopeRow[]> {
  const compressed = await compress(envelope, FAST);
  const place = envelopeContext(submissionId, 0);
  return [{ chunk: 0, sealed: keys.seal(compressed, place, place) }];
}

/** @param boxes in the order of their chunks @throws Error where one belongs to another submission or was altered */
export async function openEnvelope(boxes: readonly Uint8Array[], submissionId: string, keys: OrganisationKeys): Promise<string> {
  const compressed = boxes.map((box, chunk) => keys.open(box, envelopeContext(submissionId, chunk)));
  return (await decompress(Buffer.concat(compressed))).toString();
}
