/**
 * The episode rules in force (ADR 0021). A window in days is the last day that still counts. The order is the precedence: what a
 * definition or a record itself says comes before what is only near in time.
 */
import type { EpisodeRules } from "./episode-rules.ts";

/** A date corrected, or taken by the second team from arrival or transfer, is off by this much. */
const DATE_SLIP_DAYS = 2;
/** A new infarction up to this day counts with the first (reinfarction); after it, it is another one (recurrent). */
const REINFARCTION_DAYS = 28;
/** Treatments and complications of the acute phase; as long as a reinfarction may take, for want of a better figure. */
const ACUTE_PHASE_DAYS = 28;
/** The NHS counts an emergency admission within this many days as a readmission. From discharge; here from the event, which is stricter. */
const READMISSION_DAYS = 30;
/** What was planned because of an event (dataset Decision 11; interop 1.7, 11). */
const EPISODE_DAYS = 90;
/** A treatment may be dated a day before its event, and up to a year after it (dataset 2.2). */
const TREATMENT_DAYS = 365;
const LATE_STAGED_PCI_DAYS = 180;
const FOR_EVER_DAYS = 40_000;

const CORONARY = ["INFARCTION", "UNSTABLE_ANGINA", "ANGINA"] as const;
const REVASCULARISATION = ["PCI", "CABG"] as const;
const PROCEDURE = [...REVASCULARISATION, "VALVE_PROCEDURE", "DEVICE", "HEART_REPLACEMENT", "OTHER_SURGERY", "TREATMENT"] as const;
/** What somebody is admitted with. */
const ADMISSION = [...CORONARY, "HEART_FAILURE", "ARRHYTHMIA", "CARDIAC_ARREST", "VALVE_DISEASE", "UNSPECIFIED"] as const;
/** What is referred from a clinic, for itself. */
const CLINIC = ["CONGENITAL_HEART", "PERIPHERAL_DISEASE", "HIGH_RISK"] as const;
const DIAGNOSIS = [...ADMISSION, ...CLINIC] as const;

