/** What one mapping run shares: the profile, the index of the input, and what belongs to no record. */
import type { RecordTypeName } from "../../src/dataset/define.ts";
import type { Issue, MappingReportLine, MappingResult } from "../../src/records/issue.ts";
import type { OpenDraft } from "../support/fhir-draft.ts";
import { FieldLedger } from "../support/fhir-ledger.ts";
import { type FhirElement, joinPath, readText, toElement } from "../support/fhir-reader.ts";
import type { MappingTables } from "../support/mapping-tables.ts";
import type { FhirProfile } from "./fhir-profiles.ts";
import { listUnread } from "./helper-resources.ts";
import { PanelIndex } from "./panel-index.ts";
import { QuestionnaireIndex } from "./questionnaire-index.ts";
import type { ResourceEntry } from "./resource-entry.ts";
import type { ResourceIndex } from "./resource-index.ts";
import { toSourceRecordId } from "./source-record-id.ts";
import { explainUnused } from "./unused-resources.ts";

export class FhirRun {
  readonly profile: FhirProfile;
  readonly index: ResourceIndex;
  readonly tables: MappingTables;
  readonly panels = new PanelIndex();
  readonly questionnaires = new QuestionnaireIndex();
  readonly issues: Issue[] = [];
  readonly lines: MappingReportLine[] = [];
  readonly #usedIds = new Set<string>();
  readonly #unresolved = new Set<string>();
  readonly #usedEntries = new Map<ResourceEntry, MappingReportLine>();
  /** Contained resources that are read for themselves. */
  readonly #told = new Set<ResourceEntry>();

  constructor(profile: FhirProfile, index: ResourceIndex, tables: MappingTables) {
    this.profile = profile;
    this.index = index;
    this.tables = tables;
  }

  /** One line for a whole resource that no record used. */
  reportResource(entry: ResourceEntry, result: Exclude<MappingResult, "MAPPED">, reason: string): void {
    this.lines.push(toResourceLine(entry, result, null, null, reason));
  }

  /** A whole resource is left out that might have made a record: told as an issue too. */
  reportDropped(entry: ResourceEntry, reason: string): void {
    this.reportResource(entry, "DROPPED", reason);
    const { expression } = entry;
    this.issues.push({ severity: "INFORMATION", code: "SOURCE_DROPPED", field: null, expression, params: { reason } });
  }

  /** A value of this resource was read for a record that another resource makes (an Organization's ODS code). */
  markUsed(entry: ResourceEntry, recordType: RecordTypeName, field: string | null): void {
    if (field === null && this.#usedEntries.has(entry)) return;
    this.#usedEntries.set(entry, toResourceLine(entry, "MAPPED", recordType, field, null));
  }

  /** The line of a resource that makes no record itself. `Parameters` might hold anything, so leaving them out is said aloud. */
  reportBystander(entry: ResourceEntry): void {
    const { result, reason } = explainUnused(entry.type);
    const used = this.#usedEntries.get(entry);
    this.lines.push(used ?? toResourceLine(entry, result, null, null, reason));
    if (used !== undefined) this.lines.push(...listUnread(entry));
    const { expression } = entry;
    if (entry.type === "Parameters")
      this.issues.push({ severity: "ERROR", code: "FORMAT_UNRECOGNISED", field: null, expression, params: { reason } });
    if (reason === "RESOURCE_TYPE_UNKNOWN")
      this.issues.push({ severity: "WARNING", code: "SOURCE_UNMAPPED", field: null, expression, params: { reason } });
  }

  /** A contained resource is read for itself, and gets lines of its own. */
  tell(contained: ResourceEntry): void {
    this.#told.add(contained);
  }

  /** Contained resources of one that have lines of their own. */
  toldOf(container: ResourceEntry): readonly ResourceEntry[] {
    return this.index.containedOf(container).filter((entry) => this.#told.has(entry) || this.#usedEntries.has(entry));
  }

  /** The lines of contained resources that others read a value from. */
  reportUsedContained(): void {
    for (const [entry, line] of this.#usedEntries) if (entry.container !== null) this.lines.push(line, ...listUnread(entry));
  }

  /** One warning per reference that leads nowhere, however many resources hold it. */
  reportUnresolved(entry: ResourceEntry, reference: FhirElement | null, reason: string): void {
    const key = `${reason} ${readText(reference, "reference") ?? entry.expression}`;
    if (this.#unresolved.has(key)) return;
    this.#unresolved.add(key);
    const expression = joinPath(entry.expression, reference?.path ?? "subject");
    this.issues.push({ severity: "WARNING", code: "REFERENCE_UNRESOLVED", field: null, expression, params: { reason } });
  }

  /**
   * The sender's id for a record, once per record type: a resource that makes two records of one type (a code with two meanings) gives
   * its id to the first, and the other is found by its natural key.
   */
  takeSourceRecordId(recordType: RecordTypeName, id: string | null): string | null {
    if (id === null) return null;
    const key = `${recordType} ${id}`;
    if (this.#usedIds.has(key)) return null;
    this.#usedIds.add(key);
    return id;
  }
}

/** A resource of a kind that can make records, until it is known which. */
export class ResourceUse {
  readonly entry: ResourceEntry;
  readonly element: FhirElement;
  readonly sourceRecordId: string | null;
  #ledger: FieldLedger | null = null;
  #owner: OpenDraft | null = null;
  #setAside: { readonly result: "DROPPED" | "UNMAPPED"; readonly reason: string } = {
    result: "UNMAPPED",
    reason: "NO_NACR_ITEM",
  };

  constructor(entry: ResourceEntry) {
    this.entry = entry;
    this.element = toElement(entry.resource);
    this.sourceRecordId = toSourceRecordId(entry);
  }

  get ledger(): FieldLedger {
    this.#ledger ??= new FieldLedger(this.entry);
    return this.#ledger;
  }

  get owner(): OpenDraft | null {
    return this.#owner;
  }

  /** The record whose report shows this resource's fields: the first that used it. */
  giveTo(draft: OpenDraft): void {
    this.#owner ??= draft;
  }

  /** Why the resource makes no record, as far as none takes it. */
  setAside(result: "DROPPED" | "UNMAPPED", reason: string): void {
    this.#setAside = { result, reason };
  }

  /** Claims fields that decided about the record without being an item of it. */
  judgedBy(recordType: RecordTypeName, names: readonly string[]): void {
    this.ledger.judged("", names, recordType);
  }

  /** Hands the report over: all fields to the owner, or one line to the run. */
  settle(run: FhirRun): void {
    if (this.#owner === null) {
      run.reportResource(this.entry, this.#setAside.result, this.#setAside.reason);
      return;
    }
    if (this.sourceRecordId !== null && Object.hasOwn(this.entry.resource, "id")) {
      this.ledger.mapped("id", this.#owner.recordType, null, "SOURCE_RECORD_ID");
    }
    for (const contained of run.toldOf(this.entry)) {
      this.ledger.elsewhere(contained.expression.slice(this.entry.expression.length + 1));
    }
    for (const line of this.ledger.close()) this.#owner.mappingReport.push(line);
  }
}

const toResourceLine = (
  entry: ResourceEntry,
  result: MappingResult,
  recordType: RecordTypeName | null,
  field: string | null,
  reason: string | null,
): MappingReportLine => ({ expression: entry.expression, sourceField: entry.type, result, recordType, field, reason });
