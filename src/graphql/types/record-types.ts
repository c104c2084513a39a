/** The types of the dictionary in force, made once: decorators of resolvers refer to them. */
import { latestDictionary } from "../dictionary-lookup.ts";
import { createCodeListTypes } from "./code-list-types.ts";
import { createPatientRecordInput } from "./record-input-types.ts";
import { createRecordOutputTypes } from "./record-output-types.ts";

export const codeLists = createCodeListTypes(latestDictionary());
export const recordOutputs = createRecordOutputTypes(latestDictionary(), codeLists);
export const PatientRecordInput = createPatientRecordInput(latestDictionary(), codeLists);
