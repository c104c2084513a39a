/**
 * Which statement about a person or an episode stands where several organisations say different things (ADR 0023). The rules are data:
 * they are tried in their order, and the first that tells two statements apart decides. Nobody's row changes by it.
 */
import type { StatusMark } from "../dataset/define.ts";

/** How statements are told apart, in words that `resolve-journey.ts` knows. */
export const RANKINGS = [
  "KNOWN_OVER_UNKNOWN",
  "WITH_ITS_EVENT_TYPE",
  "PRECEDENCE_OF_VALUES",
  "OWN_OVER_COPY",
  "LATER_OVER_EARLIER",
  "FIRST_BY_CODE",
] as const;
export type Ranking = (typeof RANKINGS)[number];

/** What a winner rests on: a ranking, or that there was nothing to decide. */
export const WINNER_RULE_NAMES = ["ONLY_CLAIM", "ALL_AGREE", ...RANKINGS] as const;
export type WinnerRuleName = (typeof WINNER_RULE_NAMES)[number];

export interface WinnerRule {
  readonly name: WinnerRuleName;
  /** One sentence, for the people who see a winner. */
  readonly says: string;
  readonly status: StatusMark;
  readonly source: string;
}

/** What is special about an item. */
export interface ItemRules {
  /** Values that come first, level by level; in one level none comes before another. A value that is not listed comes last. */
  readonly precedence?: readonly (readonly string[])[];
}

/** Items that a link shows. */
export type PatientItem = "gender" | "ethnicGroup" | "maritalStatus";
export type EventItem = "eventType" | "eventDate";

export interface WinnerRules {
  /** In the order in which they are tried; the two that say that nothing had to be decided come first. */
  readonly rules: readonly WinnerRule[];
  readonly patient: Readonly<Record<PatientItem, ItemRules>>;
  readonly event: Readonly<Record<EventItem, ItemRules>>;
}

/** The rules in force. Which values are Unknown is the dictionary's to say. */
export const WINNER_RULES = {
  rules: [
    {
      name: "ONLY_CLAIM",
      says: "Nobody else states the item.",
      status: "D",
      source: "issue Journey, resolved journey",
    },
    {
      name: "ALL_AGREE",
      says: "All who state the item state the same.",
      status: "D",
      source: "issue Journey, resolved journey",
    },
    {
      name: "KNOWN_OVER_UNKNOWN",
      says: "A known value comes before Unknown.",
      status: "S",
      source: "[IMP]: Unknown overwrites good values, the defect to be avoided",
    },
    {
      name: "WITH_ITS_EVENT_TYPE",
      says: "The date of the event whose type stands: type and date are of one event.",
      status: "D",
      source: "[IMP]: an event is its type and its date together",
    },
    {
      name: "PRECEDENCE_OF_VALUES",
      says: "The value tells more about why the patient came in.",
      status: "J",
      source: "clinical judgement: an infarction of known type, any infarction, other diagnoses, a treatment, Other",
    },
    {
      name: "OWN_OVER_COPY",
      says: "The organisation that was named as the referring one states its own event, the one that names it a copy.",
      status: "D",
      source: "[IMP]: the referring trust passes the event on; issue Journey: own source system over copies",
    },
    {
      name: "LATER_OVER_EARLIER",
      says: "Stated later: by the time of the source, then by the time it was stored.",
      status: "D",
      source: "issue Journey: later over earlier",
    },
    {
      name: "FIRST_BY_CODE",
      says: "Nothing tells the statements apart: the first by organisation code stands, so that the answer is always the same.",
      status: "D",
      source: "our decision",
    },
  ],
  patient: { gender: {}, ethnicGroup: {}, maritalStatus: {} },
  event: {
    eventType: {
      precedence: [
        ["MI_STEMI", "MI_NSTEMI", "MI_WITH_HEART_FAILURE", "SCAD"],
        ["MI_UNKNOWN"],
        [
          "UNSTABLE_ANGINA",
          "ANGINA",
          "HEART_FAILURE",
          "ARRHYTHMIA",
          "CARDIAC_ARREST",
          "VALVE_DISEASE",
          "CONGENITAL_HEART",
          "PERIPHERAL_ARTERIAL_DISEASE",
          "HIGH_RISK",
          "CARDIOMYOPATHY",
        ],
        ["USE_TREATMENT"],
        ["OTHER"],
      ],
    },
    eventDate: {},
  },
} as const satisfies WinnerRules;
