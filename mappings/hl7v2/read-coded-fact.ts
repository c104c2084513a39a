/** Reads the coded statements of DG1 or PR1 segments: a code of a system the concept maps know, its day and its rank. */
import type { Issue, MappingReportLine } from "../../src/records/issue.ts";
import type { CodeSystem } from "../support/coded-target.ts";
import type { DatedFact } from "../support/hl7v2-event-drafts.ts";
import { type MessageSource, type Place, toDroppedLine } from "../support/hl7v2-message-source.ts";
import { toWholeDate } from "../support/hl7v2-timestamp.ts";
import { findSiteFact, type SiteFact } from "../support/site-meaning.ts";
import { codeSystemOf } from "./code-system.ts";
import type { Segment } from "./parse-message.ts";
import { componentOf, fieldText, repetitionsOf, segmentsOf } from "./read-field.ts";

/** A fact as one message states it. */
export interface StatedFact extends DatedFact {
  /** The message says that what was sent before is wrong. */
  readonly isTakenBack: boolean;
  /** How far the diagnosis had come: on admission or in work, or final. Null: nothing is said, or it is a procedure. */
  readonly stage: "EARLIER" | "FINAL" | null;
}

/** What the coding of one message amounts to. The report line of each fact itself comes from what is derived of it. */
export interface Coding {
  readonly facts: readonly StatedFact[];
  readonly issues: readonly Issue[];
  readonly mappingReport: readonly MappingReportLine[];
}

/** The segment and what is particular to it; the other fields stand at the same numbers in both. */
export interface CodedSegment {
  readonly name: "DG1" | "PR1";
  /** Field with the rank among the codes of the stay. */
  readonly priority?: number;
  /** Field with the stage of a diagnosis (HL7 table 0052). */
  readonly stage?: number;
  /** Field whose `D` takes an earlier statement back (from v2.5 on). */
  readonly action: number;
}

/** HL7 table 0052: admitting, working, final. */
const STAGES: ReadonlyMap<string, StatedFact["stage"]> = new Map([
  ["A", "EARLIER"],
  ["W", "EARLIER"],
  ["F", "FINAL"],
]);
const CODING_METHOD = 2;
const CODE = 3;
const DATE = 5;

/** CE and CWE: code, text, system; then the same three again for an alternative coding. */
const CODINGS = [
  { code: 1, text: 2, system: 3 },
  { code: 4, text: 5, system: 6 },
] as const;

interface MutableCoding extends Coding {
  readonly facts: StatedFact[];
  readonly issues: Issue[];
  readonly mappingReport: MappingReportLine[];
}

export function readCodedFacts(source: MessageSource, coded: CodedSegment): Coding {
  const coding: MutableCoding = { facts: [], issues: [], mappingReport: [] };
  for (const segment of segmentsOf(source.message, coded.name)) readSegment(source, segment, coded, coding);
  return coding;
}

function readSegment(source: MessageSource, segment: Segment, coded: CodedSegment, coding: MutableCoding): void {
  if (repetitionsOf(source.message, segment, CODE).length === 0) return;
  const place = source.use(segment, CODE);
  const isTakenBack = readAction(source, segment, coded, coding) === "D";
  const code = readCode(source, segment, coding);
  if (isTakenBack) coding.mappingReport.push(toDroppedLine(place, "TAKEN_BACK"));
  if (code === undefined) {
    if (!isTakenBack) reportUnknownSystem(place, coding);
    return;
  }
  coding.facts.push({
    ...code,
    ...place,
    ...readDate(source, segment, coding),
    rank: readRank(source, segment, coded, coding),
    stage: readStage(source, segment, coded, coding),
    isTakenBack,
    sourceRecordId: null,
    recordExpression: source.expressionOf(segment),
  });
}

function reportUnknownSystem(place: Place, coding: MutableCoding): void {
  const reason = "CODE_SYSTEM_UNKNOWN";
  const { expression } = place;
  coding.mappingReport.push(toDroppedLine(place, reason));
  coding.issues.push({
    severity: "WARNING",
    code: "CODE_NOT_TRANSLATED",
    field: null,
    expression,
    params: { label: "Clinical code", reason },
  });
}

