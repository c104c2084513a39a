/** What the code of an observation means for NACR, whichever door it comes through: the table by code, and what codes say of their units. */
import { MEASUREMENT_ITEMS, type MeasurementItem } from "./measurement-items.ts";

/** Codes whose unit lies in their meaning: taken where the value has none; a value in another one contradicts its code. */
export const UNIT_OF_CODE: ReadonlyMap<string, string> = new Map([
  ["SNOMED|1082641000000106", "/wk"],
  ["SNOMED|1082631000000102", "/d"],
  ["SNOMED|228958009", "/wk"],
  ["SNOMED|228957004", "/d"],
]);

/**
 * The unit a code is recorded in by custom, or by the profile that uses it (HL7 Physical Activity guide): taken where the value has none,
 * as an answer to a question has, and no more.
 */
export const CUSTOMARY_UNIT_OF_CODE: ReadonlyMap<string, string> = new Map([
  ["SNOMED|160573003", "/wk"],
  ["LOINC|68516-4", "min/d"],
  ["LOINC|82290-8", "min/wk"],
]);

/** Codes that name their unit: a value in the other one is read by its unit, and warned about. */
export const STATED_UNIT_OF_CODE: ReadonlyMap<string, "mmol/mol" | "%"> = new Map([
  ["SNOMED|999791000000106", "mmol/mol"],
  ["SNOMED|1049301000000100", "mmol/mol"],
  ["SNOMED|1049321000000109", "mmol/mol"],
  ["SNOMED|1107481000000106", "mmol/mol"],
  ["SNOMED|1019431000000105", "%"],
  ["LOINC|59261-8", "mmol/mol"],
  ["LOINC|4548-4", "%"],
  ["LOINC|17856-6", "%"],
]);

/** Units that name what is counted and not how often. */
export const COUNTED_UNITS: ReadonlySet<string> = new Set(["unit", "units", "{unit}", "{units}", "u", "alcoholunits", "1"]);

/** A blood pressure as a whole: a panel of two values, or one text `142/94`. */
export const BLOOD_PRESSURE_PANELS: ReadonlySet<string> = new Set([
  ..."75367002 163020007 163035008 723237002 251076008 386534000 386536003 364090009 335661000000109"
    .split(" ")
    .map((code) => `SNOMED|${code}`),
  ..."85354-9 55284-4 35094-2".split(" ").map((code) => `LOINC|${code}`),
  ..."150020 MDC_PRESS_BLD_NONINV".split(" ").map((code) => `MDC|${code}`),
]);

/** What the two halves of `142/94` are. */
export const BLOOD_PRESSURE_HALVES = [
  { system: "SNOMED", code: "271649006" },
  { system: "SNOMED", code: "271650006" },
] as const;

const ITEM_BY_NAME = new Map(MEASUREMENT_ITEMS.map((item) => [item.item, item] as const));
const ITEM_BY_CODE: ReadonlyMap<string, MeasurementItem> = new Map(
  MEASUREMENT_ITEMS.flatMap((item) => [
    ...item.snomed.map((code) => [`SNOMED|${code}`, item] as const),
    ...item.loinc.map((code) => [`LOINC|${code}`, item] as const),
    ...item.mdc.map((code) => [`MDC|${code}`, item] as const),
  ]),
);

/** The numeric item with this name; undefined for items that are no number. */
export const findMeasurementItem = (name: string): MeasurementItem | undefined => ITEM_BY_NAME.get(name);

/** The numeric item of a code `SYSTEM|code`, the system in our name for it (`nameCodeSystem`). */
export const lookUpMeasurementItem = (codeKey: string): MeasurementItem | undefined => ITEM_BY_CODE.get(codeKey);

/** Whether the tables know the code as an item or as a blood pressure. */
export const isMeasurementCode = (codeKey: string): boolean => ITEM_BY_CODE.has(codeKey) || BLOOD_PRESSURE_PANELS.has(codeKey);

/** Our names for the systems of the tables: URIs and OIDs of FHIR, and the names of HL7 table 0396 with what feeds write instead. */
const SYSTEM_NAMES: ReadonlyMap<string, string> = new Map([
  ...["snomed", "snomed-ct", "snomedct", "snomed ct", "sct", "sct2", "sct_uk", "snct", "snm3", "sctuk"].map(
    (name) => [name, "SNOMED"] as const,
  ),
  ...["urn:oid:2.16.840.1.113883.6.96", "2.16.840.1.113883.6.96"].map((name) => [name, "SNOMED"] as const),
  ...["http://loinc.org", "https://loinc.org", "loinc", "ln", "urn:oid:2.16.840.1.113883.6.1", "2.16.840.1.113883.6.1"].map(
    (name) => [name, "LOINC"] as const,
  ),
  ...["urn:iso:std:iso:11073:10101", "mdc", "urn:oid:2.16.840.1.113883.6.24"].map((name) => [name, "MDC"] as const),
]);

/** Our name for a code system as a sender writes it; any other system keeps the sender's name. */
export function nameCodeSystem(system: string): string {
  if (system === "http://loinc.org") return "LOINC";
  if (system === "http://snomed.info/sct") return "SNOMED";
  const name = system.trim().toLowerCase();
  if (name.startsWith("http://snomed.info/") || name.startsWith("https://snomed.info/")) return "SNOMED";
  return SYSTEM_NAMES.get(name) ?? system.trim();
}
