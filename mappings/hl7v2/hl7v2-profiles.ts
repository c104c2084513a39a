/**
 * The sender profiles the project ships. Facts: HL7 UK A.3 (identifiers, practice, table 0396), NHS Data Dictionary (discharge
 * destination 79), Digital Health and Care Wales and Simulated Hospital sample messages (dialects). A site adds its own.
 */
import {
  type CodeTable,
  ETHNIC_ENGLAND,
  ETHNIC_WALES,
  MARITAL_ENGLAND,
  MARITAL_HL7,
  MARITAL_WALES,
  SEX_HL7_OR_NHS,
} from "../concept-maps/hl7v2-demographics.ts";
import type { CodeSystem } from "../support/coded-target.ts";
import type { Hl7v2Profile, ProfileMark } from "./hl7v2-profile.ts";

/** The names of HL7 table 0396 and of HL7 UK; URIs and other ways of writing them are known to `codeSystemOf`. */
const UK_CODE_SYSTEMS: ReadonlyMap<string, CodeSystem> = new Map([
  ["ICD10", "ICD10"],
  ["ICD-10", "ICD10"],
  ["I10", "ICD10"],
  ["2.16.840.1.113883.6.3", "ICD10"],
  ["OPCS4", "OPCS4"],
  ["OPCS-4", "OPCS4"],
  ["OPCS", "OPCS4"],
  // Inferred, not sourced: the counterpart of I10, and no other system bears the name.
  ["O4", "OPCS4"],
  ["SNCT", "SNOMED"],
  ["SCT", "SNOMED"],
]);

/** United States race and ethnicity tables: their `N` is "not Hispanic", not Black African. The last is the OID of the third. */
const FOREIGN_CODE_SYSTEMS: ReadonlySet<string> = new Set(["HL70005", "HL70189", "CDCREC", "2.16.840.1.113883.6.238"]);

/** A field that names HL7's own table is read by it, whatever the sender's other fields mean: its `P` is a partner, England's is separated. */
const NAMED_TABLES: ReadonlyMap<string, CodeTable> = new Map(
  ["HL70002", "2.16.840.1.113883.12.2", "HTTP://TERMINOLOGY.HL7.ORG/CODESYSTEM/V2-0002"].map((name) => [
    `maritalStatus|${name}`,
    MARITAL_HL7,
  ]),
);

/** ODS codes of general practices in England and Wales: a letter and five digits. */
const PRACTICE_CODE = /^[A-Z]\d{5}$/;

/** 04 and 05: several or no matches, needs resolving. `nn` is traced through the Welsh register and says nothing elsewhere. */
const DISTRUSTED_STATUSES = ["04", "05"];

/** ISO 3166, HL7 UK, and the names in words. */
const HOME_COUNTRIES: ReadonlySet<string> = new Set([
  ..."GBR GB UK 826 ENG WLS SCT NIR ENGLAND WALES SCOTLAND CYMRU".split(" "),
  ...["UNITED KINGDOM", "GREAT BRITAIN", "NORTHERN IRELAND"],
]);

const NHS_NUMBER_NAMES = ["NHS", "NHSNBR", "NHSNMBR", "NHSNO", "NHSNUM", "NHSNUMBER"];

/** The default: HL7 UK A.3 with English lists. Every other profile says only what it does differently. */
const HL7_UK: Hl7v2Profile = {
  name: "hl7-uk",
  version: 4,
  description: "HL7 UK A.3 (v2.4) with the lists of NHS England; the default.",
  nhsNumber: {
    // Of the names only NHS is of the standard (HL7 UK A.3), NHSNBR and NHSNMBR are met in feeds; the others are inferred, not
    // sourced: no other number bears such a name. Then the object identifier and the FHIR system of the NHS number.
    authorities: new Set([...NHS_NUMBER_NAMES, "2.16.840.1.113883.2.1.4.1", "HTTPS://FHIR.NHS.UK/ID/NHSNUMBER"]),
    types: new Set(["NH", "NNGBR", ...NHS_NUMBER_NAMES]),
    contraryTypes: new Set(["MR", "MRN", "MEDREC", "HOSP", "HOSPITALNUMBER", "HOSPITALNO"]),
    otherAuthorities: new Set(["CHI"]),
    otherFields: [],
    statusInCheckDigit: false,
    distrustedStatuses: new Set([...DISTRUSTED_STATUSES, "NN"]),
  },
  // HL7 table 0203; the next ones are met in feeds, and PAS is inferred, not sourced. HN is none: it is met beside NHS numbers.
  localNumber: {
    types: ["MR", "MRN", "MEDREC", "PI", "PT", "HOSP", "HOSPITALNUMBER", "HOSPITALNO", "PAS"],
    authorities: new Set(["MR", "MRN"]),
  },
  sex: SEX_HL7_OR_NHS,
  ethnicGroup: ETHNIC_ENGLAND,
  maritalStatus: MARITAL_ENGLAND,
  namedTables: NAMED_TABLES,
  foreignCodeSystems: FOREIGN_CODE_SYSTEMS,
  timeZone: "Europe/London",
  // XON.3 to v2.4, XON.10 from v2.5 on; some senders write the code in the place of the name.
  practice: [
    { field: 3, component: 3, repetition: 1 },
    { field: 3, component: 10, repetition: 1 },
    { field: 3, component: 1, repetition: 1, pattern: PRACTICE_CODE },
  ],
  homeCountries: HOME_COUNTRIES,
  codeSystems: UK_CODE_SYSTEMS,
  diedDestinations: new Set(["79"]),
  rehabilitation: {
    // Domain knowledge, not confirmed against the Data Dictionary (interop 1.7, point 9).
    treatmentFunctions: new Set(["327"]),
    services: new Set(["SNOMED|733459009", "SERVICE-TYPE|533"]),
    // HL7 table 0278, and the words senders use for it.
    keptStatuses: new Set(["COMPLETE", "COMPLETED", "STARTED", "ARRIVED", "ATTENDED"]),
  },
  observationCodes: {},
  marks: [],
  standsFor: [],
};

