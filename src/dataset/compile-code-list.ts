/** Makes a code list ready for look-up, and refuses a list in which one text could mean two options. */
import { foldText } from "../lib/fold-text.ts";
import type { CodeList, CodeOption } from "./define.ts";
import type { CompiledList } from "./dictionary.ts";

const YES = "YES";
const NO = "NO";

/**
 * Folds every accepted text of every option. Lists with Yes and No also take the words of a JSON boolean (dataset section 3.15).
 * @throws Error for a list without options, a repeated key or code, an ambiguous text, or an unknown or open key it does not have.
 */
export function compileCodeList(list: CodeList): CompiledList {
  if (list.options.length === 0) throw new Error(`code list ${list.name} has no options`);
  const byKey = new Map<string, CodeOption>();
  const byText = new Map<string, string>();
  const addText = (text: string, key: string): void => {
    const folded = foldText(text);
    const other = byText.get(folded);
    if (other !== undefined && other !== key) throw new Error(`code list ${list.name}: a text means both ${other} and ${key}`);
    byText.set(folded, key);
  };
  for (const option of list.options) {
    if (byKey.has(option.key)) throw new Error(`code list ${list.name} has key ${option.key} twice`);
    byKey.set(option.key, option);
    for (const text of textsOf(option)) addText(text, option.key);
  }
  if (byKey.has(YES) && byKey.has(NO)) {
    addText("true", YES);
    addText("false", NO);
  }
  checkKeys(list, byKey);
  return { list, byKey, byText, keys: new Set(byKey.keys()), unknown: new Set(list.unknown) };
}

function textsOf(option: CodeOption): readonly string[] {
  return [option.key, String(option.code), option.label, `${option.code}. ${option.label}`, ...(option.aliases ?? [])];
}

function checkKeys(list: CodeList, byKey: ReadonlyMap<string, CodeOption>): void {
  const storeAs = list.open?.storeAs ?? null;
  for (const key of [...list.unknown, ...(storeAs === null ? [] : [storeAs])]) {
    if (!byKey.has(key)) throw new Error(`code list ${list.name} names ${key}, which is no option of it`);
  }
}
