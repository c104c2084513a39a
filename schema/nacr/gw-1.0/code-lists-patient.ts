/** Code lists about the person and the life around the event. Codes are the gateway's own: no NACR short code is public. */
import { defineCodeList } from "../../../src/dataset/define.ts";

/** Self-assigned, 2001 census (16+1). Wales reuses letters with other meanings: its `A` is any White and says neither British nor Irish, so it has no crosswalk. */
export const ethnicGroup = defineCodeList({
  name: "EthnicGroup",
  label: "Ethnic group",
  status: "S~",
  source:
    "[FORM] ethnic group boxes; [HES-ETH] letters of the 2001 census list; [UKCORE-WALES] letters of the Welsh one; options not visible in the form completed from [HES-ETH]",
  unknown: ["NOT_STATED", "NOT_KNOWN"],
  options: [
    { key: "WHITE_BRITISH", code: 1, label: "White British", crosswalk: { NHS_ETHNIC_2001: ["A"] }, status: "I" },
    { key: "WHITE_IRISH", code: 2, label: "White Irish", crosswalk: { NHS_ETHNIC_2001: ["B"] }, status: "I" },
    {
      key: "WHITE_OTHER",
      code: 3,
      label: "White (other)",
      crosswalk: { NHS_ETHNIC_2001: ["C"], NHS_ETHNIC_WALES: ["B"] },
      status: "S",
    },
    {
      key: "WHITE_BLACK_CARIBBEAN",
      code: 4,
      label: "White/Black Caribbean",
      crosswalk: { NHS_ETHNIC_2001: ["D"], NHS_ETHNIC_WALES: ["D"] },
      status: "S",
    },
    {
      key: "WHITE_BLACK_AFRICAN",
      code: 5,
      label: "White/Black African",
      crosswalk: { NHS_ETHNIC_2001: ["E"], NHS_ETHNIC_WALES: ["E"] },
      status: "S",
    },
    {
      key: "WHITE_ASIAN",
      code: 6,
      label: "White/Asian",
      crosswalk: { NHS_ETHNIC_2001: ["F"], NHS_ETHNIC_WALES: ["F"] },
      status: "I",
    },
    {
      key: "ANY_OTHER_MIXED",
      code: 7,
      label: "Any other mixed",
      crosswalk: { NHS_ETHNIC_2001: ["G"], NHS_ETHNIC_WALES: ["G"] },
      status: "S",
    },
    { key: "INDIAN", code: 8, label: "Indian", crosswalk: { NHS_ETHNIC_2001: ["H"], NHS_ETHNIC_WALES: ["H"] }, status: "I" },
    {
      key: "PAKISTANI",
      code: 9,
      label: "Pakistani",
      crosswalk: { NHS_ETHNIC_2001: ["J"], NHS_ETHNIC_WALES: ["J"] },
      status: "I",
    },
    {
      key: "BANGLADESHI",
      code: 11,
      label: "Bangladeshi",
      crosswalk: { NHS_ETHNIC_2001: ["K"], NHS_ETHNIC_WALES: ["K"] },
      status: "I",
    },
    {
      key: "OTHER_ASIAN",
      code: 12,
      label: "Other Asian",
      crosswalk: { NHS_ETHNIC_2001: ["L"], NHS_ETHNIC_WALES: ["L"] },
      status: "S",
    },
    {
      key: "BLACK_CARIBBEAN",
      code: 13,
      label: "Black Caribbean",
      crosswalk: { NHS_ETHNIC_2001: ["M"], NHS_ETHNIC_WALES: ["M"] },
      status: "S",
    },
    {
      key: "BLACK_AFRICAN",
      code: 14,
      label: "Black African",
      crosswalk: { NHS_ETHNIC_2001: ["N"], NHS_ETHNIC_WALES: ["N"] },
      status: "I",
    },
    {
      key: "BLACK_OTHER",
      code: 15,
      label: "Black Other",
      crosswalk: { NHS_ETHNIC_2001: ["P"], NHS_ETHNIC_WALES: ["P"] },
      status: "S",
    },
    { key: "CHINESE", code: 16, label: "Chinese", crosswalk: { NHS_ETHNIC_2001: ["R"], NHS_ETHNIC_WALES: ["R"] }, status: "I" },
    {
      key: "OTHER_ETHNIC_GROUP",
      code: 17,
      label: "Other Ethnic Group",
      crosswalk: { NHS_ETHNIC_2001: ["S"], NHS_ETHNIC_WALES: ["S", "T"] },
      status: "S",
    },
    {
      key: "NOT_STATED",
      code: 98,
      label: "Not Stated",
      crosswalk: { NHS_ETHNIC_2001: ["Z"], NHS_ETHNIC_WALES: ["Z"] },
      status: "S",
    },
    { key: "NOT_KNOWN", code: 99, label: "Not Known", crosswalk: { NHS_ETHNIC_2001: ["X", "99"] }, status: "S" },
  ],
});

