import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
/** Written by a generator, and compared with what it would write by `npm run check:generated`. */
const GENERATED = new Set(["docs/dataset.md", "docs/errors.md", "docs/mapping.md"]);

const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { cwd: ROOT, encoding: "utf8" });
const files = listed.split("\n").filter((path) => path !== "" && existsSync(join(ROOT, path)));
const pages = files.filter((path) => /^(README\.md|docs\/.*\.md)$/.test(path) && !GENERATED.has(path));
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** Links to files of the repository, from the page's own folder, that lead nowhere. */
function findDeadLinks(page: string, text: string): readonly string[] {
  return [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target) && !existsSync(join(ROOT, dirname(page), target)));
}

/** Source files that are named in code spans, whole or by the end of their path, and do not exist. */
function findMissingFiles(text: string): readonly string[] {
  return [...text.matchAll(/`([\w./-]+\.(?:ts|cjs|prisma|graphql))`/g)]
    .map(([, name = ""]) => name)
    .filter((name) => !files.some((path) => path === name || path.endsWith(`/${name}`)));
}

/** Scripts of package.json that a page tells its reader to run and that do not exist. */
function findMissingScripts(text: string): readonly string[] {
  const { scripts }: { scripts: Readonly<Record<string, string>> } = JSON.parse(read("package.json"));
  return [...text.matchAll(/\bnpm run (?:--silent )?([\w:-]+)/g)]
    .map(([, name = ""]) => name)
    .filter((name) => !Object.hasOwn(scripts, name));
}

describe("the written pages", () => {
  it.each(pages)("%s links to pages, names files and gives commands that exist", (page) => {
    const text = read(page);
    expect([...findDeadLinks(page, text), ...findMissingFiles(text), ...findMissingScripts(text)]).toEqual([]);
  });

  it("include every decision in the list of decisions", () => {
    const list = read("docs/adr/README.md");
    const unlisted = files.filter(
      (path) => /^docs\/adr\/\d/.test(path) && !list.includes(`](${path.slice("docs/adr/".length)})`),
    );
    expect(unlisted).toEqual([]);
  });

  it("would be found wrong for a dead link, a file that is gone, or a command that is gone", () => {
    expect(findDeadLinks("docs/page.md", "see [this](gone.md) and [that](../README.md#top)")).toEqual(["gone.md"]);
    expect(findMissingFiles("`submission/submit.ts` calls `submission/gone.ts`")).toEqual(["submission/gone.ts"]);
    expect(findMissingScripts("`npm run check`, then `npm run gone:now`")).toEqual(["gone:now"]);
  });
});
