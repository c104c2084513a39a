/** Whether a coded field names the cardiac rehabilitation service (interop 1.7, point 9). */
import type { DatedFact } from "../support/hl7v2-event-drafts.ts";
import type { MessageSource } from "../support/hl7v2-message-source.ts";
import type { MappingTables } from "../support/mapping-tables.ts";
import { normaliseCode } from "../support/normalise-code.ts";
import { namesCardiacRehabilitation } from "../support/rehabilitation-words.ts";
import { codeSystemOf } from "./code-system.ts";
import type { Segment } from "./parse-message.ts";
import { componentOf, repetitionsOf } from "./read-field.ts";

/** CE and CWE: code, text and system, then the alternative coding. */
const CODINGS = [
  [1, 2, 3],
  [4, 5, 6],
] as const;

/** How the service was recognised: by a code, or by the words beside a code that no table knows, which is told with a warning. */
export type Recognition = "CODE" | "NAME";

/** The best of several; null: none of them is about the service. */
export const bestRecognition = (found: readonly (Recognition | null)[]): Recognition | null =>
  found.includes("CODE") ? "CODE" : found.includes("NAME") ? "NAME" : null;

/** Whether a coded field names the service, by any of its repetitions and codings; null: it does not. */
export function recogniseRehabilitation(source: MessageSource, segment: Segment, field: number): Recognition | null {
  const table = `${segment.name}-${field}`;
  const found = repetitionsOf(source.message, segment, field).flatMap((stated) =>
    CODINGS.map(([codeAt, textAt, systemAt]): Recognition | null => {
      const code = componentOf(stated, codeAt);
      const system = componentOf(stated, systemAt);
      if (code && isServiceCode(source, system ?? table, code)) return "CODE";
      const text = componentOf(stated, textAt) ?? code;
      return text && namesCardiacRehabilitation(text) ? "NAME" : null;
    }),
  );
  return bestRecognition(found);
}

/** The sender's own code for it may be one that the organisation has translated. */
function isServiceCode({ profile, tables }: MessageSource, system: string, code: string): boolean {
  const { services } = profile.rehabilitation;
  const target = tables.siteCodes?.(system, code)?.target;
  if (target?.kind === "CONCEPT" && services.has(`${target.system}|${target.code}`)) return true;
  return services.has(`${codeSystemOf(profile, system) ?? system.toUpperCase()}|${code}`);
}

/** A diagnosis or procedure that is the rehabilitation itself: ICD-10 Z50.0, OPCS-4 U54.1. */
export function isRehabilitationCode({ system, code }: DatedFact, { terminology }: MappingTables): boolean {
  const normalised = normaliseCode(system, code);
  return normalised.ok && terminology.lookUpCode(system, normalised.code).some(({ role }) => role === "REHABILITATION");
}
