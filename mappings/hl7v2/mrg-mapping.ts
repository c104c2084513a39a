/**
 * Whose records are whose: MRG names the numbers a patient had before, or those of a patient who is another one's from now on; of two
 * patients who are taken apart each has a PID. What it comes to depends on what is stored, which is for the submission to find out.
 */
import type { DraftRecord, OtherPatient } from "../../src/records/draft-record.ts";
import type { Issue, MappingReportLine } from "../../src/records/issue.ts";
import { type MessageSource, toDroppedLine } from "../support/hl7v2-message-source.ts";
import type { IdentityChange } from "./message-events.ts";
import type { Segment } from "./parse-message.ts";
import { IDENTIFIERS, readNumbers, type StatedNumbers } from "./pid-identifiers.ts";
import { segmentsOf } from "./read-field.ts";

/** MRG-1, prior patient identifier list. */
const PRIOR_IDENTIFIERS = 1;
const NO_USABLE_NUMBER = "NO_USABLE_NUMBER";

export interface IdentityStatement {
  /** What the draft of the patient says beyond its values. */
  readonly statement: Pick<DraftRecord, "merges" | "unmerges" | "replaces">;
  readonly issues: readonly Issue[];
  readonly mappingReport: readonly MappingReportLine[];
}

const NOTHING: IdentityStatement = { statement: {}, issues: [], mappingReport: [] };

/** @param other of two patients who are taken apart, the PID of the second one; read with the first */
export function readIdentityChange(
  source: MessageSource,
  change: IdentityChange | null,
  other: Segment | undefined,
): IdentityStatement {
  if (change === null) return NOTHING;
  if (change === "UNMERGE") return other === undefined ? NOTHING : readUnmerge(source, other);
  const read = segmentsOf(source.message, "MRG").map((mrg) => readPrior(source, mrg, change));
  const named = read.flatMap(({ prior }) => prior ?? []);
  return {
    statement: change === "MERGE" ? toMerges(named) : toReplaces(named),
    issues: read.flatMap(({ issues }) => issues),
    mappingReport: read.flatMap(({ mappingReport }) => mappingReport),
  };
}

const toMerges = (merges: readonly OtherPatient[]): IdentityStatement["statement"] => (merges.length === 0 ? {} : { merges });

/** One patient had the numbers of the first MRG; a number that a person gets instead of another one was superseded, not wrong. */
function toReplaces([prior]: readonly OtherPatient[]): IdentityStatement["statement"] {
  if (prior === undefined) return {};
  const { expression: _expression, ...values } = prior;
  return { replaces: { values, nhsNumberSuperseded: true, ifKnown: true } };
}

interface Prior extends Omit<IdentityStatement, "statement"> {
  readonly prior: OtherPatient | null;
}

const REASONS: Readonly<Record<Exclude<IdentityChange, "UNMERGE">, string>> = {
  MERGE: "MERGED_PATIENT",
  NEW_IDENTIFIER: "EARLIER_IDENTIFIER",
};

function readPrior(source: MessageSource, mrg: Segment, change: Exclude<IdentityChange, "UNMERGE">): Prior {
  const { expression } = source.use(mrg, PRIOR_IDENTIFIERS);
  const numbers = readNumbers(source, mrg, PRIOR_IDENTIFIERS);
  const prior = toPatient(numbers, expression);
  const further = [...mrg.fields.entries()].filter(([field, raw]) => field > PRIOR_IDENTIFIERS && raw !== "");
  const mappingReport = [
    ...toMappedLines(numbers, REASONS[change]),
    ...numbers.unused.map(({ place, reason }) => toDroppedLine(place, reason)),
    ...further.map(([field]) => source.drop(mrg, field, "PRIOR_IDENTIFIER_NOT_USED")),
  ];
  if (prior !== null) return { prior, issues: [], mappingReport };
  const issue: Issue = {
    severity: "WARNING",
    code: "SOURCE_DROPPED",
    field: null,
    expression,
    params: { reason: NO_USABLE_NUMBER },
  };
  return { prior, issues: [issue], mappingReport };
}

function readUnmerge(source: MessageSource, other: Segment): IdentityStatement {
  const { expression } = source.use(other, IDENTIFIERS);
  const patient = toPatient(readNumbers(source, other, IDENTIFIERS), expression);
  return patient === null ? NOTHING : { ...NOTHING, statement: { unmerges: [patient] } };
}

function toPatient({ nhsNumber, hospitalNumber }: StatedNumbers, expression: string): OtherPatient | null {
  if (nhsNumber === null && hospitalNumber === null) return null;
  return {
    ...(nhsNumber === null ? {} : { nhsNumber: nhsNumber.value }),
    ...(hospitalNumber === null ? {} : { hospitalNumber: hospitalNumber.value }),
    expression,
  };
}

/** They find a patient, and go into no item of the one that the message is about. */
const toMappedLines = ({ nhsNumber, hospitalNumber }: StatedNumbers, reason: string): readonly MappingReportLine[] =>
  [nhsNumber, hospitalNumber].flatMap((number) =>
    number === null ? [] : [{ ...number.place, result: "MAPPED", recordType: null, field: null, reason }],
  );
