/** Accounts for every field of one resource: what a mapping touched it says, the rest is found here and reported UNMAPPED. */
import type { RecordTypeName } from "../../src/dataset/define.ts";
import type { MappingReportLine, MappingResult } from "../../src/records/issue.ts";
import { type FhirObject, isFhirObject, joinPath, readOwn } from "./fhir-reader.ts";

/** A name that FHIR could have given. Anything else is the sender's own text and is not repeated. */
const FIELD_NAME = /^_?[A-Za-z][A-Za-z0-9]{0,63}$/;
const POSITIONS = /\[\d+\]/g;
/** `name[0].family` in steps; a position closes with a bracket that opens nothing. */
const STEPS = /\]?[.[]|\]$/;
/** `fhir_comments` is what the XML converter makes of comments. */
const NOT_A_FIELD = new Set(["resourceType", "fhir_comments"]);

/** Where the ledger's resource stands. */
export interface LedgerSubject {
  readonly type: string;
  readonly expression: string;
  readonly resource: FhirObject;
}

export class FieldLedger {
  readonly subject: LedgerSubject;
  readonly #lines: MappingReportLine[] = [];
  readonly #claimed = new Set<string>();
  readonly #ancestors = new Set<string>();

  constructor(subject: LedgerSubject) {
    this.subject = subject;
  }

  /** The value went to a dataset item; `field` null: it decided about the record without being an item of it. */
  mapped(path: string, recordType: RecordTypeName, field: string | null, reason: string | null = null): void {
    this.#add(path, "MAPPED", recordType, field, reason);
  }

  /** Claims those of the fields of `parent` that are there: they decided about the record without being an item of it. */
  judged(parent: string, names: readonly string[], recordType: RecordTypeName): void {
    const value = this.#readAt(parent);
    if (!isFhirObject(value)) return;
    for (const name of names) {
      if (Object.hasOwn(value, name)) this.mapped(joinPath(parent, name), recordType, null);
    }
  }

  dropped(path: string, reason: string, recordType: RecordTypeName | null = null, field: string | null = null): void {
    this.#add(path, "DROPPED", recordType, field, reason);
  }

  /** The item got a value although the source states none at `path`. */
  defaulted(path: string, recordType: RecordTypeName, field: string, reason: string): void {
    this.#add(path, "DEFAULTED", recordType, field, reason);
  }

  /** A line made elsewhere (the shared engine) about the field at `path`. */
  take(path: string, line: MappingReportLine): void {
    this.#claim(path);
    this.#lines.push(line);
  }

  /** The field has lines of its own elsewhere: a contained resource. */
  elsewhere(path: string): void {
    this.#claim(path);
  }

  /** Whether the source states anything at `path`. */
  has(path: string): boolean {
    return this.#readAt(path) !== undefined;
  }

  expressionOf(path: string): string {
    return joinPath(this.subject.expression, path);
  }

  /** All lines: those made, and one UNMAPPED line for each field nobody claimed (its whole subtree is one field). */
  close(): readonly MappingReportLine[] {
    const lines = [...this.#lines];
    this.#addUnclaimed(this.subject.resource, "", lines);
    return lines;
  }

  #readAt(path: string): unknown {
    let value: unknown = this.subject.resource;
    for (const step of path === "" ? [] : path.split(STEPS)) {
      if (step === "") continue;
      if (Array.isArray(value)) value = value[Number(step)];
      else if (isFhirObject(value)) value = readOwn(value, step);
      else return undefined;
    }
    return value;
  }

  #add(
    path: string,
    result: MappingResult,
    recordType: RecordTypeName | null,
    field: string | null,
    reason: string | null,
  ): void {
    this.#claim(path);
    this.#lines.push(this.#toLine(path, result, recordType, field, reason));
  }

  #toLine(
    path: string,
    result: MappingResult,
    recordType: RecordTypeName | null,
    field: string | null,
    reason: string | null,
  ): MappingReportLine {
    const sourceField = joinPath(this.subject.type, path.replace(POSITIONS, ""));
    return { expression: this.expressionOf(path), sourceField, result, recordType, field, reason };
  }

  #claim(path: string): void {
    this.#claimed.add(path);
    for (let end = lastStep(path, path.length); end > 0; end = lastStep(path, end)) this.#ancestors.add(path.slice(0, end));
  }

  #addUnclaimed(value: unknown, path: string, lines: MappingReportLine[]): void {
    if (Array.isArray(value)) {
      value.forEach((item, index) => {
        this.#visit(item, `${path}[${index}]`, lines);
      });
      return;
    }
    if (!isFhirObject(value)) return;
    for (const name of Object.keys(value)) {
      if (!NOT_A_FIELD.has(name)) this.#visit(value[name], joinPath(path, FIELD_NAME.test(name) ? name : "?"), lines);
    }
  }

  #visit(value: unknown, path: string, lines: MappingReportLine[]): void {
    if (this.#claimed.has(path)) return;
    if (this.#ancestors.has(path)) this.#addUnclaimed(value, path, lines);
    else lines.push(this.#toLine(path, "UNMAPPED", null, null, "NO_NACR_ITEM"));
  }
}

/** Where the last step of `path[0..end)` begins: `name[0].family` → `name[0]` → `name`. 0: no step before it. */
function lastStep(path: string, end: number): number {
  for (let at = end - 1; at > 0; at -= 1) {
    const character = path[at];
    if (character === "." || character === "[") return at;
  }
  return 0;
}
