/** RF1: a referral. Its date, its id and its standing; which service it is for is said by several segments. */
import type { MappingReportLine } from "../../src/records/issue.ts";
import { type MessageSource, toDroppedLine } from "../support/hl7v2-message-source.ts";
import type { RehabilitationEvidence } from "../support/hl7v2-rehabilitation-drafts.ts";
import { toWholeDate } from "../support/hl7v2-timestamp.ts";
import type { MessageEvent } from "./message-events.ts";
import { toSourceRecordId } from "./pid-identifiers.ts";
import { readReferrer } from "./prd-mapping.ts";
import { fieldText, firstSegment, segmentsOf } from "./read-field.ts";
import { bestRecognition, type Recognition, recogniseRehabilitation } from "./rehabilitation-service.ts";

/** RF1 fields by number. */
const STATUS = 1;
const TYPE = 3;
const REFERRAL_ID = 6;
const EFFECTIVE_DATE = 7;
const PROCESS_DATE = 9;
const REASON = 10;
/** What is asked for, where an order stands in the referral. */
const ORDER_CODE = 4;

/** HL7 table 0283: a referral that was rejected or has expired is none. */
const NO_REFERRAL: ReadonlySet<string> = new Set(["R", "E"]);

export interface StatedRehabilitation {
  readonly evidence: readonly RehabilitationEvidence[];
  readonly mappingReport: readonly MappingReportLine[];
}

/** Whether RF1 or OBR asks for cardiac rehabilitation. */
export const recogniseReferral = (source: MessageSource): Recognition | null =>
  bestRecognition([
    ...segmentsOf(source.message, "RF1").flatMap((rf1) =>
      [TYPE, REASON].map((field) => recogniseRehabilitation(source, rf1, field)),
    ),
    ...segmentsOf(source.message, "OBR").map((obr) => recogniseRehabilitation(source, obr, ORDER_CODE)),
  ]);

/** @param visitId the stay the message names, PV1-19 */
export function readReferral(
  source: MessageSource,
  event: MessageEvent,
  recognition: Recognition,
  visitId: string | null,
): StatedRehabilitation {
  const rf1 = firstSegment(source.message, "RF1");
  if (rf1 === undefined) return { evidence: [], mappingReport: [] };
  const mappingReport: MappingReportLine[] = [];
  for (const [field, reason] of [
    [STATUS, "REFERRAL_STATUS"],
    [TYPE, "REHABILITATION_SERVICE"],
    [REFERRAL_ID, "REFERRAL_ID"],
    [REASON, "REFERRAL_REASON"],
  ] as const) {
    if (rf1.fields[field]) mappingReport.push(source.guide(rf1, field, reason));
  }
  const id = toSourceRecordId(fieldText(source.message, rf1, REFERRAL_ID));
  const common = { id, visitId: toSourceRecordId(visitId), recordExpression: source.expressionOf(rf1), recognition };
  if (event.withdrawn) {
    const place = source.use(rf1, REFERRAL_ID);
    return { evidence: [{ ...common, kind: "CANCELLED_REFERRAL", date: "", place }], mappingReport };
  }
  for (const field of [PROCESS_DATE, EFFECTIVE_DATE]) {
    const text = fieldText(source.message, rf1, field);
    if (!text) continue;
    const place = source.use(rf1, field);
    const date = toWholeDate(text, source.profile.timeZone);
    const status = fieldText(source.message, rf1, STATUS)?.toUpperCase() ?? "";
    if (date !== null && !NO_REFERRAL.has(status)) {
      const referrer = readReferrer(source);
      return { evidence: [{ ...common, kind: "REFERRAL", date, place, referrer }], mappingReport };
    }
    mappingReport.push(toDroppedLine(place, date === null ? "NO_DATE" : `STATUS_${status}`));
  }
  return { evidence: [], mappingReport };
}
