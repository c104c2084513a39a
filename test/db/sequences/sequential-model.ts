/**
 * What a history of statements about one patient of one organisation must lead to, worked out one after the other in plain words: no
 * database, nothing of the product. Rows are found by the sender's id, else by their natural key; a value is the last one that stands.
 */

export interface TreatmentStatement {
  readonly type: string;
  readonly date: string;
}

export interface EventStatement {
  readonly sourceRecordId: string;
  readonly eventType: string;
  readonly eventDate: string;
  readonly treatments: readonly TreatmentStatement[];
}

/** What one submission says. At most one event, so that what it says cannot contradict itself. */
export interface PatientStatement {
  /** Mandatory. */
  readonly gender: string;
  readonly maritalStatus?: string;
  readonly clear?: readonly string[];
  readonly event: EventStatement | null;
}

interface Write {
  readonly submission: string;
  readonly value: string | null;
}

export interface ModelRow {
  /** As the product named it when it was created. */
  readonly recordId: string;
  readonly parent: ModelRow | null;
  readonly createdBy: string;
  /** Ids of the sender that lead to it, with the submission that bound each. */
  readonly ids: Map<string, string>;
  /** Every value that stands, the last one is in force. */
  readonly writes: Map<string, Write[]>;
  /** Submissions that were told UNCHANGED of it, with the id under which they named it. */
  readonly told: Map<string, string>;
}

export type ModelOutcome = "CREATED" | "UPDATED" | "UNCHANGED" | "REJECTED" | "REJECTED_PARENT";

const UNKNOWN: ReadonlySet<string> = new Set(["NOT_KNOWN", "NOT_SPECIFIED", "UNKNOWN", "NOT_STATED", "NOT_DISCLOSED"]);

export const itemOf = (row: ModelRow, item: string): string | null => row.writes.get(item)?.at(-1)?.value ?? null;

const makeRow = (recordId: string | null | undefined, parent: ModelRow | null, createdBy: string): ModelRow => ({
  recordId: recordId ?? "",
  parent,
  createdBy,
  ids: new Map(),
  writes: new Map(),
  told: new Map(),
});

export class PatientModel {
  patient: ModelRow | null = null;
  readonly events: ModelRow[] = [];
  readonly treatments: ModelRow[] = [];
  /** Submissions in the order in which they came, those that were withdrawn left out. */
  readonly #order: string[] = [];

  /** What the submission is told of patient, event, treatments, in that order. `ids`: what the product called each of them. */
  submit(submission: string, statement: PatientStatement, ids: readonly (string | null)[]): readonly ModelOutcome[] {
    this.#order.push(submission);
    const { gender, maritalStatus, clear = [], event } = statement;
    const [patientId, ...others] = ids;
    const patient = this.patient ?? makeRow(patientId, null, submission);
    this.patient = patient;
    const outcomes = [this.#state(patient, "patient", submission, { gender, maritalStatus }, clear)];
    if (event !== null) outcomes.push(...this.#stateEvent(patient, event, submission, others));
    return outcomes;
  }

  #stateEvent(
    patient: ModelRow,
    event: EventStatement,
    submission: string,
    [eventId, ...others]: readonly (string | null)[],
  ): readonly ModelOutcome[] {
    const { sourceRecordId, eventType, eventDate, treatments } = event;
    const byId = this.events.find(({ ids }) => ids.has(sourceRecordId));
    const byKey = this.events.find((row) => itemOf(row, "eventType") === eventType && itemOf(row, "eventDate") === eventDate);
    if (byId !== undefined && byKey !== undefined && byId !== byKey)
      return ["REJECTED", ...treatments.map(() => "REJECTED_PARENT" as const)];
    const row = byId ?? byKey ?? makeRow(eventId, patient, submission);
    if (!this.events.includes(row)) this.events.push(row);
    const outcome = this.#state(row, sourceRecordId, submission, { eventType, eventDate }, []);
    const outcomes = treatments.map((treatment, place) => {
      const { type, date } = treatment;
      const found = this.#findTreatment(row, treatment) ?? makeRow(others[place], row, submission);
      if (!this.treatments.includes(found)) this.treatments.push(found);
      // Its id is derived from the one its event was sent under.
      return this.#state(found, `${sourceRecordId}/${type}/${date}`, submission, { type, date }, []);
    });
    return [outcome, ...outcomes];
  }

  #findTreatment(event: ModelRow, { type, date }: TreatmentStatement): ModelRow | undefined {
    return this.treatments.find((row) => row.parent === event && itemOf(row, "type") === type && itemOf(row, "date") === date);
  }

