/** What goes with an event: treatments, illnesses, drugs, reasons. Own figures throughout: plausible, none of them published. */
import type { CodeKey } from "../../schema/nacr/gw-1.0/index.ts";
import type { EventGroup } from "../national/national-groups.ts";
import type { Weights } from "./draw.ts";

type Treatments = Weights<CodeKey<"TreatmentType">>;

/** Rare pairs are there because records have them: a cardiac arrest with a stent, an infarction with a defibrillator, a valve with a bypass. */
export const TREATMENT_WEIGHTS: Readonly<Record<EventGroup, Treatments>> = {
  MI: {
    PRIMARY_PCI: 30,
    PCI: 32,
    STAGED_PCI: 3,
    BYPASS_SURGERY: 10,
    ICD: 1.2,
    AORTIC_VALVE_REPAIR_REPLACE: 0.6,
    MEDICAL_MANAGEMENT: 19,
    NONE: 3,
    UNKNOWN: 2,
  },
  ANGINA: {
    PCI: 52,
    BYPASS_SURGERY: 26,
    AORTIC_VALVE_REPAIR_REPLACE: 1.5,
    PACEMAKER: 1,
    MEDICAL_MANAGEMENT: 17,
    NONE: 2,
    UNKNOWN: 1,
  },
  HEART_FAILURE: {
    MEDICAL_MANAGEMENT: 56,
    CRT: 9,
    ICD: 9,
    PCI: 9,
    BYPASS_SURGERY: 4,
    MITRAL_VALVE_REPAIR_REPLACE: 2,
    LV_ASSIST_DEVICE: 0.5,
    TRANSPLANT: 0.5,
    NONE: 8,
    UNKNOWN: 2,
  },
  RHYTHM: {
    ICD: 32,
    PACEMAKER: 25,
    PCI: 9,
    BYPASS_SURGERY: 3,
    AORTIC_VALVE_REPAIR_REPLACE: 1.5,
    OTHER_SURGERY: 6,
    MEDICAL_MANAGEMENT: 22,
    UNKNOWN: 2,
  },
  STRUCTURAL: {
    AORTIC_VALVE_REPAIR_REPLACE: 44,
    MITRAL_VALVE_REPAIR_REPLACE: 20,
    TRICUSPID_VALVE_REPAIR_REPLACE: 2,
    TAVI: 19,
    BYPASS_SURGERY: 5,
    PACEMAKER: 2,
    PCI: 1.5,
    OTHER_SURGERY: 4,
    MEDICAL_MANAGEMENT: 4,
  },
  TREATMENT: { PCI: 37, BYPASS_SURGERY: 40, AORTIC_VALVE_REPAIR_REPLACE: 14, PACEMAKER: 6, OTHER_SURGERY: 3 },
  OTHER: {
    MEDICAL_MANAGEMENT: 48,
    PCI: 6,
    BYPASS_SURGERY: 3,
    AORTIC_VALVE_REPAIR_REPLACE: 2,
    PACEMAKER: 2,
    OTHER_SURGERY: 10,
    NONE: 22,
    UNKNOWN: 10,
  },
};
/** Who has a second treatment for the same event: most often a bypass with the valve. */
export const SECOND_TREATMENT = 0.07;

/** Each by itself; nobody of them: asked, has none. */
export const COMORBIDITY_SHARES: Weights<CodeKey<"ComorbidityType">> = {
  HYPERTENSION: 0.48,
  HYPERCHOLESTEROLAEMIA: 0.34,
  DIABETES: 0.25,
  FAMILY_HISTORY: 0.22,
  ARTHRITIS_OSTEO: 0.14,
  ANGINA: 0.12,
  ASTHMA: 0.08,
  CHRONIC_BRONCHITIS_COPD: 0.06,
  EMPHYSEMA_COPD: 0.02,
  CANCER: 0.07,
  STROKE_TIA: 0.06,
  CHRONIC_BACK_PROBLEMS: 0.08,
  DEPRESSION_HISTORY: 0.08,
  ANXIETY: 0.07,
  CHRONIC_KIDNEY_DISEASE: 0.05,
  ERECTILE_DYSFUNCTION: 0.03,
  ARTHRITIS_RHEUMATOID: 0.03,
  OSTEOPOROSIS: 0.02,
  CLAUDICATION: 0.02,
  RHEUMATISM: 0.01,
  OTHER_COMORBID_COMPLAINT: 0.15,
};
export const COMORBIDITIES_ASKED = 0.9;

