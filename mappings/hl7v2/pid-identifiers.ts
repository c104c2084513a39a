/**
 * Who the message is about: PID-3 holds every number, in any order, told apart by assigning authority and identifier type. PID-2 and
 * PID-4, which older versions have beside it, are taken by the same marks and never without them. Only the NHS number and the sender's
 * own patient number are taken; social security, passport and all other numbers are never stored.
 */
import type { DraftBuilder } from "../support/hl7v2-draft-builder.ts";
import type { MessageSource, Place } from "../support/hl7v2-message-source.ts";
import type { Segment } from "./parse-message.ts";
import { componentOf, fieldText, type Repetition, repetitionsOf, type Stated, subcomponentOf } from "./read-field.ts";
import { sendingApplication, sendingFacility } from "./sending-facility.ts";

/** PID-3, PID-31 and PID-32 of HL7 v2.4. */
export const IDENTIFIERS = 3;
/** External and alternate patient id, to v2.3. */
const OLDER_IDENTIFIERS = [2, 4] as const;
const IDENTITY_UNKNOWN = 31;
const IDENTITY_RELIABILITY = 32;
/** Fields that hold other countries' or other registers' numbers: social security and driving licence. */
const NEVER_STORED = [19, 20] as const;
/** Ten equal digits stand for a number that is not known. */
const PLACEHOLDER = /^(\d)\1{9}$/;

interface Identifier {
  readonly field: number;
  readonly repetition: Repetition;
  readonly value: Stated;
  readonly isNhsNumber: boolean;
  /** How good a local number it is; 0 is best. Undefined: it is none. */
  readonly localRank: number | undefined;
  /** The sender itself gave it: of two of one type, another organisation's is not ours. */
  readonly isOwn: boolean;
}

export function mapIdentifiers(source: MessageSource, pid: Segment, draft: DraftBuilder): void {
  const identifiers = readIdentifiers(source, pid);
  const stated = identifiers.filter(({ isNhsNumber, value }) => isNhsNumber && value);
  const numbers = stated.filter(({ value }) => !PLACEHOLDER.test(value ?? ""));
  const nhsNumber = numbers[0] ?? stated[0];
  const differ = new Set(numbers.map(({ value }) => value?.replace(/[\s-]/g, ""))).size > 1;
  const local = bestLocal(identifiers);
  for (const identifier of identifiers) {
    const place = source.use(pid, identifier.field, identifier.repetition.position);
    // One person has one number: which of two is meant is not guessed.
    if (differ && numbers.includes(identifier)) draft.refuse("nhsNumber", place, "NHS_NUMBERS_DIFFER", "SOURCE_DROPPED");
    else if (identifier === nhsNumber) mapNhsNumber(source, pid, identifier, place, draft);
    else if (identifier === local) draft.map("hospitalNumber", identifier.value, place);
    else draft.drop(null, place, reasonOf(identifier));
  }
  if (draft.stated("nhsNumber") === undefined && draft.stated("hospitalNumber") === undefined) {
    draft.addIssue("ERROR", "PATIENT_UNIDENTIFIED", "nhsNumber", source.use(pid, IDENTIFIERS), "NO_USABLE_NUMBER");
  }
  for (const field of NEVER_STORED) {
    const isRead = source.profile.nhsNumber.otherFields.includes(field);
    if (!isRead && fieldText(source.message, pid, field)) draft.drop(null, source.use(pid, field), "IDENTIFIER_NOT_STORED");
  }
}

/** Best first: a number in PID-3 goes before the same kind of number elsewhere. */
function readIdentifiers(source: MessageSource, pid: Segment): readonly Identifier[] {
  const { otherFields } = source.profile.nhsNumber;
  const read = (field: number, take: (repetition: Repetition) => Omit<Identifier, "field">): readonly Identifier[] =>
    repetitionsOf(source.message, pid, field).map((repetition) => ({ field, ...take(repetition) }));
  return [
    ...read(IDENTIFIERS, (repetition) => classify(repetition, source)),
    ...otherFields.flatMap((field) => read(field, (repetition) => toNhsNumber(repetition))),
    ...OLDER_IDENTIFIERS.filter((field) => !otherFields.includes(field)).flatMap((field) =>
      read(field, (repetition) => withoutUnmarked(classify(repetition, source), source)),
    ),
  ];
}

