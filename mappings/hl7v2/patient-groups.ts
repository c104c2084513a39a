/** Which segments of a message speak of which patient: each PID begins a patient, and what follows belongs to that one alone. */
import type { Hl7Message, Segment } from "./parse-message.ts";

/** Begins the services and resources of an appointment, which all of its patients share. */
const RESOURCE_GROUP = "RGS";

export interface PatientGroup {
  readonly pid: Segment;
  /** What stands before the first PID (MSH, EVN, SCH), the PID with all up to the next, and the resources of a group's appointment. */
  readonly segments: readonly Segment[];
}

export function groupByPatient({ segments }: Hl7Message): readonly PatientGroup[] {
  const starts = segments.flatMap((segment, index) => (segment.name === "PID" ? [{ pid: segment, index }] : []));
  const [first] = starts;
  if (first === undefined) return [];
  if (starts.length === 1) return [{ pid: first.pid, segments }];
  const common = segments.slice(0, first.index);
  const resources = segments.findIndex(({ name }) => name === RESOURCE_GROUP);
  const end = resources === -1 ? segments.length : resources;
  return starts.map(({ pid, index }, position) => ({
    pid,
    segments: [...common, ...segments.slice(index, starts[position + 1]?.index ?? end), ...segments.slice(end)],
  }));
}
