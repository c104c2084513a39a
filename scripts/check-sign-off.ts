/**
 * Lists the mappings whose present revision no clinician has reviewed (`mappings/sign-off.yml`). Unreviewed mappings do not fail the check:
 * they are printed, so that nobody takes them for reviewed. What fails is a sign-off that is not in order, or of a mapping there is not, and a
 * file that no sign-off would cover.
 *
 * `--self-test` shows that the check can fail.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseDocument } from "yaml";
import { z } from "zod";
import { computeRevisions, findUncovered, type MappingRevision } from "./mapping-revisions.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const FILE = "mappings/sign-off.yml";

const review = z.strictObject({
  mapping: z.string(),
  revision: z.string().regex(/^[0-9a-f]{12}$/, "is twelve hexadecimal digits, as this check prints them"),
  reviewer: z.string().min(5),
  registration: z.string().min(3),
  date: z.string().regex(/^\d{4}-\d{2}-\d{2}$/, "is YYYY-MM-DD, in quotation marks"),
  remarks: z.string().optional(),
});
const signOff = z.strictObject({ reviews: z.array(review) });

interface Verdict {
  /** What is not in order. */
  readonly faults: readonly string[];
  /** A line for each mapping. */
  readonly lines: readonly string[];
}

/** Pure: the text of the file and the revisions that stand. */
function judge(text: string, revisions: readonly MappingRevision[]): Verdict {
  const document = parseDocument(text);
  const [unreadable] = document.errors;
  if (unreadable !== undefined) return { faults: [`${FILE}: ${unreadable.message}`], lines: [] };
  const parsed = signOff.safeParse(document.toJS());
  if (!parsed.success) return { faults: [`${FILE}: ${z.prettifyError(parsed.error)}`], lines: [] };
  const { reviews } = parsed.data;
  const unknown = reviews.filter(({ mapping }) => revisions.every((revision) => revision.mapping !== mapping));
  return {
    faults: unknown.map(({ mapping }) => `${FILE}: there is no mapping ${mapping}`),
    lines: revisions.map(({ mapping, title, revision, files }) => {
      const own = reviews.filter((entry) => entry.mapping === mapping);
      const present = own.find((entry) => entry.revision === revision);
      const latest = own.toSorted((a, b) => (a.date < b.date ? 1 : -1))[0];
      const state = present
        ? `reviewed ${present.date} by ${present.reviewer}`
        : latest
          ? `NOT REVIEWED; an earlier revision ${latest.revision} was, ${latest.date} by ${latest.reviewer}`
          : "NOT REVIEWED";
      return `${mapping} ${revision} (${title}; ${files} files): ${state}`;
    }),
  };
}

function selfTest(): boolean {
  const revisions = [{ mapping: "drugs", title: "Drugs", revision: "0123456789ab", files: 1 }];
  const entry = (more: string): string =>
    `reviews:\n  - {mapping: drugs, revision: 0123456789ab, reviewer: A. Reviewer, registration: GMC 0, date: "2026-12-01"${more}}`;
  const of = (text: string): Verdict => judge(text, revisions);
  return (
    of(entry("")).lines[0]?.includes("reviewed 2026-12-01 by A. Reviewer") === true &&
    of(entry("").replace("0123456789ab", "ffffffffffff")).lines[0]?.includes("NOT REVIEWED; an earlier") === true &&
    of("reviews: []").lines[0]?.endsWith("NOT REVIEWED") === true &&
    of(entry(", signed: true")).faults.length === 1 &&
    of(entry("").replace("drugs", "devices")).faults.length === 1 &&
    of("reviews: [").faults.length === 1
  );
}

function main(): void {
  if (process.argv.includes("--self-test")) {
    process.exitCode = selfTest() ? 0 : 1;
    return;
  }
  const { faults, lines } = judge(readFileSync(`${ROOT}${FILE}`, "utf8"), computeRevisions(ROOT));
  const unreviewed = lines.filter((line) => line.includes("NOT REVIEWED"));
  console.log(`mappings: ${lines.length}, of which ${unreviewed.length} not reviewed by a clinician in their present revision`);
  for (const line of lines) console.log(`  ${line}`);
  const uncovered = findUncovered(ROOT).map((file) => `${file}: belongs to no mapping of scripts/mapping-revisions.ts`);
  for (const fault of [...faults, ...uncovered]) console.error(fault);
  if (faults.length + uncovered.length > 0) process.exitCode = 1;
}

main();