  #state(
    row: ModelRow,
    id: string,
    submission: string,
    stated: Readonly<Record<string, string | undefined>>,
    clear: readonly string[],
  ): ModelOutcome {
    const created = row.writes.size === 0 && row.ids.size === 0;
    let changed = false;
    const write = (item: string, value: string | null): void => {
      row.writes.set(item, [...(row.writes.get(item) ?? []), { submission, value }]);
      changed = true;
    };
    for (const item of clear) if (itemOf(row, item) !== null) write(item, null);
    for (const [item, value] of Object.entries(stated)) {
      const before = itemOf(row, item);
      if (value === undefined || value === before || clear.includes(item)) continue;
      if (before !== null && UNKNOWN.has(value) && !UNKNOWN.has(before)) continue;
      write(item, value);
    }
    if (!row.ids.has(id)) row.ids.set(id, submission);
    if (created) return "CREATED";
    if (!changed) row.told.set(submission, id);
    return changed ? "UPDATED" : "UNCHANGED";
  }

  get #rows(): readonly ModelRow[] {
    return [...(this.patient === null ? [] : [this.patient]), ...this.events, ...this.treatments];
  }

  /** Whether something that came later and stands builds on what the submission wrote, or took a key that an event would get back. */
  isBuiltUpon(submission: string): boolean {
    if (this.#wouldShareKey(submission)) return true;
    const isLater = (other: string): boolean => this.#order.indexOf(other) > this.#order.indexOf(submission);
    return this.#rows.some((row) => {
      const items = [...row.writes].filter(([, writes]) => writes.some((write) => write.submission === submission));
      if (items.some(([, writes]) => writes.some((write) => isLater(write.submission)))) return true;
      if (row.createdBy !== submission) return false;
      const [createdUnder] = [...row.ids].flatMap(([id, by]) => (by === submission ? [id] : []));
      const told = [...row.told].flatMap(([by, id]) => (id === createdUnder ? [by] : []));
      const everyone = [...[...row.writes.values()].flat().map((write) => write.submission), ...row.ids.values(), ...told];
      return everyone.some(isLater) || this.#rows.some((child) => child.parent === row && isLater(child.createdBy));
    });
  }

  #wouldShareKey(submission: string): boolean {
    const standing = this.events.filter(({ createdBy }) => createdBy !== submission);
    const keyOf = (row: ModelRow): string =>
      ["eventType", "eventDate"]
        .map((item) => row.writes.get(item)?.findLast((write) => write.submission !== submission)?.value)
        .join();
    return new Set(standing.map(keyOf)).size < standing.length;
  }

  /** Takes back what the submission wrote; only where nothing builds on it. */
  withdraw(submission: string): void {
    const gone = (row: ModelRow): boolean => row.createdBy === submission;
    if (this.patient !== null && gone(this.patient)) this.patient = null;
    for (const rows of [this.events, this.treatments]) rows.splice(0, rows.length, ...rows.filter((row) => !gone(row)));
    for (const row of this.#rows) {
      for (const [item, writes] of row.writes)
        row.writes.set(
          item,
          writes.filter((write) => write.submission !== submission),
        );
      for (const [id, by] of row.ids) if (by === submission) row.ids.delete(id);
      row.told.delete(submission);
    }
    this.#order.splice(this.#order.indexOf(submission), 1);
  }

  get standing(): readonly string[] {
    return this.#order;
  }

  /** The tree as text, for comparison: what names rows is left out. */
  describe(): unknown {
    const { patient } = this;
    if (patient === null) return null;
    const events = this.events.map((event) => ({
      type: itemOf(event, "eventType"),
      date: itemOf(event, "eventDate"),
      treatments: this.treatments
        .filter(({ parent }) => parent === event)
        .map((row) => `${itemOf(row, "type")} ${itemOf(row, "date")}`)
        .sort(),
    }));
    return {
      gender: itemOf(patient, "gender"),
      maritalStatus: itemOf(patient, "maritalStatus"),
      events: events.sort((a, b) => (`${a.date}${a.type}` < `${b.date}${b.type}` ? -1 : 1)),
    };
  }
}
