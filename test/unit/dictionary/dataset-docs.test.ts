import { describe, expect, it } from "vitest";
import { gw10 } from "../../../schema/nacr/gw-1.0/index.ts";
import { gw11 } from "../../../schema/nacr/gw-1.1/index.ts";
import { findStale, readRepositoryFile, renderDatasetDocs } from "../../../scripts/generate/generate-dataset-docs.ts";

const files = renderDatasetDocs();
const text = (path: string): string => files.find((file) => file.path === path)?.text ?? "";

describe("the documentation of the dataset", () => {
  it("is current in the repository", () => {
    expect(findStale(files, readRepositoryFile)).toEqual([]);
  });

  it("is found stale, by name, where a page was edited or is missing", () => {
    const read = (path: string) =>
      path === "docs/dataset.md" ? `${text(path)}edited` : path === "docs/errors.md" ? null : text(path);
    expect(findStale(files, read)).toEqual(["docs/dataset.md", "docs/errors.md"]);
  });

  it.each([gw10, gw11])("shows every item, every option, every rule and every issue code of a version", (version) => {
    const page = text("docs/dataset.md");
    for (const { items } of version.recordTypes) for (const name of Object.keys(items)) expect(page).toContain(`| \`${name}\` |`);
    for (const { options } of version.codeLists) for (const { key } of options) expect(page).toContain(`| \`${key}\` |`);
    const lines = page.split("\n");
    for (const { id, text: sentence } of version.rules)
      expect(
        lines.some((line) => line.startsWith(`| ${id} |`) && line.includes(`| ${sentence} |`)),
        id,
      ).toBe(true);
    for (const { code } of version.issueCodes) expect(text("docs/errors.md")).toContain(`| \`${code}\` |`);
  });

  it("says of every item, option and rule which version brought or changed it", () => {
    const lineOf = (start: string) =>
      text("docs/dataset.md")
        .split("\n")
        .find((line) => line.startsWith(start));
    expect(lineOf("| `goalsAgreed` |")).toContain("| gw-1.1 |");
    expect(lineOf("| `employmentStatus` |")).toContain("| gw-1.0 |");
    expect(lineOf("| 3 | `INDEPENDENT_HOSPITAL` |")).toContain("| gw-1.1 |");
    expect(lineOf("| C-TREATMENT-DATE |")).toContain("| gw-1.0, changed in gw-1.1 |");
  });

  it("gives machines the same dictionary", () => {
    const { recordTypes, version } = JSON.parse(text("docs/dataset.json"));
    expect(version).toBe(gw11.version);
    expect(recordTypes).toEqual(JSON.parse(JSON.stringify(gw11.recordTypes)));
  });
});
