/** `docs/dataset.md`: every item with its limits and where they come from, every option, every rule, every source. */

import type { Source } from "../../schema/nacr/gw-1.0/sources.ts";
import type { CodeList, Item, RecordType } from "../../src/dataset/define.ts";
import type { DictionarySource } from "../../src/dataset/dictionary.ts";
import type { Rule } from "../../src/dataset/rule.ts";
import { GENERATED_NOTICE, renderCode, renderTable } from "./render-markdown.ts";
import { createSince, type DatasetVersions, renderVersions, type Since } from "./render-versions.ts";

const MARKS = [
  ["S", "a source states it"],
  ["S~", "a source states part of it; a code list, a limit or the wording was incomplete"],
  ["I", "our own decision, for want of a source"],
  ["R", "not confirmed; such a fact never rejects a record on its own"],
] as const;

/** Of the newest dictionary; what older ones have otherwise stands in a section of its own. */
export function renderDatasetPage(
  dictionary: DictionarySource,
  sources: Readonly<Record<string, Source>>,
  versions: DatasetVersions,
): string {
  const since = createSince(versions);
  return [
    GENERATED_NOTICE,
    `# Dataset dictionary ${dictionary.version}`,
    "What is known of the NACR dataset from public material, and what this gateway decided where nothing public says. The version is the gateway's own; it is not NACR's. The official dataset for importers was not available: codes of options, mandatory flags and most limits are our decision, and each says so.",
    "## Marks",
    renderTable(
      ["Mark", "Meaning"],
      MARKS.map(([mark, meaning]) => [renderCode(mark), meaning]),
    ),
    renderVersions(versions),
    "## Record types",
    ...dictionary.recordTypes.map((recordType) => renderRecordType(recordType, since)),
    "## Code lists",
    "An input takes the key, the code, the label, `code. label` or an alias, whatever its case and spacing. Outputs give the key.",
    ...dictionary.codeLists.map((list) => renderCodeList(list, since)),
    "## Rules",
    "Judged on the merged row: what is sent together with what is stored. A rule is silent where a value it needs is absent. Beyond these, no date may be in the future.",
    renderRules(dictionary.rules, since),
    ...renderFormerRules(dictionary, versions, since),
    "## Sources",
    renderTable(
      ["Key", "Source"],
      Object.entries(sources).map(([key, { title, url }]) => [`[${key}]`, url === null ? title : `[${title}](${url})`]),
    ),
    "",
  ].join("\n\n");
}

function renderRecordType(recordType: RecordType, since: Since): string {
  const facts = [
    recordType.parent === null ? "has no parent" : `belongs to ${renderCode(recordType.parent)}`,
    recordType.naturalKey.length === 0
      ? "no natural key"
      : `natural key ${recordType.naturalKey.map(renderCode).join(", ")} within its parent`,
    recordType.programmeScoped ? "read and written by its own programme only" : "shared by the programmes of the organisation",
  ];
  return [
    `### ${recordType.label} (${renderCode(recordType.name)})`,
    `${recordType.description} In inputs ${renderCode(recordType.fieldName)}; ${facts.join("; ")}. ${renderMark(recordType)}`,
    renderTable(
      ["Item", "Label", "Kind", "Mandatory", "Expected", "Possible", "Unit", "Meaning", "Since", "Mark", "Source"],
      Object.entries(recordType.items).map(([name, item]) =>
        renderItem(
          name,
          item,
          since(({ recordTypes }) => recordTypes.find((other) => other.name === recordType.name)?.items[name]),
        ),
      ),
    ),
  ].join("\n\n");
}

function renderItem(name: string, item: Item, since: string): readonly string[] {
  return [
    renderCode(name),
    item.label,
    renderKind(item),
    item.mandatory === true ? "yes" : "",
    [renderRange(item.expected), item.multipleOf === undefined ? "" : `a multiple of ${item.multipleOf}`]
      .filter(Boolean)
      .join(", "),
    item.maxLength === undefined ? renderRange(item.hard) : `at most ${item.maxLength} characters`,
    item.unit ?? "",
    `${item.description}${item.identifying === true ? " **Identifying.**" : ""}${item.defaultValue === undefined ? "" : ` Default ${renderCode(item.defaultValue)}.`}`,
    since,
    renderCode(item.status),
    item.source,
  ];
}

const renderKind = (item: Item): string =>
  item.list === undefined ? item.kind : `${item.kind} of [${item.list}](#${item.list.toLowerCase()})`;

const renderRange = (range: Item["expected"]): string => (range === undefined ? "" : `${range[0]} to ${range[1]}`);

const renderMark = (fact: { readonly status: string; readonly source: string }): string =>
  `Mark ${renderCode(fact.status)}: ${fact.source}.`;

function renderCodeList(list: CodeList, since: Since): string {
  const notes = [
    list.unknown.length === 0
      ? ""
      : `Says "not known", and never replaces a known value: ${list.unknown.map(renderCode).join(", ")}.`,
    list.open === undefined
      ? ""
      : `Open: an unlisted text ${list.open.storeAs === null ? "is left out" : `is stored as ${renderCode(list.open.storeAs)}`} with a warning.`,
  ].filter(Boolean);
  return [
    `### ${list.name}`,
    [`${list.label}.`, ...notes, renderMark(list)].join(" "),
    renderTable(
      ["Code", "Key", "Label", "Aliases", "Codes of other systems", "Since", "Mark"],
      list.options.map((option) => [
        String(option.code),
        renderCode(option.key),
        option.label,
        (option.aliases ?? []).join("; "),
        Object.entries(option.crosswalk ?? {})
          .map(([system, codes]) => `${system} ${codes.join(", ")}`)
          .join("; "),
        since(({ codeLists }) => codeLists.find(({ name }) => name === list.name)?.options.find(({ key }) => key === option.key)),
        renderCode(option.status),
      ]),
    ),
  ].join("\n\n");
}

/** Rules of older versions that the newest does not have, or has otherwise: they are asked of who claims the older version. */
function renderFormerRules({ rules }: DictionarySource, { versions }: DatasetVersions, since: Since): readonly string[] {
  const newest = new Set(rules.map((rule) => JSON.stringify(rule)));
  return versions.flatMap(({ dictionary }) => {
    const former = dictionary.rules.filter((rule) => !newest.has(JSON.stringify(rule)));
    return former.length === 0
      ? []
      : [`Asked of what is sent under ${renderCode(dictionary.version)} in place of the above:`, renderRules(former, since)];
  });
}

const renderRules = (rules: readonly Rule[], since: Since): string =>
  renderTable(
    ["Rule", "Record type", "Item", "Answer", "What it asks", "Since", "Mark", "Source"],
    rules.map((rule) => [
      rule.id,
      renderCode(rule.recordType),
      renderCode(rule.field),
      `${rule.severity} ${renderCode(rule.code)}`,
      rule.text,
      since((dictionary) => dictionary.rules.find(({ id }) => id === rule.id)),
      renderCode(rule.status),
      rule.source,
    ]),
  );
