/** HL7 v2 messages of invented patients who are merged, unmerged and renumbered. The same seed gives the same person. */
import { toTestNhsNumber } from "../../../src/dataset/nhs-number.ts";

/** Identifiers of the person of a seed, as PID-3 and MRG-1 list them. */
export const identifiers = (seed: number): string => `H-${seed}^^^RNORTH^MR~${toTestNhsNumber(seed)}^^^NHS^NH`;
export const hospitalOnly = (seed: number): string => `H-${seed}^^^RNORTH^MR`;

const pid = (list: string, born: string): string => `PID|1||${list}||TEST^ANNE||${born}|2`;
const message = (trigger: string, ...segments: readonly string[]): string =>
  [`MSH|^~\\&|PAS|RNORTH|GW|NACR|20260310120000||ADT^${trigger}|1|P|2.4`, "EVN||20260310120000", ...segments].join("\r");

/** What a patient of `recordOf` is born. */
const BORN = "19510314";

export const statePatient = (list: string, born = BORN): string => message("A31", pid(list, born));
/** The second is the first's from now on. */
export const mergeInto = (list: string, prior: string, born = BORN): string => message("A40", pid(list, born), `MRG|${prior}`);
export const changeNumber = (list: string, prior: string): string => message("A47", pid(list, BORN), `MRG|${prior}`);
export const takeApart = (list: string, other: string): string => message("A37", pid(list, BORN), pid(other, BORN));
