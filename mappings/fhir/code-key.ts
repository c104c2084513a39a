/** How tables name a code of a system. */
import type { Coding } from "../support/fhir-reader.ts";

/** `system|code`. */
export const toCodeKey = (coding: Pick<Coding, "system" | "code">): string => `${coding.system}|${coding.code}`;