/** The same letter means different things by system: `P` is Separated in England and a partner in HL7 table 0002. */
export const maritalStatus = defineCodeList({
  name: "MaritalStatus",
  label: "Marital status",
  status: "S~",
  source:
    "[FORM] Permanent Partnership is visible; [HES-MAR], [WALES] and [WALES-FHIR] give the NHS codes, [UKCORE] the HL7 ones; the rest our decision",
  unknown: ["UNKNOWN"],
  options: [
    {
      key: "SINGLE",
      code: 1,
      label: "Single",
      crosswalk: { NHS_MARITAL_ENGLAND: ["S"], NHS_MARITAL_WALES: ["11"], HL7_V2_0002: ["S", "B"], HL7_V3_MARITAL: ["S", "U"] },
      status: "I",
    },
    {
      key: "MARRIED",
      code: 2,
      label: "Married",
      crosswalk: { NHS_MARITAL_ENGLAND: ["M"], NHS_MARITAL_WALES: ["21", "22"], HL7_V2_0002: ["M"], HL7_V3_MARITAL: ["M", "P"] },
      status: "I",
    },
    {
      key: "PERMANENT_PARTNERSHIP",
      code: 3,
      label: "Permanent Partnership",
      crosswalk: { NHS_MARITAL_WALES: ["12"], HL7_V2_0002: ["P", "G", "R"], HL7_V3_MARITAL: ["T"] },
      status: "S",
    },
    {
      key: "DIVORCED",
      code: 4,
      label: "Divorced",
      crosswalk: { NHS_MARITAL_ENGLAND: ["D"], NHS_MARITAL_WALES: ["31", "32"], HL7_V2_0002: ["D"], HL7_V3_MARITAL: ["D"] },
      status: "I",
    },
    {
      key: "WIDOWED",
      code: 5,
      label: "Widowed",
      crosswalk: { NHS_MARITAL_ENGLAND: ["W"], NHS_MARITAL_WALES: ["41", "42"], HL7_V2_0002: ["W"], HL7_V3_MARITAL: ["W"] },
      status: "I",
    },
    {
      key: "SEPARATED",
      code: 6,
      label: "Separated",
      crosswalk: { NHS_MARITAL_ENGLAND: ["P"], NHS_MARITAL_WALES: ["51"], HL7_V2_0002: ["A", "E"], HL7_V3_MARITAL: ["L"] },
      status: "I",
    },
    {
      key: "UNKNOWN",
      code: 9,
      label: "Unknown",
      crosswalk: {
        NHS_MARITAL_ENGLAND: ["N", "8", "9"],
        NHS_MARITAL_WALES: ["91"],
        HL7_V2_0002: ["T", "U"],
        HL7_V3_MARITAL: ["UNK"],
      },
      status: "I",
    },
  ],
});

/** Gender as NACR collects it; not the NHS gender identity list, which must never be mixed in. */
export const gender = defineCodeList({
  name: "Gender",
  label: "Gender",
  status: "S",
  source: "[GENDER] e-GIF values; [MDS] names the item; [UKCORE] FHIR and NHS values",
  unknown: ["NOT_KNOWN", "NOT_SPECIFIED"],
  options: [
    {
      key: "MALE",
      code: 1,
      label: "Male",
      crosswalk: { NHS_PERSON_GENDER: ["1"], HL7_V2_0001: ["M"], FHIR_ADMINISTRATIVE_GENDER: ["male"] },
      status: "S",
    },
    {
      key: "FEMALE",
      code: 2,
      label: "Female",
      crosswalk: { NHS_PERSON_GENDER: ["2"], HL7_V2_0001: ["F"], FHIR_ADMINISTRATIVE_GENDER: ["female"] },
      status: "S",
    },
    {
      key: "NOT_KNOWN",
      code: 0,
      label: "Not known",
      aliases: ["Unknown"],
      crosswalk: { NHS_PERSON_GENDER: ["0", "X"], HL7_V2_0001: ["U"], FHIR_ADMINISTRATIVE_GENDER: ["unknown"] },
      status: "S~",
    },
    {
      key: "NOT_SPECIFIED",
      code: 9,
      label: "Not specified",
      crosswalk: { NHS_PERSON_GENDER: ["9"], HL7_V2_0001: ["O", "A", "N"], FHIR_ADMINISTRATIVE_GENDER: ["other"] },
      status: "S~",
    },
  ],
});