interface Code {
  readonly system: CodeSystem;
  readonly code: string;
  readonly display: string;
  readonly siteMeaning?: SiteFact["siteMeaning"];
}

/** The first coding whose system is known; what the organisation has said of its own codes where the tables know nothing of it. */
function readCode(source: MessageSource, segment: Segment, coding: MutableCoding): Code | undefined {
  const site = readSiteCode(source, segment);
  if (site?.override) return site.code;
  const known = readKnownCode(source, segment, coding);
  if (known === undefined || site === undefined) return known ?? site?.code;
  return source.tables.terminology.lookUpCode(known.system, known.code).length > 0 ? known : site.code;
}

/** A table without a name is that of the field: `DG1-3`. */
function readSiteCode(
  source: MessageSource,
  segment: Segment,
): (Pick<SiteFact, "override"> & { readonly code: Code }) | undefined {
  const [stated] = repetitionsOf(source.message, segment, CODE);
  if (stated === undefined || source.tables.siteCodes === undefined) return undefined;
  for (const position of CODINGS) {
    const code = componentOf(stated, position.code);
    const table = componentOf(stated, position.system) ?? `${segment.name}-${CODE}`;
    const site = code ? findSiteFact(source.tables, table, code) : null;
    if (site === null) continue;
    const { override, ...fact } = site;
    return { override, code: { ...fact, display: componentOf(stated, position.text) ?? "" } };
  }
  return undefined;
}

/** Up to v2.3 the system stands in a field of its own. */
function readKnownCode(source: MessageSource, segment: Segment, coding: MutableCoding): Code | undefined {
  const [stated] = repetitionsOf(source.message, segment, CODE);
  if (stated === undefined) return undefined;
  for (const position of CODINGS) {
    const code = componentOf(stated, position.code);
    const system = codeSystemOf(source.profile, componentOf(stated, position.system) ?? "");
    if (code && system !== undefined) return { system, code, display: componentOf(stated, position.text) ?? "" };
  }
  const code = componentOf(stated, 1);
  const method = componentOf(stated, 3) === undefined ? fieldText(source.message, segment, CODING_METHOD) : undefined;
  const system = method ? codeSystemOf(source.profile, method) : undefined;
  if (!code || system === undefined) return undefined;
  coding.mappingReport.push(source.guide(segment, CODING_METHOD, "CODE_SYSTEM"));
  return { system, code, display: componentOf(stated, 2) ?? "" };
}

/** In upper case. */
function readAction(source: MessageSource, segment: Segment, { action }: CodedSegment, coding: MutableCoding): string | null {
  const text = fieldText(source.message, segment, action);
  if (!text) return null;
  coding.mappingReport.push(source.guide(segment, action, "ACTION"));
  return text.toUpperCase();
}

function readStage(source: MessageSource, segment: Segment, { stage }: CodedSegment, coding: MutableCoding): StatedFact["stage"] {
  const text = stage === undefined ? undefined : fieldText(source.message, segment, stage);
  const known = text ? STAGES.get(text.toUpperCase()) : undefined;
  if (stage === undefined || known === undefined) return null;
  coding.mappingReport.push(source.guide(segment, stage, "DIAGNOSIS_STAGE"));
  return known;
}

function readDate(source: MessageSource, segment: Segment, coding: MutableCoding): Pick<DatedFact, "date" | "dateExpression"> {
  const text = fieldText(source.message, segment, DATE);
  if (!text) return { date: null, dateExpression: null };
  const date = toWholeDate(text, source.profile.timeZone);
  const place = source.use(segment, DATE);
  coding.mappingReport.push(date === null ? toDroppedLine(place, "NO_DATE") : source.guide(segment, DATE, "DATE_OF_CODE"));
  return { date, dateExpression: place.expression };
}

/** 1 is the primary diagnosis; 0 says that the diagnosis is not ranked. */
function readRank(source: MessageSource, segment: Segment, { priority }: CodedSegment, coding: MutableCoding): number | null {
  const text = priority === undefined ? undefined : fieldText(source.message, segment, priority);
  if (priority === undefined || !text || !/^\d{1,2}$/.test(text)) return null;
  coding.mappingReport.push(source.guide(segment, priority, "RANK_OF_CODE"));
  return Number(text) || null;
}
