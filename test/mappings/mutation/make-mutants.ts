/**
 * Makes wrong mappings out of the right ones: one change each, in a table or a rule, of the kinds a slip makes. A case that does not notice
 * says less than it seems to.
 */
import { readFileSync } from "node:fs";
import ts from "typescript";
import { gw10 } from "../../../schema/nacr/gw-1.0/index.ts";

export interface Mutant {
  /** Path from the root of the repository. */
  readonly file: string;
  readonly line: number;
  /** `swapped field`, `wrong target` … */
  readonly kind: string;
  /** `"surname"` → `"forename"`. */
  readonly change: string;
  /** The whole text of the file, changed. */
  readonly text: string;
}

interface Change {
  readonly kind: string;
  readonly from: string;
  readonly to: string;
}

const itemsOf = new Map(gw10.recordTypes.map(({ name, items }) => [name, Object.keys(items)]));
/** Names that are words of TypeScript, FHIR or a report as often as items or keys: a change of them would seldom change a mapping. */
const COMMON_WORDS: ReadonlySet<string> = new Set("type date class number NONE UNKNOWN OTHER I II III IV".split(" "));
const ITEMS: ReadonlySet<string> = new Set([...itemsOf.values()].flat());
/** Keys of code lists, with another key of the same list. */
const OTHER_KEY: ReadonlyMap<string, string> = new Map(
  gw10.codeLists.flatMap(({ options }) =>
    options.map(({ key }, at) => [key, options[(at + 1) % options.length]?.key ?? key] as const),
  ),
);
/** FHIR elements that are read, with one that stands nearby. */
const OTHER_ELEMENT: ReadonlyMap<string, string> = new Map(
  [
    ["birthDate", "deceasedDateTime"],
    ["family", "given"],
    ["postalCode", "city"],
    ["onsetDateTime", "recordedDate"],
    ["performedDateTime", "recorded"],
    ["effectiveDateTime", "issued"],
    ["period.start", "period.end"],
    ["authoredOn", "occurrenceDateTime"],
    ["valueQuantity", "referenceRange"],
    ["subject", "performer"],
    ["generalPractitioner", "managingOrganization"],
  ].flatMap(([one = "", other = ""]) => [[one, other] as const, [other, one] as const]),
);
const OTHER_OPERATOR: ReadonlyMap<ts.SyntaxKind, string> = new Map([
  [ts.SyntaxKind.EqualsEqualsEqualsToken, "!=="],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, "==="],
  [ts.SyntaxKind.AmpersandAmpersandToken, "||"],
  [ts.SyntaxKind.BarBarToken, "&&"],
  [ts.SyntaxKind.LessThanToken, ">="],
  [ts.SyntaxKind.GreaterThanToken, "<="],
  [ts.SyntaxKind.LessThanEqualsToken, ">"],
  [ts.SyntaxKind.GreaterThanEqualsToken, "<"],
]);

function otherItem(item: string): string | null {
  const owner = [...itemsOf.values()].find((items) => items.includes(item));
  return owner === undefined ? null : (owner[(owner.indexOf(item) + 1) % owner.length] ?? null);
}

/** What names or bounds, and means nothing to a record: names of groups, labels, limits of size, report reasons. */
const MEANS_NOTHING = /^(?:group|label|source|status|title|description|reason|name|version)$/;
const IS_A_LIMIT = /^(?:MAX|MOST|LONGEST|LIMIT|ENOUGH|DIGITS|PARTS)|_(?:MAX|MOST|LENGTH|LIMIT)$/;

function isLeftOut(node: ts.Node): boolean {
  if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return true;
  if (ts.isPropertyAssignment(node)) return MEANS_NOTHING.test(node.name.getText());
  return ts.isVariableDeclaration(node) && IS_A_LIMIT.test(node.name.getText());
}

function changeOf(node: ts.Node, source: ts.SourceFile): Change | null {
  if (ts.isStringLiteral(node) && !ts.isImportDeclaration(node.parent)) return changeText(node);
  if (ts.isNumericLiteral(node)) return { kind: "wrong number", from: node.text, to: String(Number(node.text) + 1) };
  const operator = OTHER_OPERATOR.get(node.kind);
  return operator === undefined ? null : { kind: "wrong condition", from: node.getText(source), to: operator };
}

function changeText({ text, parent }: ts.StringLiteral): Change | null {
  if (COMMON_WORDS.has(text)) return null;
  // A name in a type says nothing at run time.
  if (ts.isLiteralTypeNode(parent)) return null;
  const to = (kind: string, other: string): Change => ({ kind, from: `"${text}"`, to: `"${other}"` });
  const element = OTHER_ELEMENT.get(text);
  if (element !== undefined) return to("swapped source field", element);
  const key = OTHER_KEY.get(text);
  if (key !== undefined) return to("wrong target", key);
  const item = ITEMS.has(text) ? otherItem(text) : null;
  return item === null ? null : to("swapped item", item);
}

/** Every mutant of a file, in the order of its text. */
export function makeMutants(file: string): readonly Mutant[] {
  const text = readFileSync(file, "utf8");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const mutants: Mutant[] = [];
  const visit = (node: ts.Node): void => {
    const change = changeOf(node, source);
    if (change !== null) {
      const start = node.getStart(source);
      mutants.push({
        file,
        line: source.getLineAndCharacterOfPosition(start).line + 1,
        kind: change.kind,
        change: `${change.from} → ${change.to}`,
        text: text.slice(0, start) + change.to + text.slice(node.end),
      });
    }
    ts.forEachChild(node, (child) => {
      if (!isLeftOut(child)) visit(child);
    });
  };
  visit(source);
  return mutants;
}
