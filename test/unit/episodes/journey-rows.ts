/** Rows of invented persons for tests of the resolved journey. */
import fc from "fast-check";
import { keyOf } from "../../../src/episodes/link-words.ts";
import type {
  JourneyEvent,
  JourneyPatient,
  JourneyTreatment,
  PersonRows,
  Resolving,
} from "../../../src/episodes/resolve-journey.ts";
import { WINNER_RULES } from "../../../src/episodes/winner-rules.ts";

const TIME = "2026-03-01T09:00:00.000Z";

export const patientOf = (
  ods: string,
  values: Partial<JourneyPatient["values"]>,
  more: Partial<JourneyPatient> = {},
): JourneyPatient => ({
  ods,
  id: `patient-${ods}`,
  sourceTime: TIME,
  updatedAt: TIME,
  values: { gender: null, ethnicGroup: null, maritalStatus: null, ...values },
  ...more,
});

export const eventOf = (
  ods: string,
  eventType: string | null,
  eventDate: string | null,
  more: Partial<JourneyEvent> = {},
): JourneyEvent => ({
  ods,
  id: `event-${ods}`,
  patientId: `patient-${ods}`,
  sourceTime: TIME,
  updatedAt: TIME,
  values: { eventType, eventDate },
  referringOrganisation: null,
  ...more,
});

export const treatmentOf = (ods: string, type: string | null, date: string | null, more: Partial<JourneyTreatment> = {}) => ({
  ods,
  id: `treatment-${ods}-${type}-${date}`,
  eventId: `event-${ods}`,
  sourceTime: TIME,
  updatedAt: TIME,
  type,
  date,
  ...more,
});

/** All events one episode. */
export const personOf = (rows: Partial<PersonRows>): PersonRows => ({
  patients: [],
  events: [],
  treatments: [],
  episodeOf: new Map((rows.events ?? []).map((event) => [keyOf(event), "episode"])),
  ...rows,
});

/** As the dictionary has them. */
const UNKNOWNS: ReadonlySet<string> = new Set(["UNKNOWN", "NOT_KNOWN", "NOT_SPECIFIED", "NOT_STATED"]);
export const resolving: Resolving = { rules: WINNER_RULES, isUnknown: (_item, value) => UNKNOWNS.has(value) };

const anyTime = fc.constantFrom(TIME, "2026-03-02T09:00:00.000Z", "2026-03-03T09:00:00.000Z");
const anyCode = fc.constantFrom("RAA", "RBB", "RCC", "RDD");
const anyType = fc.constantFrom(
  null,
  "UNKNOWN",
  "OTHER",
  "USE_TREATMENT",
  "ANGINA",
  "HEART_FAILURE",
  "MI_UNKNOWN",
  "MI_STEMI",
  "MI_NSTEMI",
  "SOME_LATER_TYPE",
);
const anyDate = fc.constantFrom(null, "2026-01-02", "2026-01-03", "2026-01-20");

/** Up to eight events of one episode, with treatments and a patient for each. */
export const anyPerson: fc.Arbitrary<PersonRows> = fc
  .array(
    fc.record({
      ods: anyCode,
      type: anyType,
      date: anyDate,
      sourceTime: anyTime,
      updatedAt: anyTime,
      referrer: fc.option(anyCode, { nil: null }),
      gender: fc.constantFrom(null, "MALE", "FEMALE", "NOT_KNOWN", "NOT_SPECIFIED"),
      treatment: fc.constantFrom(null, "PCI", "UNKNOWN"),
    }),
    { maxLength: 8 },
  )
  .map((drawn) =>
    personOf({
      patients: drawn.map(({ ods, sourceTime, updatedAt, gender }, at) =>
        patientOf(ods, { gender }, { id: `p${at}`, sourceTime, updatedAt }),
      ),
      events: drawn.map(({ ods, type, date, sourceTime, updatedAt, referrer }, at) =>
        eventOf(ods, type, date, { id: `e${at}`, patientId: `p${at}`, sourceTime, updatedAt, referringOrganisation: referrer }),
      ),
      treatments: drawn.map(({ ods, treatment, date }, at) =>
        treatmentOf(ods, treatment, date, { id: `t${at}`, eventId: `e${at}` }),
      ),
    }),
  );
