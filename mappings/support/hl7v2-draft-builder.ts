/** Collects what one message says about one record: values, deletions, and for each field what became of it. */
import type { RecordTypeName } from "../../src/dataset/define.ts";
import type { DraftRecord } from "../../src/records/draft-record.ts";
import type { Issue, MappingReportLine, MappingResult, Severity } from "../../src/records/issue.ts";
import type { Place } from "./hl7v2-message-source.ts";

/** Items that identify or that a record cannot be without: `""` in a message never empties them. */
const NEVER_CLEARED: ReadonlySet<string> = new Set(["nhsNumber", "hospitalNumber", "dateOfBirth", "gender"]);

export class DraftBuilder {
  readonly #recordType: RecordTypeName;
  readonly #expression: string;
  readonly #values: Record<string, unknown> = {};
  readonly #origins: Record<string, string> = {};
  readonly #clear: string[] = [];
  readonly #issues: Issue[] = [];
  readonly #report: MappingReportLine[] = [];

  constructor(recordType: RecordTypeName, expression: string) {
    this.#recordType = recordType;
    this.#expression = expression;
  }

  /** @param reason which table translated it, where that was not a built-in one */
  map(item: string, value: unknown, place: Place, reason: string | null = null): void {
    this.#set(item, value, place);
    this.#addLine(place, "MAPPED", item, reason);
  }

  /** The option says less, or other, than the sender's code: stored with a warning. */
  mapNearest(item: string, value: unknown, place: Place, reason: string): void {
    this.#set(item, value, place);
    this.#addLine(place, "MAPPED", item, reason);
    this.addIssue("WARNING", "CODE_NOT_TRANSLATED", item, place, reason);
  }

  /** The sender states nothing, and the record cannot be without the item. */
  mapDefault(item: string, value: unknown, place: Place): void {
    const reason = "NOT_IN_SOURCE";
    this.#set(item, value, place);
    this.#addLine(place, "DEFAULTED", item, reason);
    this.addIssue("INFORMATION", "SOURCE_DEFAULTED", item, place, reason);
  }

  /** `""` was sent: the item is emptied, unless the record cannot be without it. */
  clear(item: string, place: Place): void {
    if (NEVER_CLEARED.has(item)) return this.drop(item, place, "CANNOT_BE_CLEARED");
    this.#clear.push(item);
    this.#origins[item] = place.expression;
    this.#addLine(place, "MAPPED", item, "CLEARED");
  }

  /** Read to decide about other fields; itself it is no item of the dataset. */
  guide(place: Place, reason: string): void {
    this.#addLine(place, "MAPPED", null, reason);
  }

  /** Read and left out, without a word to the sender beyond the report. */
  drop(item: string | null, place: Place, reason: string): void {
    this.#addLine(place, "DROPPED", item, reason);
  }

  /** Read and left out, and the sender is told: an error where the item is mandatory. */
  refuse(item: string, place: Place, reason: string, code: string, severity: Severity = "WARNING"): void {
    this.#addLine(place, "DROPPED", item, reason);
    this.addIssue(severity, code, item, place, reason);
  }

  addIssue(severity: Severity, code: string, item: string | null, place: Place, reason: string): void {
    this.#issues.push({ severity, code, field: item, expression: place.expression, params: { reason } });
  }

  stated(item: string): unknown {
    return this.#values[item];
  }

  build(rest: Pick<DraftRecord, "parent" | "sourceRecordId"> & Partial<DraftRecord>): DraftRecord {
    return {
      recordType: this.#recordType,
      expression: this.#expression,
      values: this.#values,
      clear: this.#clear,
      origins: this.#origins,
      issues: this.#issues,
      mappingReport: this.#report,
      ...rest,
    };
  }

  #set(item: string, value: unknown, place: Place): void {
    this.#values[item] = value;
    this.#origins[item] = place.expression;
  }

  #addLine(place: Place, result: MappingResult, item: string | null, reason: string | null): void {
    const { expression, sourceField } = place;
    this.#report.push({ expression, sourceField, result, recordType: this.#recordType, field: item, reason });
  }
}