/** A number with the place it stands at. */
interface StatedNumber {
  readonly value: string;
  readonly place: Place;
}

/** By which another patient, or the same one before, is named. */
export interface StatedNumbers {
  readonly nhsNumber: StatedNumber | null;
  readonly hospitalNumber: StatedNumber | null;
  readonly unused: readonly { readonly place: Place; readonly reason: string }[];
}

/** Of a list of identifiers the NHS number, where it can be trusted, and the sender's own. */
export function readNumbers(source: MessageSource, segment: Segment, field: number): StatedNumbers {
  const identifiers = repetitionsOf(source.message, segment, field).map((one) => ({ field, ...classify(one, source) }));
  const local = bestLocal(identifiers);
  const nhsNumber = identifiers.find(
    ({ isNhsNumber, value, repetition }) => isNhsNumber && value && !PLACEHOLDER.test(value) && !isDistrusted(repetition, source),
  );
  const placeOf = ({ repetition }: Identifier): Place => source.use(segment, field, repetition.position);
  const toNumber = (one: Identifier | undefined): StatedNumber | null =>
    one?.value ? { value: one.value, place: placeOf(one) } : null;
  const unused = identifiers.filter((one) => one !== local && one !== nhsNumber);
  return {
    nhsNumber: toNumber(nhsNumber),
    hospitalNumber: toNumber(local),
    unused: unused.map((one) => ({
      place: placeOf(one),
      reason: one.isNhsNumber && isDistrusted(one.repetition, source) ? "NHS_NUMBER_NOT_VERIFIED" : reasonOf(one),
    })),
  };
}

/** A field that by the sender's profile holds nothing but the NHS number. */
const toNhsNumber = (repetition: Repetition): Omit<Identifier, "field"> => ({
  repetition,
  value: componentOf(repetition, 1),
  isNhsNumber: true,
  localRank: undefined,
  isOwn: false,
});

/** Outside PID-3 a number without a type is anybody's. */
function withoutUnmarked(identifier: Omit<Identifier, "field">, source: MessageSource): Omit<Identifier, "field"> {
  const isMarked = (identifier.localRank ?? Number.POSITIVE_INFINITY) < source.profile.localNumber.types.length;
  return isMarked ? identifier : { ...identifier, localRank: undefined };
}

/** Names of authorities and types, without what senders put between their parts: `NHS Number`, `NHS_NUMBER`. */
const toName = (text: string): string => text.toUpperCase().replace(/[\s_-]/g, "");

function classify(repetition: Repetition, source: MessageSource): Omit<Identifier, "field"> {
  const { nhsNumber, localNumber } = source.profile;
  const stated = componentOf(repetition, 5);
  const type = stated ? toName(stated) : undefined;
  // An authority is named by namespace, by object identifier, or by both.
  const authorities = [1, 2].flatMap((part) => subcomponentOf(repetition, 4, part) ?? []).map(toName);
  const foreign = authorities.some((name) => nhsNumber.otherAuthorities.has(name));
  const ofNhs = authorities.some((name) => nhsNumber.authorities.has(name));
  const named = type === undefined ? ofNhs : nhsNumber.types.has(type) || (ofNhs && !nhsNumber.contraryTypes.has(type));
  const isNhsNumber = named && !foreign;
  const identifier = { repetition, value: componentOf(repetition, 1), isNhsNumber };
  if (isNhsNumber || foreign) return { ...identifier, localRank: undefined, isOwn: false };
  const isOwn = authorities.length === 0 || authorities.some((name) => isOfSender(name, source));
  const typeRank = type === undefined ? -1 : localNumber.types.indexOf(type);
  if (typeRank !== -1) return { ...identifier, localRank: typeRank, isOwn };
  const isLocal = type === undefined && (isOwn || authorities.some((name) => localNumber.authorities.has(name)));
  return { ...identifier, localRank: isLocal ? localNumber.types.length : undefined, isOwn };
}

