/** Code lists of clinical facts: events, treatments, history, illnesses, drugs. */
import { defineCodeList } from "../../../src/dataset/define.ts";

/** What led to the referral. `USE_TREATMENT`: the treatment itself is the reason. */
export const eventType = defineCodeList({
  name: "EventType",
  label: "Initiating event",
  status: "S~",
  source: "[FORM] initiating event boxes; the columns are interleaved in the published copy, so some options are a reading",
  unknown: ["UNKNOWN"],
  options: [
    { key: "MI_STEMI", code: 1, label: "MI STEMI", status: "S~" },
    { key: "MI_NSTEMI", code: 2, label: "MI NSTEMI", status: "S" },
    { key: "MI_UNKNOWN", code: 3, label: "MI Unknown", status: "S" },
    { key: "MI_WITH_HEART_FAILURE", code: 4, label: "MI with Heart Failure", status: "S" },
    { key: "UNSTABLE_ANGINA", code: 5, label: "Unstable Angina", status: "S" },
    { key: "ANGINA", code: 6, label: "Angina", status: "I" },
    { key: "HEART_FAILURE", code: 7, label: "Heart Failure", status: "S" },
    { key: "ARRHYTHMIA", code: 8, label: "Arrhythmia", status: "S~" },
    { key: "CARDIAC_ARREST", code: 9, label: "Cardiac Arrest", status: "S~" },
    { key: "VALVE_DISEASE", code: 10, label: "Valve Disease", status: "S~" },
    { key: "CONGENITAL_HEART", code: 11, label: "Congenital Heart", status: "S" },
    { key: "PERIPHERAL_ARTERIAL_DISEASE", code: 12, label: "Peripheral Arterial Disease", aliases: ["PAD"], status: "S" },
    { key: "HIGH_RISK", code: 13, label: "High Risk", status: "S~" },
    { key: "USE_TREATMENT", code: 14, label: "Use Treatment", status: "S~" },
    { key: "CARDIOMYOPATHY", code: 15, label: "Cardiomyopathy", status: "I" },
    { key: "SCAD", code: 16, label: "SCAD", status: "I" },
    { key: "OTHER", code: 17, label: "Other", status: "I" },
    { key: "UNKNOWN", code: 99, label: "Unknown", status: "I" },
  ],
});

/** Procedures or management that go with the initiating event. */
export const treatmentType = defineCodeList({
  name: "TreatmentType",
  label: "Treatment",
  status: "S~",
  source: "[FORM] treatment associated with the initiating event; options not visible there are our decision",
  unknown: ["UNKNOWN"],
  options: [
    { key: "PCI", code: 1, label: "PCI", aliases: ["Angioplasty/PCI"], status: "I" },
    { key: "PRIMARY_PCI", code: 2, label: "Primary PCI", status: "I" },
    { key: "STAGED_PCI", code: 3, label: "Staged PCI", status: "S" },
    { key: "BYPASS_SURGERY", code: 4, label: "Bypass Surgery", aliases: ["CABG", "Bypass Surgery/CABG"], status: "I" },
    {
      key: "AORTIC_VALVE_REPAIR_REPLACE",
      code: 5,
      label: "Aortic Valve Repair/Replace",
      aliases: ["Aortic valve", "Aortic valve repair", "Aortic valve replacement"],
      status: "S",
    },
    {
      key: "MITRAL_VALVE_REPAIR_REPLACE",
      code: 6,
      label: "Mitral Valve Repair/Replace",
      aliases: ["Mitral valve", "Mitral valve repair", "Mitral valve replacement"],
      status: "S",
    },
    {
      key: "TRICUSPID_VALVE_REPAIR_REPLACE",
      code: 7,
      label: "Tricuspid Valve Repair/Replace",
      aliases: ["Tricuspid Repair/Replace", "Tricuspid valve", "Tricuspid valve repair", "Tricuspid valve replacement"],
      status: "S",
    },
    { key: "TAVI", code: 8, label: "TAVI", status: "I" },
    { key: "LV_ASSIST_DEVICE", code: 9, label: "LV Assist Device", aliases: ["LVAD"], status: "S" },
    { key: "TRANSPLANT", code: 10, label: "Transplant", status: "I" },
    { key: "PACEMAKER", code: 11, label: "Pacemaker", status: "I" },
    { key: "ICD", code: 12, label: "ICD", status: "I" },
    { key: "CRT", code: 13, label: "CRT", status: "I" },
    { key: "OTHER_SURGERY", code: 14, label: "Other Surgery", status: "S" },
    { key: "MEDICAL_MANAGEMENT", code: 15, label: "Medical Management", status: "S" },
    { key: "NONE", code: 97, label: "None", status: "I" },
    { key: "UNKNOWN", code: 99, label: "Unknown", status: "I" },
  ],
});

