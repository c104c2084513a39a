/** OBR and OBX: results and observations, read by the same rules as those of every other door (`support/measurement.ts`). */
import type { Issue, MappingReportLine } from "../../src/records/issue.ts";
import { type MessageSource, type Place, toDroppedLine } from "../support/hl7v2-message-source.ts";
import type { DatedMeasurement, ObservationDate } from "../support/hl7v2-rehabilitation-drafts.ts";
import { toInstant, toWholeDate } from "../support/hl7v2-timestamp.ts";
import { splitBloodPressure, toMeasurement } from "../support/measurement.ts";
import type { MeasurementOutcome } from "../support/measurement-outcome.ts";
import { IDENTIFIER, METHOD, ORDER_CODE, readSent, UNITS, VALUE_TYPE } from "./obx-value.ts";
import type { Segment } from "./parse-message.ts";
import { fieldText, repetitionsOf } from "./read-field.ts";

/** OBX fields by number. */
const VALUE = 5;
const STATUS = 11;
const OBSERVED = 14;
/** OBR fields by number. */
const ORDER_TIME = 7;
const ORDER_STATUS = 25;

/** Results that stand (HL7 tables 0085 and 0123): final, corrected, amended, made final. */
const STANDING: ReadonlySet<string> = new Set(["F", "C", "A", "U"]);
/** Results that take an earlier one back: deleted, wrong. */
const TAKEN_BACK: ReadonlySet<string> = new Set(["D", "W"]);
const STATUS_LETTER = /^[A-Z]$/;
const DAY_LENGTH = "YYYYMMDD".length;

export interface Observations {
  readonly measurements: readonly DatedMeasurement[];
  readonly issues: readonly Issue[];
  readonly mappingReport: readonly MappingReportLine[];
}

type Meant = Extract<MeasurementOutcome, { readonly kind: "VALUE" | "REFUSED" }>;
type StatedDate = ObservationDate & { readonly place: Place };

/** What is said about the value of an OBX. */
interface Result {
  readonly obx: Segment;
  readonly order: Segment | undefined;
  readonly place: Place;
  /** OBX-11, else the status of the whole order; null where neither says anything. */
  readonly status: string | null;
  readonly date: StatedDate | null;
}

const NO_OBSERVATIONS: Observations = { measurements: [], issues: [], mappingReport: [] };

/** Every OBX of one patient; each belongs to the OBR before it, which dates it where it has no time of its own. */
export function readObservations(source: MessageSource): Observations {
  if (!source.message.segments.some(({ name }) => name === "OBX")) return NO_OBSERVATIONS;
  const reader = new ObservationReader(source);
  let order: Segment | undefined;
  for (const segment of source.message.segments) {
    if (segment.name === "OBR") order = segment;
    if (segment.name === "OBX") reader.read(segment, order);
  }
  return reader;
}

class ObservationReader implements Observations {
  readonly measurements: DatedMeasurement[] = [];
  readonly issues: Issue[] = [];
  readonly mappingReport: MappingReportLine[] = [];
  readonly #source: MessageSource;

  constructor(source: MessageSource) {
    this.#source = source;
  }

