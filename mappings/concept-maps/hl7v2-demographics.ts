/**
 * What the letters and numbers of HL7 v2 demographics mean, by the list the sender uses. The dictionary's crosswalks are the one place
 * where a code is tied to an option; a table here only says which crosswalks a dialect reads together.
 */

import { ethnicGroup, gender, maritalStatus } from "../../schema/nacr/gw-1.0/code-lists-patient.ts";
import type { CodeList } from "../../src/dataset/define.ts";

export interface CodeTable {
  /** For documentation and reports: which list the sender is taken to use. */
  readonly name: string;
  /** Source code to key of the NACR code list. */
  readonly keys: ReadonlyMap<string, string>;
  /** Codes whose option says less or other than the code: translated with a warning. */
  readonly approximate: ReadonlySet<string>;
  /**
   * Letters with sub-codes: `C22` is read as `C`, with a warning, since the retired two-character codes begin with the letter of their
   * group. The other letters had none, so that `AZ` is no code of the list.
   */
  readonly lettersWithSubCodes: ReadonlySet<string>;
}

/** Gender: UK feeds send either HL7 letters or NHS numbers; no code means one thing in one list and another in the other. */
export const SEX_HL7_OR_NHS: CodeTable = createTable("HL7 0001 and NHS person gender", gender, [
  "HL7_V2_0001",
  "NHS_PERSON_GENDER",
]);

export const ETHNIC_ENGLAND: CodeTable = {
  ...createTable("NHS ethnic category 2001", ethnicGroup, ["NHS_ETHNIC_2001"]),
  lettersWithSubCodes: new Set(["C", "G", "L", "P", "S"]),
};

/**
 * Wales shares the English letters from `D` on. `A` is any White background, which NACR asks to divide in three: it is not guessed.
 * `B` (Gypsy or Irish Traveller) and `T` (Arab) have no box of their own in NACR.
 */
export const ETHNIC_WALES: CodeTable = {
  ...createTable("NHS Wales ethnic category", ethnicGroup, ["NHS_ETHNIC_2001", "NHS_ETHNIC_WALES"], ["A", "C"]),
  approximate: new Set(["B", "T"]),
};

export const MARITAL_ENGLAND: CodeTable = createTable("NHS marital status, England", maritalStatus, ["NHS_MARITAL_ENGLAND"]);
export const MARITAL_WALES: CodeTable = createTable("NHS marital status, Wales", maritalStatus, ["NHS_MARITAL_WALES"]);
export const MARITAL_HL7: CodeTable = createTable("HL7 table 0002", maritalStatus, ["HL7_V2_0002"]);

/** A later system replaces what an earlier one says of the same code; `without` names codes the dialect does not have. */
function createTable(name: string, list: CodeList, systems: readonly string[], without: readonly string[] = []): CodeTable {
  const keys = new Map<string, string>();
  for (const system of systems) {
    for (const option of list.options) {
      for (const code of option.crosswalk?.[system] ?? []) if (!without.includes(code)) keys.set(code, option.key);
    }
  }
  return { name, keys, approximate: new Set(), lettersWithSubCodes: new Set() };
}
