/**
 * What of a resolved journey one organisation sees. Every record goes through here before it leaves: another organisation's loses its
 * id and its submission.
 */
import type {
  Journey,
  JourneyOrganisation,
  ShownClaim,
  ShownEpisode,
  ShownItem,
  ShownLink,
  ShownRecord,
  ShownSource,
} from "./journey.ts";
import type { StoredPerson } from "./journey-ports.ts";
import { keyOf, type LinkedRef } from "./link-words.ts";
import { type Claim, compareText, type JourneyRow, type ResolvedItem } from "./resolve-item.ts";
import type { ResolvedEpisode, ResolvedJourney } from "./resolve-journey.ts";
import { sentenceOf } from "./rule-sentences.ts";
import type { EventItem, PatientItem } from "./winner-rules.ts";

export class JourneyView {
  readonly #ods: string;
  readonly #person: StoredPerson;

  /** @param ods the organisation that reads */
  constructor(ods: string, person: StoredPerson) {
    this.#ods = ods;
    this.#person = person;
  }

  show({ items, episodes }: ResolvedJourney): Journey {
    const { patients, events } = this.#person.rows;
    const others = new Set([...patients, ...events].map(({ ods }) => ods));
    others.delete(this.#ods);
    return {
      patient: {
        recordIds: patients
          .filter(({ ods }) => ods === this.#ods)
          .map(({ id }) => id)
          .toSorted(compareText),
        gender: this.#item("gender", items.gender),
        ethnicGroup: this.#item("ethnicGroup", items.ethnicGroup),
        maritalStatus: this.#item("maritalStatus", items.maritalStatus),
      },
      organisations: [this.#ods, ...[...others].toSorted(compareText)].map((ods) => this.#organisation(ods)),
      links: this.#links(patients),
      episodes: episodes.map((episode) => this.#episode(episode)),
    };
  }

  #episode({ items, treatments, events }: ResolvedEpisode): ShownEpisode {
    return {
      eventType: this.#item("eventType", items.eventType),
      eventDate: this.#item("eventDate", items.eventDate),
      treatments: treatments.map(({ type, date, rows }) => ({
        type,
        date,
        sources: rows.map((row) => this.#source(row, "type")),
      })),
      events: events.map((event) => ({ ...this.#source(event, "eventType"), ...event.values })),
      links: this.#links(events),
    };
  }

  #item(field: PatientItem | EventItem, item: ResolvedItem | null): ShownItem | null {
    if (item === null) return null;
    return {
      field,
      rule: item.rule,
      ...this.#claim(item.winner, field),
      conflicts: item.conflicts.map((claim) => this.#claim(claim, field)),
      unknowns: item.unknowns.map((claim) => this.#claim(claim, field)),
    };
  }

  #claim({ value, row }: Claim, field: string): ShownClaim {
    return { value, source: this.#source(row, field) };
  }

  /** @param field the item whose submission is named */
  #source(row: JourneyRow, field: string): ShownSource {
    const submission = row.ods === this.#ods ? this.#person.sources.get(row.id)?.get(field) : undefined;
    return { ...this.#record(row), submission: submission ?? null, at: row.sourceTime };
  }

  #record({ ods, id }: LinkedRef): ShownRecord {
    return { organisation: this.#organisation(ods), recordId: ods === this.#ods ? id : null };
  }

  #organisation(odsCode: string): JourneyOrganisation {
    return { odsCode, name: this.#person.organisations.get(odsCode) ?? odsCode, own: odsCode === this.#ods };
  }

  /** Those between two of the records. */
  #links(records: readonly LinkedRef[]): readonly ShownLink[] {
    const keys = new Set(records.map(keyOf));
    return this.#person.links
      .filter(({ a, b }) => keys.has(keyOf(a)) && keys.has(keyOf(b)))
      .map(({ id, rule, confidence, madeBy, a, b }) => ({
        id,
        rule,
        says: sentenceOf(rule),
        confidence,
        madeBy,
        records: [this.#record(a), this.#record(b)],
      }));
  }
}
