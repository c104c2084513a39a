/** Translates a coded field (ID, IS, CE, CWE) by a table; only the first component is a code, and only of the list the profile names. */

import type { Severity } from "../../src/records/issue.ts";
import type { CodeTable } from "../concept-maps/hl7v2-demographics.ts";
import type { DraftBuilder } from "../support/hl7v2-draft-builder.ts";
import type { MessageSource } from "../support/hl7v2-message-source.ts";
import { optionOf, type SiteCodeTarget, siteCodeReason, translateCode } from "../support/site-codes.ts";
import type { Segment } from "./parse-message.ts";
import { componentOf, repetitionsOf } from "./read-field.ts";

export interface CodedItem {
  readonly item: string;
  readonly field: number;
  readonly table: CodeTable;
  /** What a code without a translation is: an error where the record cannot be without the item. */
  readonly severity: Severity;
}

/** `STATED`: a value, a deletion, or something that was refused. `ABSENT`: the field says nothing. */
export function mapCode(source: MessageSource, segment: Segment, coded: CodedItem, draft: DraftBuilder): "STATED" | "ABSENT" {
  const { item, field, table, severity } = coded;
  const [first] = repetitionsOf(source.message, segment, field);
  if (first === undefined) return "ABSENT";
  const place = source.use(segment, field);
  const code = componentOf(first, 1);
  const system = componentOf(first, 3)?.toUpperCase();
  if (code === null) draft.clear(item, place);
  else if (code === undefined) draft.refuse(item, place, "NO_CODE", "CODE_NOT_TRANSLATED", severity);
  else if (system !== undefined && source.profile.foreignCodeSystems.has(system)) {
    draft.refuse(item, place, "FOREIGN_CODE_SYSTEM", "CODE_NOT_TRANSLATED", severity);
  } else {
    const own = system ?? place.sourceField;
    const translation = translateCode(
      source.tables.siteCodes,
      own,
      code,
      () => translate(code.toUpperCase(), table) ?? null,
      (target) => toOption(target, item),
    );
    if (translation === null) draft.refuse(item, place, "CODE_NOT_IN_TABLE", "CODE_NOT_TRANSLATED", severity);
    else if (translation.siteCode !== null) draft.map(item, translation.value.key, place, siteCodeReason(translation.siteCode));
    else if (translation.value.reason === null) draft.map(item, translation.value.key, place);
    else draft.mapNearest(item, translation.value.key, place, translation.value.reason);
  }
  return "STATED";
}

/** The organisation's own translation; its table is named by the coding system of the field, else by the field itself: `PID-22`. */
function toOption(target: SiteCodeTarget, item: string): TableEntry | null {
  const key = optionOf("PATIENT", item)(target);
  return key === null ? null : { key, reason: null };
}

interface TableEntry {
  readonly key: string;
  /** Why the option is not exactly the code; null where it is. */
  readonly reason: "NEAREST_OPTION" | "SUBCODE_REDUCED" | null;
}

function translate(code: string, table: CodeTable): TableEntry | undefined {
  const key = table.keys.get(code);
  if (key !== undefined) return { key, reason: table.approximate.has(code) ? "NEAREST_OPTION" : null };
  if (!table.reducesToFirstLetter || !/^[A-Z][A-Z0-9]{1,2}$/.test(code)) return undefined;
  const group = table.keys.get(code.charAt(0));
  return group === undefined ? undefined : { key: group, reason: "SUBCODE_REDUCED" };
}