/** History before the initiating event. */
export const previousEventType = defineCodeList({
  name: "PreviousEventType",
  label: "Previous event",
  status: "S~",
  source: "[FORM] previous events; MI, Pacemaker, ICD, None and Unknown are our decision",
  unknown: ["UNKNOWN"],
  options: [
    { key: "MI", code: 1, label: "MI", status: "I" },
    { key: "ANGINA", code: 2, label: "Angina", status: "S" },
    { key: "ANGIOPLASTY_PCI", code: 3, label: "Angioplasty/PCI", aliases: ["PCI"], status: "S" },
    { key: "BYPASS_SURGERY", code: 4, label: "Bypass Surgery", aliases: ["CABG", "Bypass Surgery/CABG"], status: "S" },
    { key: "CARDIAC_ARREST", code: 5, label: "Cardiac Arrest", status: "S" },
    { key: "HEART_FAILURE", code: 6, label: "Heart Failure", status: "S" },
    { key: "CONGENITAL_HEART", code: 7, label: "Congenital Heart", status: "S" },
    { key: "LV_ASSIST_DEVICE", code: 8, label: "LV Assist Device", aliases: ["LVAD"], status: "S" },
    { key: "TRANSPLANT", code: 9, label: "Transplant", status: "S" },
    { key: "PACEMAKER", code: 10, label: "Pacemaker", status: "I" },
    { key: "ICD", code: 11, label: "ICD", status: "I" },
    { key: "OTHER_SURGERY", code: 12, label: "Other Surgery", status: "S" },
    { key: "OTHER", code: 13, label: "Other", status: "S" },
    { key: "NONE", code: 97, label: "None", status: "I" },
    { key: "UNKNOWN", code: 99, label: "Unknown", status: "I" },
  ],
});

/** `NONE` is a statement (asked, has none), so it is not an unknown. */
export const comorbidityType = defineCodeList({
  name: "ComorbidityType",
  label: "Comorbidity",
  status: "S~",
  source:
    "[FORM] comorbidity boxes; [ISWT] hypertension, hypercholesterolaemia and diabetes; [DEP] depression; the rest our decision",
  unknown: [],
  options: [
    { key: "CHRONIC_BRONCHITIS_COPD", code: 1, label: "Chronic Bronchitis (COPD)", status: "S" },
    { key: "EMPHYSEMA_COPD", code: 2, label: "Emphysema (COPD)", status: "S" },
    { key: "CHRONIC_BACK_PROBLEMS", code: 3, label: "Chronic Back Problems", status: "S" },
    { key: "FAMILY_HISTORY", code: 4, label: "Family History", status: "S" },
    { key: "ARTHRITIS_OSTEO", code: 5, label: "Arthritis (Osteo)", status: "S" },
    { key: "ERECTILE_DYSFUNCTION", code: 6, label: "Erectile Dysfunction", status: "S" },
    { key: "OTHER_COMORBID_COMPLAINT", code: 7, label: "Other Comorbid Complaint", status: "S" },
    { key: "HYPERTENSION", code: 8, label: "Hypertension", status: "S" },
    {
      key: "HYPERCHOLESTEROLAEMIA",
      code: 9,
      label: "Hypercholesterolaemia",
      aliases: ["Dyslipidaemia", "Hypercholesterolaemia/dyslipidaemia"],
      status: "S",
    },
    { key: "DIABETES", code: 10, label: "Diabetes", status: "S" },
    { key: "DEPRESSION_HISTORY", code: 11, label: "Depression history", aliases: ["Depression"], status: "S" },
    { key: "ANGINA", code: 12, label: "Angina", status: "I" },
    { key: "ARTHRITIS_RHEUMATOID", code: 13, label: "Arthritis (Rheumatoid)", status: "I" },
    { key: "RHEUMATISM", code: 14, label: "Rheumatism", status: "I" },
    { key: "OSTEOPOROSIS", code: 15, label: "Osteoporosis", status: "I" },
    { key: "ASTHMA", code: 16, label: "Asthma", status: "I" },
    { key: "CANCER", code: 17, label: "Cancer", status: "I" },
    { key: "STROKE_TIA", code: 18, label: "Stroke/TIA", aliases: ["Stroke", "TIA"], status: "I" },
    { key: "CLAUDICATION", code: 19, label: "Claudication", status: "I" },
    { key: "ANXIETY", code: 20, label: "Anxiety", status: "I" },
    { key: "CHRONIC_KIDNEY_DISEASE", code: 21, label: "Chronic Kidney Disease", aliases: ["CKD"], status: "I" },
    { key: "NONE", code: 97, label: "None", status: "I" },
  ],
});

