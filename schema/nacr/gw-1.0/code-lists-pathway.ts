/** Code lists of the pathway: referral, taking part, delivery, onward care. */
import { defineCodeList } from "../../../src/dataset/define.ts";

/** The kind of place that referred. */
export const referralSource = defineCodeList({
  name: "ReferralSource",
  label: "Source of referral",
  status: "S~",
  source: "[FORM]; Other and Unknown are our decision",
  unknown: ["UNKNOWN"],
  options: [
    { key: "NHS_TRUST", code: 1, label: "NHS Trust", status: "S" },
    { key: "BMI_HOSPITAL", code: 2, label: "BMI Hospital", status: "S" },
    { key: "PRIVATE_HOSPITAL", code: 3, label: "Private Hospital", status: "S" },
    { key: "GP", code: 4, label: "GP", status: "S" },
    { key: "OTHER", code: 5, label: "Other", status: "I" },
    { key: "UNKNOWN", code: 99, label: "Unknown", status: "I" },
  ],
});

/** The kind of professional who referred. */
export const referredBy = defineCodeList({
  name: "ReferredBy",
  label: "Referred by",
  status: "S~",
  source: "[FORM]; Other and Unknown are our decision",
  unknown: ["UNKNOWN"],
  options: [
    { key: "CONSULTANT", code: 1, label: "Consultant", status: "S" },
    { key: "CARDIAC_NURSE", code: 2, label: "Cardiac Nurse", status: "S" },
    { key: "GP", code: 3, label: "GP", status: "S" },
    { key: "PC_NURSE", code: 4, label: "PC Nurse", aliases: ["Primary care nurse"], status: "S" },
    { key: "OTHER", code: 5, label: "Other", status: "I" },
    { key: "UNKNOWN", code: 99, label: "Unknown", status: "I" },
  ],
});

/** Stratification before exercise. */
export const riskLevel = defineCodeList({
  name: "RiskLevel",
  label: "Risk level",
  status: "S~",
  source: "[FORM] Low is visible, High may belong to the event list; Moderate is our decision",
  unknown: [],
  options: [
    { key: "LOW", code: 1, label: "Low", status: "S~" },
    { key: "MODERATE", code: 2, label: "Moderate", status: "I" },
    { key: "HIGH", code: 3, label: "High", status: "S~" },
  ],
});

/** The two shapes a rehabilitation is recorded in; a rehabilitation has one of them. */
export const rehabilitationModel = defineCodeList({
  name: "RehabilitationModel",
  label: "Rehabilitation model",
  status: "S~",
  source: "[FORM] either the commissioning stages or the older phases",
  unknown: [],
  options: [
    { key: "COMMISSIONING", code: 1, label: "Commissioning", status: "S~" },
    { key: "PHASE", code: 2, label: "Phase", status: "S~" },
  ],
});

/** Open: an unconfirmed list never rejects. */
export const reasonNotTakingPart = defineCodeList({
  name: "ReasonNotTakingPart",
  label: "Reason not taking part",
  status: "R",
  source: "terms of older annual reports [AR2010]; [MDS] names the item; not confirmed, so unlisted texts are stored as Other",
  unknown: ["UNKNOWN"],
  open: { storeAs: "OTHER" },
  options: [
    { key: "NOT_INTERESTED_REFUSED", code: 1, label: "Not interested/refused", status: "R" },
    { key: "ONGOING_INVESTIGATION", code: 2, label: "Ongoing investigation", status: "R" },
    { key: "PHYSICAL_INCAPACITY", code: 3, label: "Physical incapacity", status: "R" },
    { key: "MENTAL_INCAPACITY", code: 4, label: "Mental incapacity", status: "R" },
    { key: "RETURNED_TO_WORK", code: 5, label: "Returned to work", status: "R" },
    { key: "LOCAL_EXCLUSION_CRITERIA", code: 6, label: "Local exclusion criteria", status: "R" },
    { key: "LANGUAGE_BARRIER", code: 7, label: "Language barrier", status: "R" },
    { key: "NO_TRANSPORT", code: 8, label: "No transport", status: "R" },
    { key: "TOO_ILL", code: 9, label: "Too ill", status: "R" },
    { key: "DIED", code: 10, label: "Died", status: "R" },
    { key: "HOLIDAYMAKER", code: 11, label: "Holidaymaker", status: "R" },
    { key: "REHAB_NOT_NEEDED", code: 12, label: "Rehab not needed", status: "R" },
    { key: "REHAB_NOT_APPROPRIATE", code: 13, label: "Rehab not appropriate", status: "R" },
    { key: "NO_SERVICE_AVAILABLE", code: 14, label: "No service available", status: "R" },
    { key: "TRANSFERRED_FOR_CARE_ELSEWHERE", code: 15, label: "Transferred for care elsewhere", status: "R" },
    { key: "STAFF_NOT_AVAILABLE", code: 16, label: "Staff not available", status: "R" },
    { key: "NO_CONTACT", code: 17, label: "No contact", status: "R" },
    { key: "OTHER", code: 18, label: "Other", status: "R" },
    { key: "UNKNOWN", code: 99, label: "Unknown", status: "R" },
  ],
});

