/** The types of the dataset's records, made once: decorators of resolvers refer to them. */
import { dictionariesByAge, latestDictionary } from "../dictionary-lookup.ts";
import { createCodeListTypes } from "./code-list-types.ts";
import { createPatientRecordInput } from "./record-input-types.ts";
import { createRecordOutputTypes } from "./record-output-types.ts";

export const codeLists = createCodeListTypes(dictionariesByAge());
export const recordOutputs = createRecordOutputTypes(latestDictionary(), codeLists);
export const PatientRecordInput = createPatientRecordInput(dictionariesByAge(), codeLists);
