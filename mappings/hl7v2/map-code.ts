/** Translates a coded field (ID, IS, CE, CWE) by the list the profile names, or by the one the field itself names. */

import type { Severity } from "../../src/records/issue.ts";
import type { CodeTable } from "../concept-maps/hl7v2-demographics.ts";
import type { DraftBuilder } from "../support/hl7v2-draft-builder.ts";
import type { MessageSource, Place } from "../support/hl7v2-message-source.ts";
import { optionOf, type SiteCodeTarget, siteCodeReason, type Translation, translateCode } from "../support/site-codes.ts";
import type { Segment } from "./parse-message.ts";
import { componentOf, repetitionsOf } from "./read-field.ts";

export interface CodedItem {
  readonly item: string;
  readonly field: number;
  readonly table: CodeTable;
  /** What a code without a translation is: an error where the record cannot be without the item. */
  readonly severity: Severity;
}

/** Code and system of a CWE, and of the alternative beside it. */
const CODINGS = [
  { code: 1, system: 3 },
  { code: 4, system: 6 },
] as const;

/** `STATED`: a value, a deletion, or something that was refused. `ABSENT`: the field says nothing. */
export function mapCode(source: MessageSource, segment: Segment, coded: CodedItem, draft: DraftBuilder): "STATED" | "ABSENT" {
  const { item, field, severity } = coded;
  const [first] = repetitionsOf(source.message, segment, field);
  if (first === undefined) return "ABSENT";
  const place = source.use(segment, field);
  let reason: string | undefined;
  for (const position of CODINGS) {
    const code = componentOf(first, position.code);
    if (code === undefined) continue;
    if (code === null) {
      draft.clear(item, place);
      return "STATED";
    }
    const found = translateField(source, coded, { code, system: componentOf(first, position.system) ?? undefined }, place);
    if (typeof found !== "string") {
      addTranslation(item, found, place, draft);
      return "STATED";
    }
    // What is wrong with the first coding is what the sender is told.
    reason ??= found;
  }
  draft.refuse(item, place, reason ?? "NO_CODE", "CODE_NOT_TRANSLATED", severity);
  return "STATED";
}

interface FieldCode {
  readonly code: string;
  readonly system: string | undefined;
}

/** The option, or why there is none. */
function translateField(
  source: MessageSource,
  { item, table }: CodedItem,
  stated: FieldCode,
  { sourceField }: Place,
): Translation<TableEntry> | "FOREIGN_CODE_SYSTEM" | "CODE_NOT_IN_TABLE" {
  const { foreignCodeSystems, namedTables } = source.profile;
  const system = stated.system?.toUpperCase();
  if (system !== undefined && foreignCodeSystems.has(system)) return "FOREIGN_CODE_SYSTEM";
  const list = namedTables.get(`${item}|${system ?? ""}`) ?? table;
  const translation = translateCode(
    source.tables.siteCodes,
    system ?? sourceField,
    stated.code,
    () => translate(stated.code.toUpperCase(), list) ?? null,
    (target) => toOption(target, item),
  );
  return translation ?? "CODE_NOT_IN_TABLE";
}

function addTranslation(item: string, { siteCode, value }: Translation<TableEntry>, place: Place, draft: DraftBuilder): void {
  if (siteCode !== null) draft.map(item, value.key, place, siteCodeReason(siteCode));
  else if (value.reason === null) draft.map(item, value.key, place);
  else draft.mapNearest(item, value.key, place, value.reason);
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
  const letter = code.charAt(0);
  if (!table.lettersWithSubCodes.has(letter) || !/^[A-Z][A-Z0-9]{1,2}$/.test(code)) return undefined;
  const group = table.keys.get(letter);
  return group === undefined ? undefined : { key: group, reason: "SUBCODE_REDUCED" };
}
