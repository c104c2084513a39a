/** Reading what was told of a programme. */
import type { OrganisationActor } from "../records/actor.ts";
import { PROGRAMME_EVENT_TYPES, type ProgrammeEvent } from "../records/programme-event.ts";
import { SUBMISSION_OUTCOMES, SUBMISSION_STATUSES } from "../records/submission-record.ts";
import type { EventsPage, StatusStore } from "../submission/status-ports.ts";
import { EVENTS_AFTER, LAST_SEQUENCE } from "./sql/event-statements.ts";
import { booleanOf, numberOf, type SqlRow, textOf, wordOf } from "./sql-row.ts";
import type { StatusReader } from "./status-reader.ts";
import { readCounts } from "./submission-header.ts";
import { isOutside, visibleTo } from "./submission-visibility.ts";

/** The counts were written from the same type by `appendEvent`. */
export function readEvent(row: SqlRow): ProgrammeEvent {
  const counts = readCounts(row);
  return {
    id: textOf(row, "id"),
    ods: textOf(row, "ods"),
    programmeCode: textOf(row, "programme_code"),
    sequence: numberOf(row, "sequence"),
    type: wordOf(row, "type", PROGRAMME_EVENT_TYPES),
    occurredAt: textOf(row, "occurred_at"),
    submissionId: textOf(row, "submission_id"),
    status: wordOf(row, "status", SUBMISSION_STATUSES),
    outcome: row.outcome === null ? null : wordOf(row, "outcome", SUBMISSION_OUTCOMES),
    counts,
  };
}

export class EventStatus implements Pick<StatusStore, "eventsAfter" | "lastSequence"> {
  readonly #reader: StatusReader;

  constructor(reader: StatusReader) {
    this.#reader = reader;
  }

  async eventsAfter(actor: OrganisationActor, programmeCode: string, sequence: number, limit: number): Promise<EventsPage> {
    if (isOutside(actor, programmeCode)) return { events: [], last: sequence, hasMore: false };
    const values = [...visibleTo(actor), programmeCode, sequence, limit + 1];
    const rows = await this.#reader.read(actor, (tx) => tx.$queryRaw<SqlRow[]>(EVENTS_AFTER(values)));
    const page = rows.slice(0, limit);
    const latest = page.at(-1);
    return {
      events: page.filter((row) => booleanOf(row, "visible")).map(readEvent),
      last: latest === undefined ? sequence : numberOf(latest, "sequence"),
      hasMore: rows.length > limit,
    };
  }

  async lastSequence(actor: OrganisationActor, programmeCode: string): Promise<number> {
    if (isOutside(actor, programmeCode)) return 0;
    const [row] = await this.#reader.read(actor, (tx) => tx.$queryRaw<SqlRow[]>(LAST_SEQUENCE([actor.ods, programmeCode])));
    return row === undefined ? 0 : numberOf(row, "last");
  }
}
