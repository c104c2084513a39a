/** All rows a submission may touch, with the indexes by which an entry finds its row. Lives for one attempt of the transaction. */
import type { RecordTypeName } from "../dataset/define.ts";
import type { Dictionary } from "../dataset/dictionary.ts";
import type { Entry } from "./entry.ts";
import { namedPatients } from "./named-patients.ts";
import { identityOf } from "./patient-identity.ts";
import type { NewId, SourceIdKey, UnitOfWork } from "./ports.ts";
import { WorkingRow } from "./working-row.ts";

export interface SubmissionContext {
  readonly dictionary: Dictionary;
  readonly programmeCode: string;
  readonly product: string;
  /** Programmes the actor may write for. */
  readonly programmes: readonly string[];
  readonly receivedAt: string;
  readonly newId: NewId;
}

export class WorkingSet {
  readonly context: SubmissionContext;
  readonly #unit: Pick<UnitOfWork, "findPatients" | "findSourceIds" | "readChildren">;
  readonly byNhsNumber = new Map<string, WorkingRow>();
  readonly byHospitalNumber = new Map<string, WorkingRow>();
  readonly #rows = new Map<string, WorkingRow>();
  /** Record id by record type and the sender's own id, as stored or as made by this submission. */
  readonly #sourceIds = new Map<string, string>();
  /** Ids that were stored before this submission. */
  readonly #knownSourceIds = new Set<string>();
  readonly all: WorkingRow[] = [];
  /** Rows of which the stored children of a type were read, by type and row id. */
  readonly #readBelow = new Set<string>();

  constructor(context: SubmissionContext, unit: Pick<UnitOfWork, "findPatients" | "findSourceIds" | "readChildren">) {
    this.context = context;
    this.#unit = unit;
  }

  /** Reads, and locks, every stored patient the entries may mean. */
  async loadPatients(entries: readonly Entry[]): Promise<void> {
    await this.#loadSourceIds(entries);
    const patients = entries.filter((entry) => entry.type.name === "PATIENT" && !entry.rejected);
    const others = patients.flatMap(namedPatients);
    const keys = [...patients.map((entry) => identityOf(entry.type, entry.judged.values)), ...others];
    const ids = [
      ...patients.map((entry) => entry.draft.recordId ?? this.recordIdOf(entry)),
      ...others.map((other) => other.recordId),
    ];
    if (patients.length === 0) return;
    const type = this.context.dictionary.recordType("PATIENT");
    const found = await this.#unit.findPatients(
      keys,
      ids.flatMap((id) => id ?? []),
    );
    for (const stored of found) this.indexPatient(this.#add(new WorkingRow(type, stored.id, null, stored, stored.programmeCode)));
    for (const { id, mergedInto } of found) if (mergedInto) this.row(id)?.leadTo(this.row(mergedInto) ?? null);
  }

  async #loadSourceIds(entries: readonly Entry[]): Promise<void> {
    const keys = new Map<string, SourceIdKey>();
    for (const { draft } of entries) {
      if (draft.sourceRecordId === null) continue;
      const key = { recordType: draft.recordType, product: this.context.product, sourceRecordId: draft.sourceRecordId };
      keys.set(sourceIdText(draft.recordType, draft.sourceRecordId), key);
    }
    if (keys.size === 0) return;
    for (const found of await this.#unit.findSourceIds([...keys.values()], this.context.programmeCode)) {
      const text = sourceIdText(found.recordType, found.sourceRecordId);
      this.#sourceIds.set(text, found.recordId);
      this.#knownSourceIds.add(text);
    }
  }

  /** Reads the stored rows of a type below stored parents, of each parent once. */
  async loadChildren(typeName: RecordTypeName, parents: ReadonlySet<WorkingRow>): Promise<void> {
    const stored = [...parents]
      .flatMap((row) => row.kin)
      .filter(({ stored: row, id }) => row !== null && !this.#readBelow.has(`${typeName} ${id}`));
    if (stored.length === 0) return;
    for (const { id } of stored) this.#readBelow.add(`${typeName} ${id}`);
    const type = this.context.dictionary.recordType(typeName);
    const ids = stored.map((row) => row.id);
    for (const row of await this.#unit.readChildren(typeName, ids)) {
      const parent = row.parentId === null ? undefined : this.#rows.get(row.parentId);
      if (parent && !this.#rows.has(row.id)) this.#add(new WorkingRow(type, row.id, parent, row, row.programmeCode));
    }
  }

  create(entry: Entry, parent: WorkingRow | null, programmeCode: string): WorkingRow {
    return this.#add(new WorkingRow(entry.type, this.context.newId(), parent, null, programmeCode));
  }

  row(id: string): WorkingRow | undefined {
    return this.#rows.get(id);
  }

  #add(row: WorkingRow): WorkingRow {
    this.#rows.set(row.id, row);
    this.all.push(row);
    return row;
  }

  /** Makes a patient findable by the identifiers its row has, or would have. */
  indexPatient(row: WorkingRow, values = row.values): void {
    const identity = identityOf(row.type, values);
    if (identity.nhsNumber !== null) this.byNhsNumber.set(identity.nhsNumber, row);
    if (identity.hospitalNumber !== null) this.byHospitalNumber.set(identity.hospitalNumber, row);
  }

  /** The record the sender's own id points at, if it is known. */
  recordIdOf(entry: Entry): string | undefined {
    const id = entry.draft.sourceRecordId;
    return id === null ? undefined : this.#sourceIds.get(sourceIdText(entry.draft.recordType, id));
  }

  bindSourceId(entry: Entry, row: WorkingRow): void {
    const id = entry.draft.sourceRecordId;
    if (id === null) return;
    const text = sourceIdText(entry.draft.recordType, id);
    if (!this.#sourceIds.has(text)) this.#sourceIds.set(text, row.id);
  }

  isNewSourceId(entry: Entry): boolean {
    const id = entry.draft.sourceRecordId;
    return id !== null && !this.#knownSourceIds.has(sourceIdText(entry.draft.recordType, id));
  }
}

const sourceIdText = (type: RecordTypeName, id: string): string => `${type}\n${id}`;