function isOfSender(authority: string, { message }: MessageSource): boolean {
  const names = [sendingFacility(message), sendingApplication(message)];
  return names.some((name) => name !== null && toName(name) === authority);
}

function bestLocal(identifiers: readonly Identifier[]): Identifier | undefined {
  const placeOf = ({ localRank = Number.POSITIVE_INFINITY, isOwn }: Identifier): number => 2 * localRank + (isOwn ? 0 : 1);
  let best: Identifier | undefined;
  for (const candidate of identifiers) {
    if (candidate.localRank === undefined || !candidate.value) continue;
    if (best === undefined || placeOf(candidate) < placeOf(best)) best = candidate;
  }
  return best;
}

function reasonOf({ value, isNhsNumber, localRank }: Identifier): string {
  if (value === null) return "CANNOT_BE_CLEARED";
  if (value === undefined) return "NO_NUMBER";
  if (isNhsNumber) return "SECOND_NHS_NUMBER";
  return localRank === undefined ? "IDENTIFIER_NOT_STORED" : "SECOND_LOCAL_NUMBER";
}

/** A number that is not verified, or that stands on an unknown person's record, must not find or join anybody's record. */
function mapNhsNumber(
  source: MessageSource,
  pid: Segment,
  { repetition, value }: Identifier,
  place: Place,
  draft: DraftBuilder,
): void {
  if (isUnknownPerson(source, pid, draft)) return draft.refuse("nhsNumber", place, "IDENTITY_UNKNOWN", "SOURCE_DROPPED");
  const { distrustedStatuses } = source.profile.nhsNumber;
  if (statuses(source, pid, repetition, draft).some((status) => distrustedStatuses.has(status))) {
    return draft.refuse("nhsNumber", place, "NHS_NUMBER_NOT_VERIFIED", "SOURCE_DROPPED");
  }
  draft.map("nhsNumber", value, place);
}

function isUnknownPerson(source: MessageSource, pid: Segment, draft: DraftBuilder): boolean {
  const unknown = fieldText(source.message, pid, IDENTITY_UNKNOWN);
  if (unknown === undefined) return false;
  draft.guide(source.use(pid, IDENTITY_UNKNOWN), "IDENTITY_UNKNOWN");
  return unknown === "Y";
}

/** A verification status that calls itself one. */
const NAMED_STATUS = /^(?:NSTS|PDS)([0-9A-Z]{1,2})$/;

/**
 * Verification statuses of the NHS number, as two characters: `NSTS04` or `PDS4` in PID-32 or, in the place of the check digit, beside
 * the number itself (CX.2); in Wales CX.2 holds the bare status.
 */
function statuses(source: MessageSource, pid: Segment, number: Repetition, draft: DraftBuilder): readonly string[] {
  const reliability = repetitionsOf(source.message, pid, IDENTITY_RELIABILITY).map((repetition) => componentOf(repetition, 1));
  if (reliability.length > 0) draft.guide(source.use(pid, IDENTITY_RELIABILITY), "NHS_NUMBER_STATUS");
  return [...namedStatuses(reliability), ...statusesBeside(number, source)];
}

const isDistrusted = (number: Repetition, source: MessageSource): boolean =>
  statusesBeside(number, source).some((status) => source.profile.nhsNumber.distrustedStatuses.has(status));

function statusesBeside(number: Repetition, source: MessageSource): readonly string[] {
  const checkDigit = componentOf(number, 2);
  const bare = source.profile.nhsNumber.statusInCheckDigit ? checkDigit : undefined;
  return [...namedStatuses([checkDigit]), ...(bare ? [toStatus(bare)] : [])];
}

const namedStatuses = (codes: readonly Stated[]): readonly string[] =>
  codes.flatMap((code) => (code ? (NAMED_STATUS.exec(code.toUpperCase())?.[1] ?? []) : [])).map(toStatus);

const toStatus = (status: string): string => status.toUpperCase().padStart(2, "0");

/** The sender's own id of the patient: what `recordStatus` finds the record by. Longer texts are no ids (dataset 2.0). */
export function toSourceRecordId(value: unknown): string | null {
  const LONGEST = 64;
  return typeof value === "string" && value !== "" && value.length <= LONGEST ? value : null;
}
