/**
 * Dataset dictionary `gw-1.1`, written as its difference to `gw-1.0`: what is not named here is the same in both. How records of gw-1.0
 * become records of gw-1.1 stands in `schema/nacr/conversions.ts`.
 */
import { replaceNamed } from "../../../src/dataset/define.ts";
import type { DictionarySource } from "../../../src/dataset/dictionary.ts";
import { gw10 } from "../gw-1.0/index.ts";
import { assessment } from "./assessment.ts";
import { referralSource } from "./code-lists.ts";
import { treatmentDate } from "./rules.ts";

/** The dictionary as the kit in `src/dataset` compiles it. Issue codes are the gateway's own and the same in every version. */
export const gw11: DictionarySource = {
  version: "gw-1.1",
  recordTypes: replaceNamed(gw10.recordTypes, ({ name }) => name, [assessment]),
  codeLists: replaceNamed(gw10.codeLists, ({ name }) => name, [referralSource]),
  rules: replaceNamed(gw10.rules, ({ id }) => id, [treatmentDate]),
  issueCodes: gw10.issueCodes,
};
