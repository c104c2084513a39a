/** The ADT trigger events that are mapped, as data. Every other event is refused whole: a half-understood merge would do harm. */

export interface AdtEvent {
  readonly name: string;
  /** PV1 describes a visit. A28 and A31 carry a PV1 only because v2.4 demands one. */
  readonly aboutVisit: boolean;
  /** The visit is over, whether or not PV1-45 says when. */
  readonly endsVisit: boolean;
}

/** By trigger event, MSH-9.2 (HL7 table 0003). */
export const ADT_EVENTS: ReadonlyMap<string, AdtEvent> = new Map([
  ["A01", { name: "admission", aboutVisit: true, endsVisit: false }],
  ["A03", { name: "discharge", aboutVisit: true, endsVisit: true }],
  ["A04", { name: "registration of an out-patient", aboutVisit: true, endsVisit: false }],
  ["A08", { name: "update of patient or visit", aboutVisit: true, endsVisit: false }],
  ["A28", { name: "addition of a person", aboutVisit: false, endsVisit: false }],
  ["A31", { name: "update of a person", aboutVisit: false, endsVisit: false }],
]);
