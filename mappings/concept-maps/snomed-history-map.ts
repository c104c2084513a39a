/** SNOMED CT: what is left in the history of earlier events and procedures. Source: interop appendix A.4, extended; labels are our own. */
import type { ConceptGroup } from "./concept-group.ts";

const LISTS = "BHFDSC, Exeter-Diabetes/CPRD-Codelists@4b85f7e and gm-idcr code lists, by way of interop A.4";
const SYNTHEA = "Synthea modules and smart-on-fhir/generated-sample-data@25ac808";
const DOMAIN = "domain knowledge; check against the UK terminology server";

/** History of events and procedures, and the rehabilitation service. */
export const SNOMED_HISTORY_MAP: readonly ConceptGroup[] = [
  {
    group: "PREV_MI",
    label: "Old MI",
    role: "PREVIOUS_EVENT",
    key: "MI",
    status: "V",
    source: LISTS,
    codes: [
      ["1755008", "Old MI"],
      ["161502000", "History of MI under 60"],
      ["161503005", "History of MI over 60"],
      ["233843008", "Silent MI"],
      ["308065005", "History of MI in the last year"],
      ["399211009", "History of MI"],
      ["698593009", "History of NSTEMI"],
    ],
  },
  {
    group: "PREV_HEART_FAILURE",
    label: "History of heart failure",
    role: "PREVIOUS_EVENT",
    key: "HEART_FAILURE",
    status: "V",
    source: LISTS,
    codes: [["161505003", "History of heart failure"]],
  },
  {
    group: "PREV_CARDIAC_ARREST",
    label: "History of cardiac arrest",
    role: "PREVIOUS_EVENT",
    key: "CARDIAC_ARREST",
    status: "V",
    source: SYNTHEA,
    codes: [["429007001", "History of cardiac arrest"]],
  },
  {
    group: "PREV_CABG",
    label: "Coronary bypass in the past",
    role: "PREVIOUS_EVENT",
    key: "BYPASS_SURGERY",
    status: "V",
    source: LISTS,
    codes: [
      ["399261000", "History of CABG"],
      ["130541000119100", "History of a stent in a bypass graft"],
    ],
  },
  // A stent in a bypass graft says both.
  {
    group: "PREV_PCI",
    label: "Coronary stent in the past",
    role: "PREVIOUS_EVENT",
    key: "ANGIOPLASTY_PCI",
    status: "V",
    source: LISTS,
    codes: [
      ["428375006", "History of a coronary stent"],
      ["130541000119100", "History of a stent in a bypass graft"],
    ],
  },
  {
    group: "PREV_PACEMAKER",
    label: "Pacemaker present",
    role: "PREVIOUS_EVENT",
    key: "PACEMAKER",
    status: "W",
    source: DOMAIN,
    codes: [["441509002", "Pacemaker in place"]],
  },
  {
    group: "PREV_ICD",
    label: "Defibrillator present",
    role: "PREVIOUS_EVENT",
    key: "ICD",
    status: "W",
    source: DOMAIN,
    codes: [["443325000", "Defibrillator in place"]],
  },
  {
    group: "PREV_VALVE",
    label: "Valve replacement in the past",
    role: "PREVIOUS_EVENT",
    key: "OTHER_SURGERY",
    status: "W",
    source: DOMAIN,
    codes: [["1231000119100", "History of aortic valve replacement"]],
  },
  {
    group: "REHAB_SERVICE",
    label: "Cardiac rehabilitation service",
    role: "REHABILITATION",
    key: null,
    status: "V",
    source: "UK Core CareSettingType@3d2827e",
    codes: [["733459009", "Cardiac rehabilitation service"]],
  },
];