/** Asked at each assessment. NHS code 01, employed, has no crosswalk: it does not tell full from part time. */
export const employmentStatus = defineCodeList({
  name: "EmploymentStatus",
  label: "Employment status",
  status: "I",
  source: "own decision after census economic activity [MDS]; [EMPNHS] codes 02 to 08 and ZZ (01 does not say full or part time)",
  unknown: ["UNKNOWN"],
  options: [
    { key: "EMPLOYED_FULL_TIME", code: 1, label: "Employed full time", status: "I" },
    { key: "EMPLOYED_PART_TIME", code: 2, label: "Employed part time", status: "I" },
    { key: "SELF_EMPLOYED", code: 3, label: "Self-employed", status: "I" },
    {
      key: "UNEMPLOYED_SEEKING_WORK",
      code: 4,
      label: "Unemployed seeking work",
      crosswalk: { NHS_EMPLOYMENT: ["02"] },
      status: "I",
    },
    { key: "GOVERNMENT_TRAINING", code: 5, label: "Government training", status: "I" },
    { key: "STUDENT", code: 6, label: "Student", crosswalk: { NHS_EMPLOYMENT: ["03"] }, status: "I" },
    {
      key: "LOOKING_AFTER_HOME_FAMILY",
      code: 7,
      label: "Looking after home/family",
      crosswalk: { NHS_EMPLOYMENT: ["05"] },
      status: "I",
    },
    { key: "TEMPORARILY_SICK", code: 8, label: "Temporarily sick", status: "I" },
    {
      key: "PERMANENTLY_SICK_DISABLED",
      code: 9,
      label: "Permanently sick/disabled",
      crosswalk: { NHS_EMPLOYMENT: ["04"] },
      status: "I",
    },
    { key: "RETIRED", code: 10, label: "Retired", crosswalk: { NHS_EMPLOYMENT: ["08"] }, status: "I" },
    { key: "OTHER", code: 11, label: "Other", crosswalk: { NHS_EMPLOYMENT: ["06", "07"] }, status: "I" },
    { key: "UNKNOWN", code: 99, label: "Unknown", crosswalk: { NHS_EMPLOYMENT: ["ZZ"] }, status: "I" },
  ],
});

/** Smoking relative to the initiating event. */
export const smokingStatus = defineCodeList({
  name: "SmokingStatus",
  label: "Smoking status",
  status: "I",
  source: "[MDS][QM1] name the item; the options are our decision",
  unknown: ["UNKNOWN"],
  options: [
    { key: "NEVER", code: 1, label: "Never", status: "I" },
    { key: "EX", code: 2, label: "Ex", aliases: ["Ex (stopped before event)", "Ex-smoker"], status: "I" },
    { key: "STOPPED_SINCE_EVENT", code: 3, label: "Stopped since event", status: "I" },
    { key: "CURRENTLY_SMOKING", code: 4, label: "Currently smoking", aliases: ["Current"], status: "I" },
    { key: "UNKNOWN", code: 99, label: "Unknown", status: "I" },
  ],
});

/** Lists with Yes and No also read a JSON boolean. */
export const yesNoUnknown = defineCodeList({
  name: "YesNoUnknown",
  label: "Yes, no or unknown",
  status: "I",
  source: "[FORM] yes and no boxes; Unknown is our decision",
  unknown: ["UNKNOWN"],
  options: [
    { key: "YES", code: 1, label: "Yes", aliases: ["Y"], status: "S" },
    { key: "NO", code: 2, label: "No", aliases: ["N"], status: "S" },
    { key: "UNKNOWN", code: 99, label: "Unknown", status: "I" },
  ],
});
