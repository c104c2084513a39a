/** What an organisation has said that one of its diagnosis or procedure codes means, ready for the engine that derives events. */
import type { CodedFact } from "./coded-target.ts";
import type { MappingTables } from "./mapping-tables.ts";
import { clinicalTargetOf, siteCodeReason } from "./site-codes.ts";

export interface SiteFact extends Pick<CodedFact, "system" | "code"> {
  readonly siteMeaning: NonNullable<CodedFact["siteMeaning"]>;
  /** Comes before the gateway's own tables. */
  readonly override: boolean;
}

/** Null: nothing is said of the code, or something that is no diagnosis or procedure. A local code that stands for a public one is that one. */
export function findSiteFact({ siteCodes, terminology }: MappingTables, system: string, code: string): SiteFact | null {
  const siteCode = siteCodes?.(system, code) ?? null;
  if (siteCode === null) return null;
  const { target, override } = siteCode;
  const reason = siteCodeReason(siteCode);
  if (target.kind === "CONCEPT") {
    const targets = terminology.lookUpCode(target.system, target.code);
    return targets.length === 0 ? null : { system: target.system, code: target.code, override, siteMeaning: { targets, reason } };
  }
  const meant = clinicalTargetOf(target);
  // The system is not asked any more: the meaning is known.
  return meant === null ? null : { system: "SNOMED", code, override, siteMeaning: { targets: [meant], reason } };
}
