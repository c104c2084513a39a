/** What national pseudonyms are made from. */
import { keyOf, type LinkedRef } from "../episodes/link-words.ts";

/** By the digest of the NHS number: one pseudonym in every organisation, linked or not. */
export const nameByNumber = (nhsDigest: string): string => `nhs/${nhsDigest}`;
/** Of somebody without any number: the patient of an organisation. */
export const nameByPatient = (patient: LinkedRef): string => `patient/${keyOf(patient)}`;
