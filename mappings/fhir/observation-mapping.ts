/** FHIR Observation: the measurements and findings of an assessment, and the ejection fraction of an event (interop 1.8, 1.9). */
import { type FhirElement, readCodings, readElement, readElements, readOwn, readText } from "../support/fhir-reader.ts";
import { READINGS_AT_REST, splitBloodPressure, toMeasurement } from "../support/measurement.ts";
import type { MeasurementOutcome } from "../support/measurement-outcome.ts";
import { type MeasurementTables, mayMeanSomething } from "../support/observation-code.ts";
import type { FhirRun, ResourceUse } from "./fhir-run.ts";
import { isRecording, readMeasuredDate } from "./observation-date.ts";
import { type ObservedValue, readObservedValue, toContext, toExtensionContext, type ValueContext } from "./observation-value.ts";
import type { PatientFile } from "./patient-file.ts";
import { dropResource, refuseStatus } from "./resource-status.ts";
import { isUsable, refuseOutcome, takeOutcome } from "./take-outcome.ts";

const REPORTED = new Set(["final", "amended", "corrected"]);
const QUALIFIERS = ["method", "bodySite", "extension"];
const NO_CONTEXT: ValueContext = { codes: [], label: null };

/** An outcome with the place it was read at. */
interface Found {
  readonly outcome: Exclude<MeasurementOutcome, { readonly kind: "UNKNOWN" }>;
  readonly path: string;
}

/** One Observation may hold several values (`component`); one whose code NACR has no item for is left to a single report line. */
export function readObservation(use: ResourceUse, file: PatientFile, run: FhirRun): void {
  const found = findValues(use, run);
  if (found.length === 0) return;
  const isMeant = found.some(({ outcome }) => outcome.kind !== "DROPPED");
  const refusal = refuseStatus(use, "status", REPORTED) ?? run.panels.refusalOf(use.entry) ?? refuseFocus(use, run);
  if (refusal !== null) {
    dropResource(use, run, refusal, isMeant);
    return;
  }
  const usable = found.filter(({ outcome }) => isUsable(outcome));
  for (const { outcome, path } of found) if (!isUsable(outcome)) refuseOutcome(outcome, path, use, run);
  if (usable.length === 0) return;
  const date = readMeasuredDate(use, run);
  if (typeof date === "string") {
    dropResource(use, run, date, true);
    return;
  }
  const place = { use, date, reading: toReading(use, run) };
  for (const { outcome, path } of usable) takeOutcome(outcome, path, place, file, run);
}

/** What the Observation and its components say, as far as any of their codes is known. */
function findValues(use: ResourceUse, run: FhirRun): readonly Found[] {
  const { element } = use;
  const tables = { localCodes: run.profile.observationCodes, siteCodes: run.tables.siteCodes };
  const [self, ...components] = [element, ...readElements(element, "component")].filter((part) =>
    readCodings(part, "code").some((code) => mayMeanSomething(code, tables)),
  );
  if (self === undefined) return [];
  const around = readSurroundings(use, run);
  const inner = self === element && components.length === 0 ? NO_CONTEXT : joinContexts(toContext(element, ["code"]), around);
  const isLong = isRecording(element);
  return [self, ...components].flatMap((part) => {
    const value = readObservedValue(part, part === element ? around : inner);
    return judge(value, isLong, tables);
  });
}

/** A method, a body site, what extensions qualify it with (body position, exercise), and the panels it is a member of: they can only forbid. */
function readSurroundings(use: ResourceUse, run: FhirRun): ValueContext {
  const { element, entry } = use;
  const panels = run.panels.panelsOf(entry).map((panel) => run.panels.contextOf(panel));
  const isQualified = QUALIFIERS.some((name) => readOwn(element.value, name) !== undefined);
  if (panels.length === 0 && !isQualified) return NO_CONTEXT;
  const extensions = readElements(element, "extension").map(toExtensionContext);
  return joinContexts(toContext(element, ["method", "bodySite"]), ...extensions, ...panels);
}

function joinContexts(...contexts: readonly ValueContext[]): ValueContext {
  const label = contexts.flatMap((context) => context.label ?? []).join(" ");
  return { codes: contexts.flatMap(({ codes }) => codes), label: label === "" ? null : label };
}

function judge({ sent, path, absence }: ObservedValue, isLong: boolean, tables: MeasurementTables): readonly Found[] {
  return splitBloodPressure(sent).flatMap((part): readonly Found[] => {
    const outcome = toMeasurement(part, tables);
    if (outcome.kind === "UNKNOWN") return [];
    const isForbidden = outcome.kind === "DROPPED" && outcome.reason !== "NO_READABLE_VALUE";
    if (isForbidden) return [{ outcome, path }];
    if (absence !== null) return [{ outcome: toAbsent(outcome, absence), path }];
    // A recording over hours is no reading.
    const isRecorded = isLong && outcome.kind === "VALUE" && READINGS_AT_REST.has(outcome.target.item);
    return [{ outcome: isRecorded ? { kind: "DROPPED", reason: "AVERAGE_OR_AMBULATORY" } : outcome, path }];
  });
}

/** Nothing was measured; or something was that is no single value, and the sender is told. */
function toAbsent(
  outcome: Found["outcome"],
  { reason, isOfAnotherKind }: NonNullable<ObservedValue["absence"]>,
): Found["outcome"] {
  const { target } = outcome;
  if (!isOfAnotherKind || target === undefined) return { kind: "DROPPED", reason };
  return { kind: "REFUSED", target, code: "SOURCE_DROPPED", reason };
}

/** An observation made on the patient about somebody or something else: an unborn child, a donor, a device. */
function refuseFocus(use: ResourceUse, run: FhirRun): string | null {
  const subject = readText(readElement(use.element, "subject"), "reference");
  const others = readElements(use.element, "focus").filter((focus) => {
    const patient = run.index.resolveElement(focus, use.entry, "Patient");
    const isSame = patient !== null && subject !== null && patient === run.index.resolve(subject, use.entry, "Patient");
    return !isSame && (subject === null || readText(focus, "reference") !== subject);
  });
  return others.length === 0 ? null : "ABOUT_ANOTHER_FOCUS";
}

/** The two halves of a blood pressure stand in one resource, or in members of one panel, or were taken at one time. */
function toReading(use: ResourceUse, run: FhirRun): string {
  if (hasComponents(use.element)) return use.entry.expression;
  return run.panels.panelsOf(use.entry)[0]?.expression ?? "";
}

const hasComponents = (element: FhirElement): boolean => readElements(element, "component").length > 0;
