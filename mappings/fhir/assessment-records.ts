/** Makes rehabilitations, assessments and drugs of one patient. */
import { addDays } from "../../src/lib/calendar-date.ts";
import { type OpenDraft, openDraft, setItem } from "../support/fhir-draft.ts";
import type { EventRecord } from "./event-records.ts";
import type { FhirRun, ResourceUse } from "./fhir-run.ts";
import type { DrugStatement, Measurement, PatientFile } from "./patient-file.ts";

/** The days an assessment's values are taken from, both inclusive; null: open. */
export interface AssessmentWindow {
  readonly number: 1 | 2 | 3;
  readonly from: string | null;
  readonly to: string;
}

/** Days around the event in which an ejection fraction tells of it. */
const EJECTION_FRACTION_DAYS = 28;
const MEASUREMENT_JUDGED = ["subject", "status", "code"];

/** Measurements of one person, oldest first; of one day in the order sent. */
export const sortMeasurements = (measurements: readonly Measurement[]): readonly Measurement[] =>
  measurements.toSorted((one, other) => (one.date.value < other.date.value ? -1 : one.date.value > other.date.value ? 1 : 0));

/** The latest ejection fraction within four weeks of the event. */
export function addEjectionFraction(event: EventRecord, measurements: readonly Measurement[]): void {
  if (event.eventDate === null) return;
  const from = addDays(event.eventDate, -EJECTION_FRACTION_DAYS);
  const to = addDays(event.eventDate, EJECTION_FRACTION_DAYS);
  const latest = chooseLatest(measurements, "INITIATING_EVENT", from, to);
  for (const measurement of latest.values()) addMeasurement(event.draft, measurement);
}

/** An assessment of the latest value of each item within the window, with the drugs of its day; null where nothing was measured. */
export function makeAssessment(
  parent: OpenDraft,
  window: AssessmentWindow,
  measurements: readonly Measurement[],
  file: PatientFile,
  run: FhirRun,
): readonly OpenDraft[] {
  const chosen = [...chooseLatest(measurements, "ASSESSMENT", window.from, window.to).values()];
  const last = chosen.reduce<Measurement | null>(
    (latest, measurement) => (latest === null || measurement.date.value >= latest.date.value ? measurement : latest),
    null,
  );
  if (last === null) return [];
  const { expression } = last.use.entry;
  const assessment = openDraft({ recordType: "ASSESSMENT", parent, sourceRecordId: null, expression });
  setItem(assessment, "number", window.number, expression);
  setItem(assessment, "date", last.date.value, last.use.ledger.expressionOf(last.date.path));
  assessment.mappingReport.push({
    expression,
    sourceField: "Observation",
    result: "DEFAULTED",
    recordType: "ASSESSMENT",
    field: "number",
    reason: "NUMBER_BY_DATE",
  });
  for (const measurement of chosen) addMeasurement(assessment, measurement);
  return [assessment, ...makeDrugs(assessment, last.date.value, window.to, file.drugs, run)];
}

function chooseLatest(
  measurements: readonly Measurement[],
  recordType: Measurement["target"]["recordType"],
  from: string | null,
  to: string,
): ReadonlyMap<string, Measurement> {
  const latest = new Map<string, Measurement>();
  for (const measurement of measurements) {
    const { target, value, date } = measurement;
    if (value === null || target.recordType !== recordType || date.value > to || (from !== null && date.value < from)) continue;
    latest.set(target.item, measurement);
  }
  return latest;
}

function addMeasurement(draft: OpenDraft, { use, target, value, date, path }: Measurement): void {
  setItem(draft, target.item, value, use.ledger.expressionOf(path));
  use.giveTo(draft);
  use.judgedBy(target.recordType, MEASUREMENT_JUDGED);
  reportMeasured(use, target.item, target.recordType, path);
  use.ledger.mapped(date.path, target.recordType, target.recordType === "ASSESSMENT" ? "date" : null);
}

/** The number's own field; unit and code of the same quantity, and the code of a component, decided about it. */
function reportMeasured(use: ResourceUse, item: string, recordType: Measurement["target"]["recordType"], path: string): void {
  use.ledger.mapped(path, recordType, item);
  if (!path.endsWith(".value")) return;
  const quantity = path.slice(0, -".value".length);
  use.ledger.judged(quantity, ["unit", "system", "code"], recordType);
  const component = quantity.slice(0, Math.max(0, quantity.lastIndexOf(".")));
  if (component !== "") use.ledger.judged(component, ["code"], recordType);
}

/** One drug per class that was begun by the end of the window and not ended before the assessment; the latest statement decides. */
function makeDrugs(
  assessment: OpenDraft,
  date: string,
  until: string,
  statements: readonly DrugStatement[],
  run: FhirRun,
): readonly OpenDraft[] {
  const latest = new Map<string, DrugStatement>();
  for (const statement of statements) {
    if (statement.from > until || (statement.to !== null && statement.to < date)) continue;
    const known = latest.get(statement.drugClass);
    if (known === undefined || statement.from >= known.from) latest.set(statement.drugClass, statement);
  }
  return [...latest.values()].map((statement) => makeDrug(assessment, statement, run));
}

function makeDrug(parent: OpenDraft, { use, drugClass, taking, path, byName }: DrugStatement, run: FhirRun): OpenDraft {
  const { expression } = use.entry;
  const sourceRecordId = run.takeSourceRecordId("DRUG", use.sourceRecordId);
  const draft = openDraft({ recordType: "DRUG", parent, sourceRecordId, expression });
  setItem(draft, "class", drugClass, `${expression}.${path}`);
  setItem(draft, "taking", taking, `${expression}.status`);
  if (use.owner === null) {
    use.giveTo(draft);
    use.judgedBy("DRUG", [
      "subject",
      "intent",
      "doNotPerform",
      "authoredOn",
      "effectiveDateTime",
      "effectivePeriod",
      "dateAsserted",
    ]);
    use.ledger.mapped(path, "DRUG", "class", byName ? "CLASS_BY_INGREDIENT_NAME" : null);
    use.ledger.mapped("status", "DRUG", "taking");
  }
  if (byName) {
    const params = { reason: "CLASS_BY_INGREDIENT_NAME" };
    draft.issues.push({
      severity: "WARNING",
      code: "CODE_NOT_TRANSLATED",
      field: "class",
      expression: `${expression}.${path}`,
      params,
    });
  }
  return draft;
}
