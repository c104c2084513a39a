/** How one patient fared: assessments 1 to 3 side by side, which way each measure went, and what it means. */
import type { Dictionary } from "../dataset/dictionary.ts";
import { GatewayError } from "../errors/gateway-error.ts";
import type { Actor } from "../records/actor.ts";
import { bandOf, OUTCOME_MEASURES, type OutcomeMeasure, scoreOf } from "../standards/outcome-measures.ts";
import type { ProgressRows, ProgressStore } from "./reporting-ports.ts";
import { requireActing } from "./reporting-scope.ts";

export const DIRECTIONS = ["BETTER", "WORSE", "SAME"] as const;
export type Direction = (typeof DIRECTIONS)[number];

export interface ProgressValue {
  readonly number: number;
  /** As it stands in the dataset; of a coded item its label. */
  readonly display: string;
  /** What it means by itself; null: nothing. */
  readonly meaning: string | null;
}

export interface ProgressLine {
  readonly item: string;
  readonly label: string;
  readonly unit: string | null;
  readonly values: readonly ProgressValue[];
  /** From the first value to the last; null: there are no two. */
  readonly direction: Direction | null;
  /** The last value less the first; null of a coded item. */
  readonly change: number | null;
  /** Whether a change of this size counts as one; null: not known of the measure, or there is none. */
  readonly isMeaningful: boolean | null;
}

export interface RehabilitationProgress {
  readonly rehabilitationId: string;
  readonly programmeCode: string;
  readonly eventType: string | null;
  readonly eventDate: string | null;
  readonly coreStartDate: string | null;
  readonly coreEndDate: string | null;
  readonly assessments: readonly { readonly number: number; readonly date: string | null }[];
  /** Measures that any of the assessments has. */
  readonly lines: readonly ProgressLine[];
}

export interface PatientProgress {
  readonly patientId: string;
  /** Null: not asked for. */
  readonly identity: ProgressRows["identity"];
  readonly rehabilitations: readonly RehabilitationProgress[];
}

/** @throws GatewayError FORBIDDEN, NOT_FOUND, DATABASE_UNAVAILABLE */
export type ReadProgress = (actor: Actor, patientId: string, withIdentity: boolean) => Promise<PatientProgress>;

export interface ProgressDependencies {
  readonly store: ProgressStore;
  readonly dictionary: Dictionary;
}

export const createReadProgress =
  ({ store, dictionary }: ProgressDependencies): ReadProgress =>
  async (actor, patientId, withIdentity) => {
    if (actor.role !== "CLINICAL_TEAM") throw new GatewayError("FORBIDDEN", "A patient's progress is the clinical team's own.");
    const rows = await store.read(requireActing(actor), patientId, withIdentity);
    if (rows === null) throw new GatewayError("NOT_FOUND", "There is no such patient.");
    return {
      patientId: rows.patientId,
      identity: rows.identity,
      rehabilitations: rows.rehabilitations.map((rehabilitation) => toProgress(rehabilitation, dictionary)),
    };
  };

type Stored = ProgressRows["rehabilitations"][number];

function toProgress({ id, assessments, eventType, ...rehabilitation }: Stored, dictionary: Dictionary): RehabilitationProgress {
  const ordered = [...assessments].sort((one, other) => one.number - other.number);
  const event = dictionary.recordType("INITIATING_EVENT").byName.get("eventType")?.compiledList;
  return {
    ...rehabilitation,
    rehabilitationId: id,
    eventType: eventType && (event?.byKey.get(eventType)?.label ?? eventType),
    assessments: ordered.map(({ number, date }) => ({ number, date })),
    lines: OUTCOME_MEASURES.flatMap((measure) => toLine(measure, ordered, dictionary)),
  };
}

function toLine(measure: OutcomeMeasure, assessments: Stored["assessments"], dictionary: Dictionary): ProgressLine[] {
  const item = dictionary.recordType("ASSESSMENT").byName.get(measure.item);
  const stated = assessments.flatMap(({ number, values }) => {
    const value = values[measure.item] ?? null;
    return value === null ? [] : [{ number, value }];
  });
  if (item === undefined || stated.length === 0) return [];
  const scores = stated.flatMap(({ value }) => scoreOf(measure, value) ?? []);
  const [first] = scores;
  const last = scores.at(-1);
  const change = first === undefined || last === undefined || scores.length < 2 ? null : last - first;
  const { least } = measure;
  return [
    {
      item: item.name,
      label: item.label,
      unit: item.unit ?? null,
      values: stated.map(({ number, value }) => ({
        number,
        display: typeof value === "number" ? String(value) : (item.compiledList?.byKey.get(value)?.label ?? value),
        meaning: typeof value === "number" ? bandOf(measure, value) : null,
      })),
      direction: change === null ? null : directionOf(measure, change),
      change: measure.yes === null ? change : null,
      isMeaningful: change === null || least === null ? null : Math.abs(change) >= least.value,
    },
  ];
}

function directionOf({ better }: OutcomeMeasure, change: number): Direction {
  if (change === 0) return "SAME";
  return change < 0 === (better === "LOWER") ? "BETTER" : "WORSE";
}
