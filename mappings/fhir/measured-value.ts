/** A value of an Observation or QuestionnaireResponse, dated, until it is known which record takes it. */
import type { MeasurementTarget } from "../concept-maps/measurement-items.ts";
import type { ResourceUse } from "./fhir-run.ts";

/** When something was measured, and where the source says so. */
export interface MeasuredDate {
  /** ISO calendar date. */
  readonly value: string;
  /** Milliseconds of the instant, where a time with an offset is stated: orders values of one day. */
  readonly instant: number | null;
  readonly expression: string;
  /** Path in the resource of the value; null: read in another one (its specimen, its report). */
  readonly path: string | null;
}

/** A place a value was computed from. */
export interface MeasuredPart {
  readonly use: ResourceUse;
  readonly path: string;
}

export interface Measurement {
  readonly use: ResourceUse;
  readonly target: MeasurementTarget;
  readonly value: number | string;
  readonly date: MeasuredDate;
  readonly path: string;
  /** What is reported of the field besides its item; null: nothing. */
  readonly note: string | null;
  /** Further answers or observations the value was computed from. */
  readonly parts: readonly MeasuredPart[];
  /** What belongs together: the two halves of one blood pressure share it. */
  readonly reading: string;
}

/** What became of the values of one person: settled as records take them. */
export class MeasurementFates {
  readonly #used = new Set<Measurement>();
  readonly #reasons = new Map<Measurement, string>();
  readonly #resources = new Set<ResourceUse>();
  readonly #dated = new Set<ResourceUse>();

  use(measurement: Measurement): void {
    this.#used.add(measurement);
  }

  isUsed(measurement: Measurement): boolean {
    return this.#used.has(measurement);
  }

  /** Another value was chosen; a value that is used after all stays used. */
  lose(measurement: Measurement, reason: string): void {
    if (!this.#reasons.has(measurement)) this.#reasons.set(measurement, reason);
  }

  /** True once for each resource: its fields are reported when its first value is used. */
  isFirstUseOf(use: ResourceUse): boolean {
    return addOnce(this.#resources, use);
  }

  /** True once for each resource that dates a value of its own. */
  isFirstDateOf(use: ResourceUse): boolean {
    return addOnce(this.#dated, use);
  }

  reasonOf(measurement: Measurement): string | undefined {
    return this.#reasons.get(measurement);
  }
}

function addOnce<T>(set: Set<T>, value: T): boolean {
  const isNew = !set.has(value);
  set.add(value);
  return isNew;
}

/** Leaves one value out: a line of the resource's own report where another value of it is used, else the reason of the whole. */
export function leaveOut(use: ResourceUse, path: string, reason: string, target: MeasurementTarget | null): void {
  use.setAside("DROPPED", reason);
  if (target === null) use.ledger.dropped(path, reason);
  else use.ledger.dropped(path, reason, target.recordType, target.item);
}
