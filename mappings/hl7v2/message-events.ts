/** The trigger events that are mapped, as data (HL7 table 0003). Every other one is refused whole: a half-understood message would do harm. */

/**
 * What a message says of the visit in its PV1. `NONE`: it is about the person; PV1 is there because v2.4 demands one. `STAY`: the visit
 * takes place, or took place. `PLANNED`: it has not begun. `CANCELLED`: it did not take place. `REOPENED`: its end did not.
 */
export type VisitStatement = "NONE" | "STAY" | "PLANNED" | "CANCELLED" | "REOPENED";

/** What a message says of numbers that the patient had before, or that another one had (MRG), or of two patients who were taken for one. */
export type IdentityChange = "MERGE" | "NEW_IDENTIFIER" | "UNMERGE";

export interface MessageEvent {
  readonly name: string;
  readonly kind: "PATIENT" | "RESULT" | "REFERRAL" | "APPOINTMENT";
  readonly visit: VisitStatement;
  /** The visit begins with the event: it did so when the event occurred. */
  readonly beginsVisit: boolean;
  /** The visit is over, whether or not PV1-45 says when. */
  readonly endsVisit: boolean;
  readonly identityChange: IdentityChange | null;
  /** The message may hold several patients, each PID with what follows it. */
  readonly severalPatients: boolean;
  /** A referral or an appointment that is taken back, or was not kept. */
  readonly withdrawn: boolean;
}

const PERSON: MessageEvent = {
  name: "",
  kind: "PATIENT",
  visit: "NONE",
  beginsVisit: false,
  endsVisit: false,
  identityChange: null,
  severalPatients: false,
  withdrawn: false,
};
const STAY: MessageEvent = { ...PERSON, visit: "STAY" };
const RESULT: MessageEvent = { ...STAY, kind: "RESULT", severalPatients: true };
const REFERRAL: MessageEvent = { ...STAY, kind: "REFERRAL" };
const APPOINTMENT: MessageEvent = { ...PERSON, kind: "APPOINTMENT", severalPatients: true };

const ADT: readonly (readonly [trigger: string, event: MessageEvent])[] = [
  ["A01", { ...STAY, name: "admission", beginsVisit: true }],
  ["A02", { ...STAY, name: "transfer" }],
  ["A03", { ...STAY, name: "discharge", endsVisit: true }],
  ["A04", { ...STAY, name: "registration of an out-patient", beginsVisit: true }],
  ["A05", { ...STAY, name: "pre-admission", visit: "PLANNED" }],
  ["A08", { ...STAY, name: "update of patient or visit" }],
  ["A11", { ...STAY, name: "cancelled admission", visit: "CANCELLED" }],
  ["A12", { ...STAY, name: "cancelled transfer" }],
  ["A13", { ...STAY, name: "cancelled discharge", visit: "REOPENED" }],
  ["A28", { ...PERSON, name: "addition of a person" }],
  ["A31", { ...PERSON, name: "update of a person" }],
  ["A34", { ...PERSON, name: "merge of patients (to v2.3)", identityChange: "MERGE", severalPatients: true }],
  ["A37", { ...PERSON, name: "two patients who are not one", identityChange: "UNMERGE", severalPatients: true }],
  ["A40", { ...PERSON, name: "merge of patients", identityChange: "MERGE", severalPatients: true }],
  ["A47", { ...PERSON, name: "change of the patient's identifiers", identityChange: "NEW_IDENTIFIER", severalPatients: true }],
];

const ORU: readonly (readonly [trigger: string, event: MessageEvent])[] = [
  ["R01", { ...RESULT, name: "results" }],
  ["R30", { ...RESULT, name: "results at the point of care, without an order" }],
  ["R31", { ...RESULT, name: "results at the point of care, order to be found" }],
  ["R32", { ...RESULT, name: "results at the point of care, ordered" }],
];

const REF: readonly (readonly [trigger: string, event: MessageEvent])[] = [
  ["I12", { ...REFERRAL, name: "referral" }],
  ["I13", { ...REFERRAL, name: "changed referral" }],
  ["I14", { ...REFERRAL, name: "cancelled referral", withdrawn: true }],
];

/** S15 to S17 and S26 say that it will not be, or was not; S20 to S25 take a part of it away, or change one. */
const WITHDRAWN_APPOINTMENTS: ReadonlySet<number> = new Set([15, 16, 17, 26]);
const SIU = Array.from({ length: 15 }, (_, index): readonly [string, MessageEvent] => {
  const number = index + 12;
  return [`S${number}`, { ...APPOINTMENT, name: "appointment", withdrawn: WITHDRAWN_APPOINTMENTS.has(number) }];
});

/** By message type and trigger event, MSH-9.1 and MSH-9.2: `ADT A01`. */
export const MESSAGE_EVENTS: ReadonlyMap<string, MessageEvent> = new Map(
  Object.entries({ ADT, ORU, REF, SIU }).flatMap(([type, events]) =>
    events.map(([trigger, event]): [string, MessageEvent] => [`${type} ${trigger}`, event]),
  ),
);