const HL7_TABLES: Hl7v2Profile = {
  ...HL7_UK,
  name: "hl7-tables",
  description: "As hl7-uk, from a supplier that sends HL7's own marital status table: P is a partner, A is separated.",
  maritalStatus: MARITAL_HL7,
  // HL7 table 0112 beside the NHS destination: no code stands in both.
  diedDestinations: new Set([...HL7_UK.diedDestinations, "20", "40", "41", "42"]),
};

const NHS_NUMBER_IN_PID_2: Hl7v2Profile = {
  ...HL7_UK,
  name: "nhs-number-in-pid-2",
  description: "v2.2 and v2.3 senders whose external patient id, PID-2, is the NHS number.",
  nhsNumber: { ...HL7_UK.nhsNumber, otherFields: [2] },
};

const NHS_NUMBER_IN_PID_19: Hl7v2Profile = {
  ...HL7_UK,
  name: "nhs-number-in-pid-19",
  description: "v2.2 and v2.3 senders that write the NHS number in the place of the social security number, PID-19.",
  nhsNumber: { ...HL7_UK.nhsNumber, otherFields: [19] },
};

const ITK: Hl7v2Profile = {
  ...HL7_UK,
  name: "itk",
  description: "NHS Interoperability Toolkit, HL7 v2.4: NHS number without identifier type, sex as a number.",
  marks: [{ segment: "MSH", field: 21, values: [{ component: 1, pattern: /^iTKv/i }] }],
};

const SIMULATED_HOSPITAL: Hl7v2Profile = {
  ...HL7_UK,
  name: "simhospital",
  description: "Simulated Hospital: v2.3, SNOMED CT named SNM3, a dummy practice.",
  practice: [],
  codeSystems: new Map([...UK_CODE_SYSTEMS, ["SNM3", "SNOMED"]]),
  marks: [{ segment: "MSH", field: 3, values: [{ component: 1, pattern: /^SIMHOSP$/ }] }],
};

/** ODS codes of the local health boards of Wales are 7A1 to 7A7. */
const WELSH_SENDER: ProfileMark = { segment: "MSH", field: 4, values: [{ component: 1, pattern: /^7A[1-7]/ }] };

const HL7_WALES: Hl7v2Profile = {
  ...HL7_UK,
  name: "hl7-wales",
  description: "HL7 v2 with the lists of NHS Wales; a number traced through the Welsh register is trusted.",
  ethnicGroup: ETHNIC_WALES,
  maritalStatus: MARITAL_WALES,
  nhsNumber: { ...HL7_UK.nhsNumber, distrustedStatuses: new Set(DISTRUSTED_STATUSES) },
  marks: [WELSH_SENDER],
};

const MOSAIQ_WALES: Hl7v2Profile = {
  ...HL7_WALES,
  name: "mosaiq-wales",
  description: "Welsh departmental systems (Mosaiq, Paris): local number of type PI only, lists of NHS Wales.",
  marks: [],
};

const PIMS_WALES: Hl7v2Profile = {
  ...HL7_WALES,
  name: "pims-wales",
  description:
    "Welsh patient administration (PIMS), v2.3.1: NHS number of type NI with its trace status in CX.2; practice second in PD1-4.",
  nhsNumber: { ...HL7_WALES.nhsNumber, types: new Set([...HL7_UK.nhsNumber.types, "NI"]), statusInCheckDigit: true },
  practice: [
    { field: 4, component: 1, repetition: 2 },
    { field: 3, component: 3, repetition: 1 },
  ],
  // A trace status of two characters beside the type NI: nobody else writes that.
  marks: [
    WELSH_SENDER,
    {
      segment: "PID",
      field: 3,
      values: [
        { component: 2, pattern: /^(?:0[1-8]|nn)$/i },
        { component: 5, pattern: /^NI$/ },
      ],
    },
  ],
};

/** Recognises the dialects that mark their messages; everything else is read as `hl7-uk`. A table that no mark decides is never guessed. */
const AUTO: Hl7v2Profile = {
  ...HL7_UK,
  name: "auto",
  description: "Recognises ITK, Simulated Hospital and Welsh senders by their own marks, message by message; else as hl7-uk.",
  standsFor: [ITK, SIMULATED_HOSPITAL, HL7_WALES, PIMS_WALES],
};

/** By name, as `submitHl7v2(profile)` gives it. */
export const HL7V2_PROFILES: ReadonlyMap<string, Hl7v2Profile> = new Map(
  [
    HL7_UK,
    HL7_TABLES,
    NHS_NUMBER_IN_PID_2,
    NHS_NUMBER_IN_PID_19,
    ITK,
    SIMULATED_HOSPITAL,
    HL7_WALES,
    MOSAIQ_WALES,
    PIMS_WALES,
    AUTO,
  ].map((profile) => [profile.name, profile]),
);

/** What is applied where neither the request nor the sender's registration names a profile. */
export const DEFAULT_HL7V2_PROFILE: Hl7v2Profile = HL7_UK;
