/** Makes the assessments of a rehabilitation from dated values, and gives an event its ejection fraction. */
import { addDays } from "../../src/lib/calendar-date.ts";
import { chooseNearest } from "../support/assessment-choice.ts";
import type { AssessmentWindow } from "../support/assessment-windows.ts";
import { type OpenDraft, openDraft, setItem } from "../support/fhir-draft.ts";
import { makeDrugs } from "./assessment-drugs.ts";
import type { EventRecord } from "./event-records.ts";
import type { FhirRun } from "./fhir-run.ts";
import type { Measurement } from "./measured-value.ts";
import type { PatientFile } from "./patient-file.ts";

/** Days around the event in which an ejection fraction tells of it. */
const EJECTION_FRACTION_DAYS = 28;
const ANOTHER_IS_NEARER = "ANOTHER_VALUE_IS_NEARER";
/** Fields of an Observation or QuestionnaireResponse that decided about a value without being one. */
const MEASUREMENT_JUDGED = ["subject", "status", "code", "questionnaire", "method", "bodySite", "focus"];

/** The ejection fraction nearest to the event, within four weeks of it. */
export function addEjectionFraction(
  event: EventRecord,
  measurements: readonly Measurement[],
  file: PatientFile,
  run: FhirRun,
): void {
  const { eventDate, draft } = event;
  if (eventDate === null) return;
  const ofEvents = measurements.filter(({ target }) => target.recordType === "INITIATING_EVENT");
  if (ofEvents.length === 0) return;
  const from = addDays(eventDate, -EJECTION_FRACTION_DAYS);
  const to = addDays(eventDate, EJECTION_FRACTION_DAYS);
  const { chosen, lost } = chooseNearest(ofEvents, { number: 1, from, to, anchor: eventDate });
  for (const measurement of chosen) addMeasurement(draft, measurement, file, run);
  for (const measurement of lost) file.fates.lose(measurement, ANOTHER_IS_NEARER);
}

/**
 * An assessment of the value nearest to its day of each item, with the drugs of its day; none where nothing was measured in its window.
 * Within a stated rehabilitation a value stands in one assessment only.
 */
export function makeAssessment(
  parent: OpenDraft,
  window: AssessmentWindow,
  measurements: readonly Measurement[],
  file: PatientFile,
  run: FhirRun,
): readonly OpenDraft[] {
  const mayBeShared = window.from === null;
  const free = measurements.filter((one) => one.target.recordType === "ASSESSMENT" && (mayBeShared || !file.fates.isUsed(one)));
  const { chosen, lost } = chooseNearest(free, window);
  const last = chosen.reduce<Measurement | null>(
    (latest, measurement) => (latest === null || measurement.date.value >= latest.date.value ? measurement : latest),
    null,
  );
  if (last === null) return [];
  const { expression } = last.use.entry;
  const assessment = openDraft({ recordType: "ASSESSMENT", parent, sourceRecordId: null, expression });
  setItem(assessment, "number", window.number, expression);
  setItem(assessment, "date", last.date.value, last.date.expression);
  assessment.mappingReport.push({
    expression,
    sourceField: last.use.entry.type,
    result: "DEFAULTED",
    recordType: "ASSESSMENT",
    field: "number",
    reason: "NUMBER_BY_DATE",
  });
  for (const measurement of chosen) addMeasurement(assessment, measurement, file, run);
  for (const measurement of lost) file.fates.lose(measurement, ANOTHER_IS_NEARER);
  return [assessment, ...makeDrugs(assessment, last.date.value, window.to, file.drugs, run)];
}

function addMeasurement(draft: OpenDraft, measurement: Measurement, { fates }: PatientFile, run: FhirRun): void {
  const { use, target, value, date, path, note, parts } = measurement;
  setItem(draft, target.item, value, use.ledger.expressionOf(path));
  fates.use(measurement);
  for (const place of [{ use, path }, ...parts]) {
    place.use.giveTo(draft);
    if (fates.isFirstUseOf(place.use)) place.use.judgedBy(target.recordType, MEASUREMENT_JUDGED);
    reportMeasured(place.use, target, place.path, note);
  }
  for (const panel of run.panels.panelsOf(use.entry)) {
    if (panel.type === "DiagnosticReport") run.markUsed(panel, target.recordType, null);
  }
  if (date.path !== null && fates.isFirstDateOf(use)) {
    use.ledger.mapped(date.path, target.recordType, target.recordType === "ASSESSMENT" ? "date" : null);
  }
}

/** The number's own field; unit and code of the same quantity, and the code of a component, decided about it. */
function reportMeasured(
  use: Measurement["use"],
  { recordType, item }: Measurement["target"],
  path: string,
  note: string | null,
): void {
  use.ledger.mapped(path, recordType, item, note);
  if (!path.endsWith(".value")) {
    reportComponent(use, path, recordType);
    return;
  }
  const quantity = path.slice(0, -".value".length);
  use.ledger.judged(quantity, ["unit", "system", "code"], recordType);
  reportComponent(use, quantity, recordType);
}

function reportComponent(use: Measurement["use"], valuePath: string, recordType: Measurement["target"]["recordType"]): void {
  const component = valuePath.slice(0, Math.max(0, valuePath.lastIndexOf(".")));
  if (component.startsWith("component")) use.ledger.judged(component, ["code"], recordType);
}