/** What happened to the patient between core start and core end. */
export const acuteEventType = defineCodeList({
  name: "AcuteEventType",
  label: "Acute event during rehabilitation",
  status: "S",
  source: "[FORM] acute events during rehab",
  unknown: ["UNKNOWN"],
  options: [
    { key: "MI", code: 1, label: "MI", status: "S" },
    { key: "ANGINA", code: 2, label: "Angina", status: "S" },
    { key: "ANGIOPLASTY_PCI", code: 3, label: "Angioplasty/PCI", aliases: ["PCI"], status: "S" },
    { key: "BYPASS_SURGERY", code: 4, label: "Bypass Surgery", aliases: ["CABG", "Bypass Surgery/CABG"], status: "S" },
    { key: "CARDIAC_ARREST", code: 5, label: "Cardiac Arrest", status: "S" },
    { key: "HEART_FAILURE", code: 6, label: "Heart Failure", status: "S" },
    { key: "CONGENITAL_HEART", code: 7, label: "Congenital Heart", status: "S" },
    { key: "LV_ASSIST_DEVICE", code: 8, label: "LV Assist Device", aliases: ["LVAD"], status: "S" },
    { key: "PACEMAKER", code: 9, label: "Pacemaker", status: "S" },
    { key: "TRANSPLANT", code: 10, label: "Transplant", status: "S" },
    { key: "OTHER_SURGERY", code: 11, label: "Other Surgery", status: "S" },
    { key: "READMISSION_CHD", code: 12, label: "Readmission CHD", status: "S" },
    { key: "READMISSION_OTHER_CAUSE", code: 13, label: "Readmission other cause", status: "S" },
    { key: "PERIOD_ACUTE_NON_CARD_ILLNESS", code: 14, label: "Period Acute Non Card Illness", status: "S" },
    { key: "OTHER", code: 15, label: "Other", status: "S" },
    { key: "UNKNOWN", code: 99, label: "Unknown", status: "S" },
  ],
});

/** Classes, not products. */
export const drugClass = defineCodeList({
  name: "DrugClass",
  label: "Drug class",
  status: "I",
  source: "[QM1][MDS] name the item, [HF-ISWT] a diuretic flag; the classes are our decision",
  unknown: [],
  options: [
    { key: "ASPIRIN", code: 1, label: "Aspirin", status: "I" },
    { key: "OTHER_ANTIPLATELET", code: 2, label: "Other antiplatelet", status: "I" },
    { key: "ANTICOAGULANT", code: 3, label: "Anticoagulant", status: "I" },
    { key: "BETA_BLOCKER", code: 4, label: "Beta blocker", aliases: ["Beta-blocker"], status: "I" },
    { key: "ACE_INHIBITOR", code: 5, label: "ACE inhibitor", status: "I" },
    { key: "ARB", code: 6, label: "ARB", status: "I" },
    { key: "ARNI", code: 7, label: "ARNI", status: "I" },
    { key: "MRA", code: 8, label: "MRA", status: "I" },
    { key: "SGLT2_INHIBITOR", code: 9, label: "SGLT2 inhibitor", status: "I" },
    { key: "STATIN", code: 10, label: "Statin", status: "I" },
    { key: "OTHER_LIPID_LOWERING", code: 11, label: "Other lipid lowering", aliases: ["Other lipid-lowering"], status: "I" },
    { key: "CALCIUM_CHANNEL_BLOCKER", code: 12, label: "Calcium channel blocker", status: "I" },
    { key: "NITRATE", code: 13, label: "Nitrate", status: "I" },
    { key: "DIURETIC", code: 14, label: "Diuretic", status: "I" },
    { key: "ANTI_ARRHYTHMIC", code: 15, label: "Anti-arrhythmic", status: "I" },
    { key: "OTHER", code: 16, label: "Other", status: "I" },
  ],
});

/** Yes, no or unknown, and that the drug must not be given. */
export const taking = defineCodeList({
  name: "Taking",
  label: "Taking the drug",
  status: "I",
  source: "own decision; absence of a drug in a list says nothing",
  unknown: ["UNKNOWN"],
  options: [
    { key: "YES", code: 1, label: "Yes", aliases: ["Y"], status: "S" },
    { key: "NO", code: 2, label: "No", aliases: ["N"], status: "S" },
    { key: "CONTRAINDICATED", code: 3, label: "Contraindicated", status: "I" },
    { key: "UNKNOWN", code: 99, label: "Unknown", status: "I" },
  ],
});

/** Severity of heart failure; the keys are the Roman numerals of the label. */
export const nyhaClass = defineCodeList({
  name: "NyhaClass",
  label: "NYHA class",
  status: "I",
  source: "[CCAD-BCIS] holds it in a sibling audit; heart failure is a priority group",
  unknown: [],
  options: [
    { key: "I", code: 1, label: "I", aliases: ["NYHA I", "Class I"], status: "I" },
    { key: "II", code: 2, label: "II", aliases: ["NYHA II", "Class II"], status: "I" },
    { key: "III", code: 3, label: "III", aliases: ["NYHA III", "Class III"], status: "I" },
    { key: "IV", code: 4, label: "IV", aliases: ["NYHA IV", "Class IV"], status: "I" },
  ],
});
