/** Whether a coded field names the cardiac rehabilitation service (interop 1.7, point 9). */
import { nameCodeSystem } from "../concept-maps/measurement-codes.ts";
import type { DatedFact } from "../support/hl7v2-event-drafts.ts";
import type { MessageSource } from "../support/hl7v2-message-source.ts";
import type { MappingTables } from "../support/mapping-tables.ts";
import { normaliseCode } from "../support/normalise-code.ts";
import type { Segment } from "./parse-message.ts";
import { componentOf, repetitionsOf } from "./read-field.ts";

/** CE and CWE: code and system, then the alternative coding. */
const CODINGS = [
  [1, 3],
  [4, 6],
] as const;

export function namesRehabilitation(source: MessageSource, segment: Segment, field: number): boolean {
  const { services } = source.profile.rehabilitation;
  return repetitionsOf(source.message, segment, field).some((stated) =>
    CODINGS.some(([codeAt, systemAt]) => {
      const system = nameCodeSystem(componentOf(stated, systemAt) ?? "").toUpperCase();
      return services.has(`${system}|${componentOf(stated, codeAt) ?? ""}`);
    }),
  );
}

/** A diagnosis or procedure that is the rehabilitation itself: ICD-10 Z50.0, OPCS-4 U54.1. */
export function isRehabilitationCode({ system, code }: DatedFact, { terminology }: MappingTables): boolean {
  const normalised = normaliseCode(system, code);
  return normalised.ok && terminology.lookUpCode(system, normalised.code).some(({ role }) => role === "REHABILITATION");
}