export const EPISODE_RULES = {
  kindOfType: {
    MI_STEMI: "INFARCTION",
    MI_NSTEMI: "INFARCTION",
    MI_UNKNOWN: "INFARCTION",
    MI_WITH_HEART_FAILURE: "INFARCTION",
    // Spontaneous dissection of a coronary artery presents as infarction and is often coded as one.
    SCAD: "INFARCTION",
    UNSTABLE_ANGINA: "UNSTABLE_ANGINA",
    ANGINA: "ANGINA",
    HEART_FAILURE: "HEART_FAILURE",
    CARDIOMYOPATHY: "HEART_FAILURE",
    ARRHYTHMIA: "ARRHYTHMIA",
    CARDIAC_ARREST: "CARDIAC_ARREST",
    VALVE_DISEASE: "VALVE_DISEASE",
    CONGENITAL_HEART: "CONGENITAL_HEART",
    PERIPHERAL_ARTERIAL_DISEASE: "PERIPHERAL_DISEASE",
    HIGH_RISK: "HIGH_RISK",
    USE_TREATMENT: "TREATMENT",
    OTHER: "UNSPECIFIED",
    UNKNOWN: "UNSPECIFIED",
  },
  kindsOfProcedure: {
    PCI: ["PCI"],
    STAGED_PCI: ["PCI", "STAGED_PCI"],
    // Primary PCI is done for an infarction of that day, so it says that there was one.
    PRIMARY_PCI: ["INFARCTION"],
    BYPASS_SURGERY: ["CABG"],
    AORTIC_VALVE_REPAIR_REPLACE: ["VALVE_PROCEDURE"],
    MITRAL_VALVE_REPAIR_REPLACE: ["VALVE_PROCEDURE"],
    TRICUSPID_VALVE_REPAIR_REPLACE: ["VALVE_PROCEDURE"],
    TAVI: ["VALVE_PROCEDURE"],
    PACEMAKER: ["DEVICE"],
    ICD: ["DEVICE"],
    CRT: ["DEVICE"],
    LV_ASSIST_DEVICE: ["HEART_REPLACEMENT"],
    TRANSPLANT: ["HEART_REPLACEMENT"],
    OTHER_SURGERY: ["OTHER_SURGERY"],
  },
  treatmentTypes: ["USE_TREATMENT"],
  plannedTypes: ["ANGINA", "OTHER", "UNKNOWN"],
  rules: [
    {
      name: "RECURRENT_INFARCTION",
      says: "Two infarctions more than 28 days apart are two by definition; only people can know that one date is wrong.",
      status: "J",
      source: "Universal definition of myocardial infarction: reinfarction within 28 days, recurrent infarction after",
      when: [
        { first: ["INFARCTION"], second: ["INFARCTION"], days: [REINFARCTION_DAYS + 1, EPISODE_DAYS] },
        { first: ["INFARCTION"], second: ["INFARCTION"], days: [EPISODE_DAYS + 1, TREATMENT_DAYS], agree: "PROCEDURE" },
        {
          first: ["INFARCTION"],
          second: ["INFARCTION"],
          days: [EPISODE_DAYS + 1, TREATMENT_DAYS],
          agree: "PROCEDURE_ON_EVENT_DATE",
        },
      ],
      action: "PROPOSE_ONLY",
      confidence: "POSSIBLE",
    },
    {
      name: "SAME_TYPE_SAME_DATE",
      says: "Both have the same event type and the same event date.",
      status: "S",
      source: "[IMP]: an event is new when its type or its date differs",
      when: [{ days: [0, 0], agree: "TYPE" }],
      action: "LINK",
      confidence: "CERTAIN",
    },
    {
      name: "SAME_PROCEDURE",
      says: "Both list the same procedure with the same date.",
      status: "J",
      source: "[IMP]: the second team's row of a procedure beside the first team's event",
      when: [
        { days: [0, EPISODE_DAYS], agree: "PROCEDURE" },
        { second: PROCEDURE, days: [EPISODE_DAYS + 1, TREATMENT_DAYS], agree: "PROCEDURE" },
        { undated: true, agree: "PROCEDURE" },
      ],
      action: "LINK",
      confidence: "CERTAIN",
    },
    {
      name: "TREATMENT_SENT_AS_EVENT",
      says: "One is a treatment sent as an event, on a date on which the other lists a procedure.",
      status: "S",
      source: "[IMP]: a second team's PCI or CABG row after a first team's MI row",
      when: [{ second: PROCEDURE, days: [-DATE_SLIP_DAYS, TREATMENT_DAYS], agree: "PROCEDURE_ON_EVENT_DATE" }],
      action: "LINK",
      confidence: "CERTAIN",
    },
    {
      name: "TREATMENT_ON_EVENT_DATE",
      says: "One is dated on the day of a procedure that the other lists, within 90 days.",
      status: "D",
      source: "issue Journey: treatment date equal to another's event date",
      when: [{ second: ADMISSION, days: [-DATE_SLIP_DAYS, EPISODE_DAYS], agree: "PROCEDURE_ON_EVENT_DATE" }],
      action: "LINK",
      confidence: "PROBABLE",
    },
    {
      name: "LATE_TREATMENT_ON_EVENT_DATE",
      says: "One is dated on the day of a procedure that the other lists, but more than 90 days after it.",
      status: "J",
      source: "clinical judgement: the procedure of a new event may have been put under the old one",
      when: [{ second: ADMISSION, days: [EPISODE_DAYS + 1, TREATMENT_DAYS], agree: "PROCEDURE_ON_EVENT_DATE" }],
      action: "PROPOSE_ONLY",
      confidence: "POSSIBLE",
    },
    {
      name: "SAME_TYPE_NEARLY_SAME_DATE",
      says: "Both have the same event type, a day or two apart.",
      status: "S~",
      source: "[IMP]: a re-upload with a changed date duplicates; the figure is ours",
      when: [{ days: [0, DATE_SLIP_DAYS], agree: "TYPE" }],
      action: "LINK",
      confidence: "PROBABLE",
    },
    {
      name: "ONE_STAY",
      says: "Two cardiac diagnoses or procedures within two days are of one stay in hospital.",
      status: "J",
      source: "clinical judgement",
      when: [{ first: [...ADMISSION, ...PROCEDURE], second: [...ADMISSION, ...PROCEDURE], days: [0, DATE_SLIP_DAYS] }],
      action: "LINK",
      confidence: "PROBABLE",
    },
    {
      name: "ONE_ACUTE_CORONARY_SYNDROME",
      says: "Infarction or unstable angina again within 28 days counts with the first.",
      status: "J",
      source: "Universal definition of myocardial infarction; extended to unstable angina, which troponin tells from it",
      when: [
        { first: ["INFARCTION", "UNSTABLE_ANGINA"], second: ["INFARCTION", "UNSTABLE_ANGINA"], days: [0, REINFARCTION_DAYS] },
      ],
      action: "LINK",
      confidence: "PROBABLE",
    },
    {
      name: "CORONARY_EVENT_THEN_REVASCULARISATION",
      says: "Infarction or angina followed by PCI or CABG within 90 days.",
      status: "D",
      source: "issue Journey: MI followed by PCI or CABG, within 90 days; [IMP] names the case, the figure is ours",
      when: [{ first: CORONARY, second: REVASCULARISATION, days: [0, EPISODE_DAYS] }],
      action: "LINK",
      confidence: "PROBABLE",
    },
    {
      name: "STAGED_PCI",
      says: "A further PCI within 90 days of PCI or CABG is a stage of the same treatment.",
      status: "D",
      source: "issue Journey: staged PCI; interop 1.7 (7, 11): a PCI without a diagnosis of its own within 90 days",
      when: [{ first: REVASCULARISATION, second: ["PCI"], days: [0, EPISODE_DAYS] }],
      action: "LINK",
      confidence: "PROBABLE",
    },
    {
      name: "ONE_COURSE_OF_PROCEDURES",
      says: "PCI, CABG or valve procedure followed by surgery, or by a pacemaker after a valve, within 28 days.",
      status: "J",
      source: "clinical judgement: transfers between hospitals, surgery after an incomplete PCI, block after a valve procedure",
      when: [
        { first: [...REVASCULARISATION, "VALVE_PROCEDURE"], second: ["CABG", "VALVE_PROCEDURE"], days: [0, ACUTE_PHASE_DAYS] },
        { first: ["VALVE_PROCEDURE"], second: ["DEVICE"], days: [0, ACUTE_PHASE_DAYS] },
      ],
      action: "LINK",
      confidence: "PROBABLE",
    },
    {
      name: "CONDITION_THEN_ITS_PROCEDURE",
      says: "A condition followed by the procedure that is done for it: within 90 days, for an infarction or arrest within 28.",
      status: "J",
      source: "clinical judgement; 90 days as for revascularisation",
      when: [
        { first: ["VALVE_DISEASE"], second: ["VALVE_PROCEDURE"], days: [0, EPISODE_DAYS] },
        { first: ["HEART_FAILURE"], second: ["DEVICE", "HEART_REPLACEMENT"], days: [0, EPISODE_DAYS] },
        { first: ["ARRHYTHMIA", "CARDIAC_ARREST"], second: ["DEVICE"], days: [0, EPISODE_DAYS] },
        { first: ["CARDIAC_ARREST"], second: REVASCULARISATION, days: [0, ACUTE_PHASE_DAYS] },
        { first: ["INFARCTION"], second: ["DEVICE"], days: [0, ACUTE_PHASE_DAYS] },
      ],
      action: "LINK",
      confidence: "PROBABLE",
    },
    {
      name: "READMISSION",
      says: "Admitted again within 30 days: with the same condition, or with a complication of an infarction or an operation.",
      status: "J",
      source: "issue Journey: readmission; 30 days as the NHS counts readmissions",
      when: [
        {
          first: ["INFARCTION", "UNSTABLE_ANGINA", ...REVASCULARISATION, "VALVE_PROCEDURE"],
          second: ["UNSTABLE_ANGINA", "ANGINA", "HEART_FAILURE", "ARRHYTHMIA", "CARDIAC_ARREST"],
          days: [0, READMISSION_DAYS],
        },
        { first: ["ANGINA"], second: ["ANGINA", "UNSTABLE_ANGINA"], days: [0, READMISSION_DAYS] },
        { first: ["HEART_FAILURE"], second: ["HEART_FAILURE"], days: [0, READMISSION_DAYS] },
        { first: ["ARRHYTHMIA"], second: ["ARRHYTHMIA"], days: [0, READMISSION_DAYS] },
        { first: ["VALVE_DISEASE"], second: ["VALVE_DISEASE"], days: [0, READMISSION_DAYS] },
        { first: ["DEVICE"], second: ["DEVICE"], days: [0, READMISSION_DAYS] },
      ],
      action: "LINK",
      confidence: "PROBABLE",
    },
    {
      name: "LATE_STAGED_PCI",
      says: "A PCI that is called staged, 91 to 180 days after a coronary event or procedure.",
      status: "J",
      source: "clinical judgement: waiting lists",
      when: [
        { first: [...CORONARY, ...REVASCULARISATION], second: ["STAGED_PCI"], days: [EPISODE_DAYS + 1, LATE_STAGED_PCI_DAYS] },
      ],
      action: "PROPOSE",
      confidence: "POSSIBLE",
    },
    {
      name: "LATE_VALVE_PROCEDURE",
      says: "A valve procedure 91 days to a year after valve disease was sent.",
      status: "J",
      source: "clinical judgement: waiting lists",
      when: [{ first: ["VALVE_DISEASE"], second: ["VALVE_PROCEDURE"], days: [EPISODE_DAYS + 1, TREATMENT_DAYS] }],
      action: "PROPOSE",
      confidence: "POSSIBLE",
    },
    {
      name: "MISTYPED_DATE",
      says: "The same event type, and dates that differ as a slip of typing does: day and month changed places, or one year.",
      status: "J",
      source: "clinical judgement",
      when: [{ agree: "DATE_BUT_FOR_TYPING" }],
      action: "PROPOSE_ONLY",
      confidence: "POSSIBLE",
    },
    {
      name: "NEAR_IN_TIME",
      says: "Within 90 days, and one of them is a procedure or of no stated type.",
      status: "D",
      source: "dataset Decision 11: probable duplicates",
      when: [{ first: [...PROCEDURE, "UNSPECIFIED"], days: [-EPISODE_DAYS, EPISODE_DAYS] }],
      action: "PROPOSE",
      confidence: "POSSIBLE",
    },
    {
      name: "ANOTHER_DIAGNOSIS_NEAR_IN_TIME",
      says: "Two diagnoses within 90 days that are neither one stay nor a readmission.",
      status: "D",
      source: "dataset Decision 11: probable duplicates; issue Journey: a later separate event is a new episode",
      when: [{ first: DIAGNOSIS, second: DIAGNOSIS, days: [0, EPISODE_DAYS] }],
      action: "PROPOSE_ONLY",
      confidence: "POSSIBLE",
    },
    {
      name: "DATE_MISSING",
      says: "The same event type, or one a procedure or of no stated type, and a date is missing.",
      status: "J",
      source: "clinical judgement: not known to be one, worth a look",
      when: [
        { undated: true, agree: "TYPE" },
        { undated: true, first: [...PROCEDURE, "UNSPECIFIED"] },
      ],
      action: "PROPOSE",
      confidence: "POSSIBLE",
    },
    {
      name: "LATER_SEPARATE_EVENT",
      says: "Two diagnoses, or two procedures, more than 90 days apart are two episodes.",
      status: "D",
      source: "issue Journey: a later separate event is a new episode",
      when: [
        { first: DIAGNOSIS, second: DIAGNOSIS, days: [EPISODE_DAYS + 1, FOR_EVER_DAYS] },
        { first: PROCEDURE, second: PROCEDURE, days: [EPISODE_DAYS + 1, FOR_EVER_DAYS] },
      ],
      action: "SEPARATE",
      confidence: "PROBABLE",
    },
  ],
} as const satisfies EpisodeRules;
