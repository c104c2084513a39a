/**
 * Dataset dictionary `gw-1.0`: this gateway's reading of the NACR dataset from public material. The number is the gateway's own,
 * not NACR's. The official dataset for importers replaces it by a new folder beside this one, not by an edit.
 */
import type { RecordOf } from "../../../src/dataset/define.ts";
import type { DictionarySource } from "../../../src/dataset/dictionary.ts";
import { codeLists } from "./code-lists.ts";
import { issueCodes } from "./issue-codes.ts";
import { recordTypes } from "./record-types.ts";
import { rules } from "./rules.ts";

/** The dictionary as the kit in `src/dataset` compiles it. */
export const gw10: DictionarySource = { version: "gw-1.0", recordTypes, codeLists, rules, issueCodes };

/** The definition of one record type, with its literal item names and kinds. */
export type RecordTypeDefinition = (typeof recordTypes)[number];

/** The dataset record of a record type by its name: `DatasetRecord<"ASSESSMENT">`. */
export type DatasetRecord<N extends RecordTypeDefinition["name"]> = RecordOf<Extract<RecordTypeDefinition, { name: N }>>;

/** The keys of a code list by its name: `CodeKey<"EventType">`. */
export type CodeKey<L extends (typeof codeLists)[number]["name"]> = Extract<
  (typeof codeLists)[number],
  { name: L }
>["options"][number]["key"];