/** Who takes it, of those whose drugs were asked for. */
export const DRUG_SHARES: Weights<CodeKey<"DrugClass">> = {
  STATIN: 0.88,
  ASPIRIN: 0.82,
  BETA_BLOCKER: 0.74,
  OTHER_ANTIPLATELET: 0.68,
  ACE_INHIBITOR: 0.58,
  ARB: 0.16,
  ANTICOAGULANT: 0.14,
  DIURETIC: 0.24,
  CALCIUM_CHANNEL_BLOCKER: 0.16,
  NITRATE: 0.4,
};
export const DRUGS_ASKED = 0.5;

export const ACUTE_EVENT_WEIGHTS: Weights<CodeKey<"AcuteEventType">> = {
  READMISSION_CHD: 28,
  READMISSION_OTHER_CAUSE: 24,
  PERIOD_ACUTE_NON_CARD_ILLNESS: 16,
  ANGINA: 12,
  ANGIOPLASTY_PCI: 7,
  MI: 5,
  HEART_FAILURE: 4,
  PACEMAKER: 2,
  OTHER: 2,
};
/** Of starters. */
export const ACUTE_EVENT_SHARE = 0.05;

export const REASONS_NOT_TAKING_PART: Weights<CodeKey<"ReasonNotTakingPart">> = {
  NOT_INTERESTED_REFUSED: 42,
  NO_CONTACT: 11,
  RETURNED_TO_WORK: 8,
  PHYSICAL_INCAPACITY: 8,
  TOO_ILL: 6,
  REHAB_NOT_NEEDED: 6,
  ONGOING_INVESTIGATION: 5,
  TRANSFERRED_FOR_CARE_ELSEWHERE: 4,
  NO_TRANSPORT: 3,
  MENTAL_INCAPACITY: 2,
  DIED: 2,
  LANGUAGE_BARRIER: 1,
  LOCAL_EXCLUSION_CRITERIA: 1,
  OTHER: 8,
};
/** Of those who did not start. */
export const REFUSED = 0.62;

export const REASONS_NOT_COMPLETING: Weights<CodeKey<"ReasonNotCompleting">> = {
  DID_NOT_ATTEND_REASON_UNKNOWN: 38,
  RETURNED_TO_WORK: 13,
  TOO_ILL: 13,
  OTHER: 16,
  ACHIEVED_AIMS_EARLY: 7,
  READMITTED: 4,
  PLANNED_OR_EMERGENCY_INTERVENTION: 4,
  LEFT_THE_AREA: 3,
  DIED: 2,
};

/** Each by itself, of starters. */
export const COMPONENT_SHARES: Weights<CodeKey<"RehabilitationComponent">> = {
  EDUCATION: 0.8,
  DIETARY_ADVICE: 0.5,
  RELAXATION_STRESS_MANAGEMENT: 0.45,
  MEDICATION_REVIEW: 0.4,
  PSYCHOLOGICAL_SUPPORT: 0.2,
  SMOKING_CESSATION: 0.07,
  VOCATIONAL_ADVICE: 0.05,
};

export const ASSESSMENT_MODE_WEIGHTS: Weights<CodeKey<"AssessmentMode">> = {
  FACE_TO_FACE: 82,
  TELEPHONE: 13,
  VIDEO: 3,
  POSTAL: 2,
};

/** Before 66 years of age; who is older has retired or, one in twelve, not. */
export const EMPLOYMENT_WEIGHTS: Weights<CodeKey<"EmploymentStatus">> = {
  EMPLOYED_FULL_TIME: 42,
  EMPLOYED_PART_TIME: 10,
  SELF_EMPLOYED: 13,
  RETIRED: 15,
  TEMPORARILY_SICK: 6,
  PERMANENTLY_SICK_DISABLED: 6,
  UNEMPLOYED_SEEKING_WORK: 4,
  LOOKING_AFTER_HOME_FAMILY: 2,
  UNKNOWN: 2,
};
