/** Reading the stored answers of submissions: headers, and what became of a sender's own record. */
import type { OrganisationActor } from "../records/actor.ts";
import { type AuditEntry, entryOf } from "../records/audit-entry.ts";
import type { RecordResult, SubmissionHeader } from "../records/submission-record.ts";
import type { Page, PageRequest, RecordStatus, StatusStore, SubmissionFilter } from "../submission/status-ports.ts";
import type { Transaction } from "./database/unit.ts";
import type { HeaderCache } from "./header-cache.ts";
import { isUuid, readTimeAndId, toCursor, toPage } from "./page-cursor.ts";
import { openReportPage } from "./sealed-pages.ts";
import { toArrayLiteral } from "./sql/array-literal.ts";
import { COUNT_HEADERS, HEADERS_BY_ID, PAGE_OF_HEADERS, STATUS_OF_SOURCE_ID } from "./sql/status-queries.ts";
import { bytesOf, numberOf, optionalTextOf, type SqlRow, textOf } from "./sql-row.ts";
import type { StatusReader } from "./status-reader.ts";
import { readHeader } from "./submission-header.ts";
import { isOutside, maySee, visibleTo } from "./submission-visibility.ts";

/** Most answers `recordStatus` gives. */
const MOST_STATUSES = 100;

type SubmissionStatusStore = Pick<StatusStore, "submission" | "submissionsByIds" | "submissions" | "recordStatus">;

const listOrNull = (list: readonly string[] | undefined): string | null => (list === undefined ? null : toArrayLiteral(list));

const filterValues = (actor: OrganisationActor, filter: SubmissionFilter): readonly (string | null)[] => [
  ...visibleTo(actor),
  filter.mode ?? "COMMIT",
  filter.programmeCode ?? null,
  listOrNull(filter.status),
  listOrNull(filter.outcome),
  filter.receivedFrom ?? null,
  filter.receivedTo ?? null,
];

async function readHeaders(
  tx: Transaction,
  actor: OrganisationActor,
  ids: readonly string[],
  keep: (header: SubmissionHeader) => void,
): Promise<readonly SubmissionHeader[]> {
  const headers = (await tx.$queryRaw<SqlRow[]>(HEADERS_BY_ID([...visibleTo(actor), toArrayLiteral(ids)]))).map(readHeader);
  for (const header of headers) keep(header);
  return headers;
}

/** One for each record whose answers were read; mostly one. Of what was never stored, the submissions tell. */
function toReadings(actor: OrganisationActor, rows: readonly SqlRow[]): readonly AuditEntry[] {
  const entities = rows.map((row) => {
    const recordId = optionalTextOf(row, "record_id");
    return recordId === null ? { kind: "SUBMISSION", id: textOf(row, "submission_id") } : { kind: "RECORD", id: recordId };
  });
  const each = new Map(entities.map((entity) => [entity.id, entity]));
  return [...each.values()].map((entity) => entryOf(actor, { action: "READ", type: "READ_RECORD_STATUS", entity }));
}

export class SubmissionStatus implements SubmissionStatusStore {
  readonly #reader: StatusReader;
  readonly #cache: HeaderCache;

  constructor(reader: StatusReader, cache: HeaderCache) {
    this.#reader = reader;
    this.#cache = cache;
  }

  async submission(actor: OrganisationActor, id: string): Promise<SubmissionHeader | null> {
    const [header] = await this.submissionsByIds(actor, [id]);
    return header ?? null;
  }

  /** In the order of the ids; those that are unknown, expired or not the actor's are left out. */
  async submissionsByIds(actor: OrganisationActor, ids: readonly string[]): Promise<readonly SubmissionHeader[]> {
    const known = new Map<string, SubmissionHeader>();
    const missing: string[] = [];
    for (const id of new Set(ids.filter(isUuid).map((id) => id.toLowerCase()))) {
      const cached = this.#cache.find(actor.ods, id);
      if (cached === null) missing.push(id);
      // What row-level security and the statement would say.
      else if (actor.programmes.includes(cached.programmeCode) && maySee(actor, cached)) known.set(id, cached);
    }
    if (missing.length > 0) {
      const read = await this.#cache.fill((keep) => this.#reader.read(actor, (tx) => readHeaders(tx, actor, missing, keep)));
      for (const header of read) known.set(header.id, header);
    }
    return ids.flatMap((id) => known.get(id.toLowerCase()) ?? []);
  }

  async submissions(actor: OrganisationActor, filter: SubmissionFilter, page: PageRequest): Promise<Page<SubmissionHeader>> {
    const after = page.after === null ? null : readTimeAndId(page.after);
    if (isOutside(actor, filter.programmeCode)) return toPage<SubmissionHeader>([], page.first, 0, () => "");
    const values = filterValues(actor, filter);
    return this.#reader.read(actor, async (tx) => {
      const [count] = await tx.$queryRaw<SqlRow[]>(COUNT_HEADERS(values));
      const position = [after?.time ?? null, after?.id ?? null, page.first + 1];
      const rows = await tx.$queryRaw<SqlRow[]>(PAGE_OF_HEADERS([...values, ...position]));
      const total = count === undefined ? 0 : numberOf(count, "total");
      return toPage(rows.map(readHeader), page.first, total, (header) => toCursor(header.receivedAt, header.id));
    });
  }

  async recordStatus(
    actor: OrganisationActor,
    sourceRecordId: string,
    programmeCode: string | null,
  ): Promise<readonly RecordStatus[]> {
    if (isOutside(actor, programmeCode)) return [];
    const keys = await this.#reader.organisationKeys(actor);
    const values = [...visibleTo(actor), keys.mac("source", sourceRecordId), programmeCode, MOST_STATUSES];
    const rows = await this.#reader.readAudited(
      actor,
      (tx) => tx.$queryRaw<SqlRow[]>(STATUS_OF_SOURCE_ID(values)),
      (found) => toReadings(actor, found),
    );
    const pages = new Map<string, Promise<readonly RecordResult[]>>();
    const statuses = rows.map(async (row) => {
      const submissionId = textOf(row, "submission_id");
      const page = numberOf(row, "page");
      const key = `${submissionId}/${page}`;
      const opened = pages.get(key) ?? openReportPage(bytesOf(row, "sealed"), submissionId, page, keys);
      pages.set(key, opened);
      const result = (await opened).find((candidate) => candidate.index === numberOf(row, "idx"));
      return result ? [{ submissionId, result }] : [];
    });
    return (await Promise.all(statuses)).flat();
  }
}
