/** The crosswalks of the dictionary's lists (NHS Data Dictionary, HL7 v2 tables, FHIR codes) as maps, and the sets about the person and stay. */
import { codeLists } from "../../schema/nacr/gw-1.0/code-lists.ts";
import type { CodeList } from "../../src/dataset/define.ts";
import { CARDIAC_CARE_PLAN_CODE, DIED_CODES, REHABILITATION_CODES, UNVERIFIED_NHS_NUMBER } from "./fhir-systems.ts";
import { type MapElement, NACR_LISTS, type PublishedMap, type PublishedSet, splitCodeKey } from "./published-shapes.ts";

const UK_CORE = "https://fhir.hl7.org.uk/CodeSystem";

/** What a crosswalk's name stands for. */
const CROSSWALKS: Readonly<Record<string, { readonly title: string; readonly uri: string }>> = {
  NHS_ETHNIC_2001: { title: "NHS ethnic category 2001 (16+1)", uri: `${UK_CORE}/UKCore-EthnicCategoryEngland` },
  NHS_ETHNIC_WALES: { title: "NHS Wales ethnic category", uri: `${UK_CORE}/UKCore-EthnicCategoryWales` },
  NHS_MARITAL_ENGLAND: { title: "NHS marital status, England", uri: `${UK_CORE}/UKCore-PersonMaritalStatusEngland` },
  NHS_MARITAL_WALES: { title: "NHS marital status, Wales", uri: `${UK_CORE}/UKCore-PersonMaritalStatusWales` },
  HL7_V2_0001: { title: "HL7 v2 table 0001, sex", uri: "http://terminology.hl7.org/CodeSystem/v2-0001" },
  HL7_V2_0002: { title: "HL7 v2 table 0002, marital status", uri: "http://terminology.hl7.org/CodeSystem/v2-0002" },
  HL7_V3_MARITAL: { title: "HL7 v3 marital status", uri: "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus" },
  FHIR_ADMINISTRATIVE_GENDER: { title: "FHIR administrative gender", uri: "http://hl7.org/fhir/administrative-gender" },
  NHS_PERSON_GENDER: {
    title: "NHS person stated gender",
    uri: "https://www.datadictionary.nhs.uk/data_elements/person_stated_gender_code.html",
  },
  NHS_EMPLOYMENT: {
    title: "NHS employment status",
    uri: "https://www.datadictionary.nhs.uk/data_elements/employment_status.html",
  },
};

/** Options NACR words more widely than the sender's code: Wales' Gypsy or Irish Traveller and Arab have no box of their own. */
const NEAREST: ReadonlySet<string> = new Set(["NHS_ETHNIC_WALES B", "NHS_ETHNIC_WALES T"]);

const LISTS: readonly CodeList[] = codeLists;

export const DEMOGRAPHIC_MAPS: readonly PublishedMap[] = Object.entries(CROSSWALKS).flatMap(([name, { title, uri }]) =>
  LISTS.flatMap((list) => {
    const elements = list.options.flatMap((option) =>
      (option.crosswalk?.[name] ?? []).map(
        (code): MapElement => ({
          code,
          display: "",
          isPrefix: false,
          target: option.key,
          equivalence: NEAREST.has(`${name} ${code}`) ? "inexact" : "equivalent",
          meaning: `${list.name} ${option.key}`,
          status: option.status ?? list.status,
          source: "NHS Data Dictionary, UK Core and HL7 tables; interop 1.3",
        }),
      ),
    );
    const id = `${name.toLowerCase().replaceAll("_", "-")}`;
    return elements.length === 0 ? [] : [{ id, title, source: uri, target: `${NACR_LISTS}/${list.name}`, elements }];
  }),
);

export const DEMOGRAPHIC_SETS: readonly PublishedSet[] = [
  {
    id: "cardiac-rehabilitation",
    title: "Cardiac rehabilitation, as type or service type",
    status: "V",
    source: "UK Core care setting type; HL7 service-type; interop 1.1",
    codes: [...REHABILITATION_CODES].map(splitCodeKey),
  },
  {
    id: "cardiac-care-plan",
    title: "Cardiac care plan",
    status: "V",
    source: "Synthea modules",
    codes: [splitCodeKey(CARDIAC_CARE_PLAN_CODE)],
  },
  {
    id: "died-in-hospital",
    title: "Discharge because of death",
    status: "V",
    source: "UK Core discharge method; HL7 discharge-disposition; NUBC",
    codes: [...DIED_CODES].map(splitCodeKey),
  },
  {
    id: "nhs-number-not-to-be-trusted",
    title: "Verification statuses with which an NHS number is no key",
    status: "V",
    source: "UK Core NHS number verification status; interop 1.1",
    codes: [...UNVERIFIED_NHS_NUMBER].map((code) => ({ system: `${UK_CORE}/UKCore-NHSNumberVerificationStatusEngland`, code })),
  },
];
