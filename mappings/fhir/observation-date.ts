/**
 * When an observation was made: as it says itself, else when its specimen was taken, else as the report or panel it stands in says, else
 * when it was issued. A time that is stated and not full (a year, a month) is not replaced by a later one of another meaning.
 */
import { toFhirDate } from "../support/fhir-date.ts";
import {
  type FhirElement,
  joinPath,
  type Located,
  readElement,
  readLocatedText,
  readOwn,
  toElement,
} from "../support/fhir-reader.ts";
import type { FhirRun, ResourceUse } from "./fhir-run.ts";
import type { MeasuredDate } from "./measured-value.ts";
import type { ResourceEntry } from "./resource-entry.ts";

const HOUR = 3_600_000;
/** From here on a period is a recording, not a reading. */
const RECORDING_HOURS = 6;
const COLLECTED = "collected";
const EFFECTIVE = "effective";

/** A time as text with its path; `NOT_FULL`: something is stated that is no calendar date. */
type Stated = Located<string> | "NOT_FULL" | null;

/** The date, or why there is none. */
export function readMeasuredDate(use: ResourceUse, run: FhirRun): MeasuredDate | "DATE_NOT_FULL" | "NO_DATE" {
  const own = readStated(use.element, EFFECTIVE);
  if (own === "NOT_FULL") return "DATE_NOT_FULL";
  if (own !== null) return toMeasuredDate(own, use.entry.expression, own.path);
  const panels = run.panels.panelsOf(use.entry);
  const other = readCollection(use.entry, run) ?? readFromPanels(panels, run);
  if (other !== null) return other;
  const issued = readLocatedText(use.element, "issued");
  if (issued !== null && toFhirDate(issued.value) !== null) return toMeasuredDate(issued, use.entry.expression, issued.path);
  return readIssue(panels, run) ?? "NO_DATE";
}

/** Whether the observation says that it lasted so long that it is no single reading. */
export function isRecording(observation: FhirElement): boolean {
  const period = readElement(observation, "effectivePeriod");
  const [start, end] = [readLocatedText(period, "start"), readLocatedText(period, "end")].map((text) =>
    text === null ? Number.NaN : Date.parse(text.value),
  );
  return end !== undefined && start !== undefined && end - start >= RECORDING_HOURS * HOUR;
}

/** `effectiveDateTime`, `effectiveInstant`, the start (else the end) of `effectivePeriod`, the only event of `effectiveTiming`. */
function readStated(element: FhirElement, name: string): Stated {
  const period = readElement(element, `${name}Period`);
  const timing = readElement(element, `${name}Timing`);
  const text =
    readLocatedText(element, `${name}DateTime`) ??
    readLocatedText(element, `${name}Instant`) ??
    readLocatedText(period, "start") ??
    readLocatedText(period, "end") ??
    readOnlyEvent(timing);
  if (text !== null) return toFhirDate(text.value) === null ? "NOT_FULL" : text;
  return ["DateTime", "Instant", "Period", "Timing"].some((kind) => readOwn(element.value, name + kind) !== undefined)
    ? "NOT_FULL"
    : null;
}

function readOnlyEvent(timing: FhirElement | null): Located<string> | null {
  const events = timing === null ? undefined : readOwn(timing.value, "event");
  if (timing === null || !Array.isArray(events) || events.length !== 1) return null;
  const [event]: readonly unknown[] = events;
  return typeof event === "string" ? { value: event, path: joinPath(timing.path, "event[0]") } : null;
}

/** When the specimen of an observation or report was taken. */
function readCollection(entry: ResourceEntry, run: FhirRun): MeasuredDate | null {
  const reference = readElement(toElement(entry.resource), "specimen");
  const specimen = reference === null ? null : run.index.resolveElement(reference, entry, "Specimen");
  const collection = specimen === null ? null : readElement(toElement(specimen.resource), "collection");
  const taken = collection === null ? null : readStated(collection, COLLECTED);
  if (specimen === null || taken === null || taken === "NOT_FULL") return null;
  run.markUsed(specimen, "ASSESSMENT", "date");
  return toMeasuredDate(taken, specimen.expression, null);
}

function readFromPanels(panels: readonly ResourceEntry[], run: FhirRun): MeasuredDate | null {
  for (const panel of panels) {
    const stated = readStated(toElement(panel.resource), EFFECTIVE);
    if (stated !== null && stated !== "NOT_FULL") return toMeasuredDate(stated, panel.expression, null);
    const collected = readCollection(panel, run);
    if (collected !== null) return collected;
  }
  return null;
}

function readIssue(panels: readonly ResourceEntry[], run: FhirRun): MeasuredDate | null {
  for (const panel of panels) {
    const issued = readLocatedText(toElement(panel.resource), "issued");
    if (issued === null || toFhirDate(issued.value) === null) continue;
    run.markUsed(panel, "ASSESSMENT", "date");
    return toMeasuredDate(issued, panel.expression, null);
  }
  return null;
}

/** @param path where it stands in the resource of the value; null: it stands in another resource */
function toMeasuredDate(stated: Located<string>, expression: string, path: string | null): MeasuredDate {
  const instant = stated.value.includes("T") ? Date.parse(stated.value) : Number.NaN;
  return {
    value: toFhirDate(stated.value) ?? stated.value,
    instant: Number.isNaN(instant) ? null : instant,
    expression: joinPath(expression, stated.path),
    path,
  };
}