  read(obx: Segment, order: Segment | undefined): void {
    const values = repetitionsOf(this.#source.message, obx, VALUE);
    const [value] = values;
    if (value === undefined) return;
    // Which of several values is meant is not guessed.
    if (values.length > 1) return this.#drop(this.#source.use(obx, VALUE), "SEVERAL_VALUES");
    const place = this.#source.use(obx, VALUE);
    const { profile, tables } = this.#source;
    const known = { localCodes: profile.observationCodes, siteCodes: tables.siteCodes };
    const outcomes = splitBloodPressure(readSent(this.#source, obx, order, value)).map((part) => toMeasurement(part, known));
    if (outcomes.every(({ kind }) => kind === "UNKNOWN")) {
      this.mappingReport.push({ ...toDroppedLine(place, "NO_NACR_ITEM"), result: "UNMAPPED" });
      return;
    }
    this.#guide(obx, order);
    for (const outcome of outcomes) if (outcome.kind === "DROPPED") this.#drop(place, outcome.reason);
    const meant = outcomes.filter((outcome) => outcome.kind === "VALUE" || outcome.kind === "REFUSED");
    if (meant.length === 0) return;
    const result = { obx, order, place, status: this.#readStatus(obx, order), date: this.#readDate(obx, order) };
    for (const outcome of meant) this.#take(outcome, result);
  }

  /** A value that does not stand, or is of no day, is none, whatever it says. */
  #take(outcome: Meant, { obx, order, place, status, date }: Result): void {
    const { item } = outcome.target;
    const isTakenBack = status !== null && TAKEN_BACK.has(status);
    if (status !== null && !STANDING.has(status) && !isTakenBack) return this.#refuse(place, item, toStatusReason(status));
    if (outcome.kind === "REFUSED") {
      if (isTakenBack) return this.#drop(place, "TAKEN_BACK");
      const params = { reason: outcome.reason, ...(outcome.stated === undefined ? {} : { stated: outcome.stated }) };
      this.issues.push({ severity: "WARNING", code: outcome.code, field: item, expression: place.expression, params });
      return this.#drop(place, outcome.reason);
    }
    if (date === null) return this.#refuse(place, item, "NO_DATE");
    if (outcome.warning !== null) this.#warn(outcome.warning.code, item, place, outcome.warning.reason);
    this.measurements.push({
      target: outcome.target,
      value: outcome.value,
      note: outcome.note,
      date: { value: date.value, instant: date.instant },
      reading: order === undefined ? "" : this.#source.expressionOf(order),
      place,
      datePlace: date.place,
      recordExpression: this.#source.expressionOf(obx),
      isTakenBack,
    });
  }

  #guide(obx: Segment, order: Segment | undefined): void {
    const guides = [
      [VALUE_TYPE, "VALUE_TYPE"],
      [IDENTIFIER, "OBSERVATION_CODE"],
      [UNITS, "UNIT"],
      [STATUS, "RESULT_STATUS"],
      [METHOD, "METHOD"],
    ] as const;
    for (const [field, reason] of guides) {
      if (obx.fields[field]) this.mappingReport.push(this.#source.guide(obx, field, reason));
    }
    if (order?.fields[ORDER_CODE]) this.mappingReport.push(this.#source.guide(order, ORDER_CODE, "PANEL"));
  }

  #readStatus(obx: Segment, order: Segment | undefined): string | null {
    const own = fieldText(this.#source.message, obx, STATUS);
    if (own || order === undefined) return own?.toUpperCase() ?? null;
    const ofOrder = fieldText(this.#source.message, order, ORDER_STATUS);
    if (!ofOrder) return null;
    this.mappingReport.push(this.#source.guide(order, ORDER_STATUS, "RESULT_STATUS"));
    return ofOrder.toUpperCase();
  }

  #readDate(obx: Segment, order: Segment | undefined): StatedDate | null {
    const { message, profile } = this.#source;
    for (const [segment, field] of [[obx, OBSERVED] as const, [order, ORDER_TIME] as const]) {
      const text = fieldText(message, segment, field);
      if (segment === undefined || !text) continue;
      const value = toWholeDate(text, profile.timeZone);
      if (value !== null) {
        this.mappingReport.push(this.#source.guide(segment, field, "OBSERVATION_DATE"));
        const instant = text.length > DAY_LENGTH ? Date.parse(toInstant(text, profile.timeZone) ?? "") : null;
        return { value, instant, place: this.#source.use(segment, field) };
      }
      this.mappingReport.push(this.#source.drop(segment, field, "NO_DATE"));
    }
    return null;
  }

  #drop(place: Place, reason: string): void {
    this.mappingReport.push(toDroppedLine(place, reason));
  }

  #refuse(place: Place, item: string, reason: string): void {
    this.#warn("SOURCE_DROPPED", item, place, reason);
    this.#drop(place, reason);
  }

  #warn(code: string, item: string, { expression }: Place, reason: string): void {
    this.issues.push({ severity: "WARNING", code, field: item, expression, params: { reason } });
  }
}

/** The letter of the table; the sender's own text is not repeated. */
const toStatusReason = (status: string): string => (STATUS_LETTER.test(status) ? `STATUS_${status}` : "STATUS_UNREADABLE");
