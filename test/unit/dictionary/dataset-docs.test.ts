import { describe, expect, it } from "vitest";
import { gw10 } from "../../../schema/nacr/gw-1.0/index.ts";
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

  it("shows every item, every option, every rule and every issue code", () => {
    const page = text("docs/dataset.md");
    for (const { items } of gw10.recordTypes) for (const name of Object.keys(items)) expect(page).toContain(`| \`${name}\` |`);
    for (const { options } of gw10.codeLists) for (const { key } of options) expect(page).toContain(`| \`${key}\` |`);
    for (const { id } of gw10.rules) expect(page).toContain(`| ${id} |`);
    for (const { code } of gw10.issueCodes) expect(text("docs/errors.md")).toContain(`| \`${code}\` |`);
  });

  it("gives machines the same dictionary", () => {
    const { recordTypes, version } = JSON.parse(text("docs/dataset.json"));
    expect(version).toBe(gw10.version);
    expect(recordTypes).toEqual(JSON.parse(JSON.stringify(gw10.recordTypes)));
  });
});
