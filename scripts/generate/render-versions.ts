/** The part of `docs/dataset.md` about versions: which are in service, and what the older ones have otherwise. */
import type { VersionInService } from "../../schema/nacr/index.ts";
import type { Conversion, ConversionStep } from "../../src/dataset/conversion.ts";
import type { DictionarySource } from "../../src/dataset/dictionary.ts";
import { renderCode, renderTable } from "./render-markdown.ts";

/** Everything that is known of versions, oldest first. */
export interface DatasetVersions {
  readonly versions: readonly VersionInService[];
  readonly assumed: string;
  readonly conversions: readonly Conversion[];
}

/** Names the versions by which a member came and was changed: `gw-1.0`, `gw-1.0, changed in gw-1.1`. */
export type Since = (find: (dictionary: DictionarySource) => object | undefined) => string;

export function createSince({ versions }: DatasetVersions): Since {
  return (find) => {
    const having = versions.flatMap(({ dictionary }) => {
      const member = find(dictionary);
      return member === undefined ? [] : [{ version: dictionary.version, text: JSON.stringify(member) }];
    });
    const changed = having.filter(({ text }, at) => at > 0 && text !== having[at - 1]?.text).map(({ version }) => version);
    return `${having[0]?.version ?? ""}${changed.length === 0 ? "" : `, changed in ${changed.join(", ")}`}`;
  };
}

export function renderVersions({ versions, assumed, conversions }: DatasetVersions): string {
  const newest = versions.at(-1)?.dictionary.version;
  return [
    "## Versions",
    "A submission is judged by the version it claims. Records are stored and answered in the words of the newest one, into which those of older ones are converted (docs/versions.md). This page describes the newest; *Since* says which version brought an item, option or rule.",
    renderTable(
      ["Version", "Assumed where none is named", "Stored", "Last day of service"],
      versions.map(({ dictionary: { version }, sunset }) => [
        renderCode(version),
        version === assumed ? "yes" : "",
        version === newest ? "yes" : "",
        sunset ?? "",
      ]),
    ),
    ...conversions.map(renderConversion),
  ].join("\n\n");
}

const renderConversion = ({ from, to, steps }: Conversion): string =>
  [
    `### From ${renderCode(from)} to ${renderCode(to)}`,
    renderTable(["Of", "Sent", "Stored", "If", "The sender is told"], steps.map(renderStep)),
  ].join("\n\n");

function renderStep(step: ConversionStep): readonly string[] {
  switch (step.kind) {
    case "rename":
      return [step.recordType, renderCode(step.from), renderCode(step.to), "", ""];
    case "drop":
      return [step.recordType, renderCode(step.item), "not stored", "", step.reason];
    case "code":
      return [
        step.list,
        renderCode(step.from),
        renderCode(step.to),
        step.when === undefined ? "" : `${renderCode(step.when.item)} is ${step.when.in.join(" or ")}`,
        step.reason ?? "",
      ];
  }
}