/** Open: an unconfirmed list never rejects. */
export const reasonNotCompleting = defineCodeList({
  name: "ReasonNotCompleting",
  label: "Reason not completing",
  status: "R",
  source: "terms of older annual reports [AR2010]; [MDS] names the item; not confirmed, so unlisted texts are stored as Other",
  unknown: ["UNKNOWN"],
  open: { storeAs: "OTHER" },
  options: [
    { key: "DID_NOT_ATTEND_REASON_UNKNOWN", code: 1, label: "Did not attend, reason unknown", status: "R" },
    { key: "RETURNED_TO_WORK", code: 2, label: "Returned to work", status: "R" },
    { key: "LEFT_THE_AREA", code: 3, label: "Left the area", status: "R" },
    { key: "ACHIEVED_AIMS_EARLY", code: 4, label: "Achieved aims early", status: "R" },
    { key: "PLANNED_OR_EMERGENCY_INTERVENTION", code: 5, label: "Planned or emergency intervention", status: "R" },
    { key: "READMITTED", code: 6, label: "Readmitted", status: "R" },
    { key: "TOO_ILL", code: 7, label: "Too ill", status: "R" },
    { key: "DIED", code: 8, label: "Died", status: "R" },
    { key: "OTHER", code: 9, label: "Other", status: "R" },
    { key: "UNKNOWN", code: 99, label: "Unknown", status: "R" },
  ],
});

/** How the core programme was delivered. */
export const deliveryMode = defineCodeList({
  name: "DeliveryMode",
  label: "Delivery mode",
  status: "S~",
  source: "[BHF1] group and home; [MODE] supervised and facilitated self-delivered; the rest our decision",
  unknown: ["UNKNOWN"],
  options: [
    { key: "GROUP_SUPERVISED", code: 1, label: "Group supervised", status: "S~" },
    { key: "HOME_BASED", code: 2, label: "Home based", aliases: ["Home-based"], status: "S~" },
    {
      key: "SELF_MANAGED_FACILITATED",
      code: 3,
      label: "Self-managed, facilitated",
      aliases: ["Self managed (facilitated)"],
      status: "S~",
    },
    { key: "DIGITAL_WEB_APP", code: 4, label: "Digital (web/app)", status: "I" },
    { key: "TELEPHONE", code: 5, label: "Telephone", status: "I" },
    { key: "HYBRID", code: 6, label: "Hybrid", status: "I" },
    { key: "OTHER", code: 7, label: "Other", status: "I" },
    { key: "UNKNOWN", code: 99, label: "Unknown", status: "I" },
  ],
});

/** Open: an unlisted part is left out with a warning, since there is no Other. */
export const rehabilitationComponent = defineCodeList({
  name: "RehabilitationComponent",
  label: "Programme component",
  status: "I",
  source:
    "[MDS] says that common parts of the programme are collected; the options are our decision, so unlisted texts are left out",
  unknown: [],
  open: { storeAs: null },
  options: [
    { key: "EXERCISE_GROUP", code: 1, label: "Exercise group", status: "I" },
    { key: "EXERCISE_HOME", code: 2, label: "Exercise home", status: "I" },
    { key: "EDUCATION", code: 3, label: "Education", status: "I" },
    { key: "PSYCHOLOGICAL_SUPPORT", code: 4, label: "Psychological support", status: "I" },
    { key: "RELAXATION_STRESS_MANAGEMENT", code: 5, label: "Relaxation/stress management", status: "I" },
    { key: "DIETARY_ADVICE", code: 6, label: "Dietary advice", status: "I" },
    { key: "SMOKING_CESSATION", code: 7, label: "Smoking cessation", status: "I" },
    { key: "MEDICATION_REVIEW", code: 8, label: "Medication review", status: "I" },
    { key: "VOCATIONAL_ADVICE", code: 9, label: "Vocational advice", status: "I" },
    { key: "HEART_MANUAL_OR_EQUIVALENT", code: 10, label: "Heart Manual or equivalent", status: "I" },
    { key: "DIGITAL_PROGRAMME", code: 11, label: "Digital programme", status: "I" },
  ],
});

/** Long-term care after the core programme. */
export const onwardReferral = defineCodeList({
  name: "OnwardReferral",
  label: "Onward referral",
  status: "I",
  source: "[MDS] says that onward referral is collected; the options are our decision, so unlisted texts are stored as Other",
  unknown: [],
  open: { storeAs: "OTHER" },
  options: [
    { key: "GP_PRIMARY_CARE", code: 1, label: "GP/primary care", status: "I" },
    { key: "PHASE_IV_EXERCISE", code: 2, label: "Phase IV exercise", status: "I" },
    { key: "SMOKING_CESSATION", code: 3, label: "Smoking cessation", status: "I" },
    { key: "PSYCHOLOGY", code: 4, label: "Psychology", status: "I" },
    { key: "WEIGHT_MANAGEMENT", code: 5, label: "Weight management", status: "I" },
    { key: "OTHER", code: 6, label: "Other", status: "I" },
  ],
});

/** How the assessment was made. */
export const assessmentMode = defineCodeList({
  name: "AssessmentMode",
  label: "Assessment mode",
  status: "I",
  source: "own decision",
  unknown: [],
  options: [
    { key: "FACE_TO_FACE", code: 1, label: "Face to face", aliases: ["Face-to-face"], status: "I" },
    { key: "TELEPHONE", code: 2, label: "Telephone", status: "I" },
    { key: "VIDEO", code: 3, label: "Video", status: "I" },
    { key: "POSTAL", code: 4, label: "Postal", status: "I" },
  ],
});
