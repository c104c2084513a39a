/** `nacr verify-cut NUMBER`: on the host, with the gateway's own settings (docs/cuts.md). */
import type { CutVerification } from "../statistics/cuts/verify-cut.ts";
import type { HistoryVerification } from "../statistics/cuts/verify-history.ts";
import { onHost } from "./audit-commands.ts";
import { CliError, EXIT } from "./cli-error.ts";
import type { CommandResult } from "./commands.ts";

export interface VerifyCutOptions {
  readonly json: boolean;
  /** Against the hospitals' history, instead of against the frozen rows (src/statistics/cuts/verify-history.ts). */
  readonly fromHistory: boolean;
}

/** Ends with `rejected` where anything is not what was signed, or not what history gives. */
export async function runVerifyCut(text: string, { json, fromHistory }: VerifyCutOptions): Promise<CommandResult> {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new CliError("nacr verify-cut NUMBER: cuts are numbered from 1.", EXIT.usage);
  return fromHistory ? await verifyHistory(number, json) : await verifyRows(number, json);
}

const NO_SUCH_CUT = "There is no such cut.";

async function verifyRows(number: number, json: boolean): Promise<CommandResult> {
  const verification = await onHost(async () => (await import("../wiring/cut-host.ts")).verifyConfiguredCut(number));
  if (verification === null) throw new CliError(NO_SUCH_CUT, EXIT.refused);
  return toResult(verification, json ? null : print(verification));
}

async function verifyHistory(number: number, json: boolean): Promise<CommandResult> {
  const verification = await onHost(async () => (await import("../wiring/cut-host.ts")).verifyConfiguredHistory(number));
  if (verification === null) throw new CliError(NO_SUCH_CUT, EXIT.refused);
  if (verification === "SYNTHETIC")
    throw new CliError("The cut is of a generated population: no hospital has a history of it.", EXIT.refused);
  return toResult(verification, json ? null : printHistory(verification));
}

/** @param text null: JSON */
const toResult = (verification: { readonly ok: boolean }, text: string | null): CommandResult => ({
  output: text ?? JSON.stringify(verification, null, 2),
  exitCode: verification.ok ? EXIT.done : EXIT.rejected,
});

const say = (fits: boolean, what: string): string => `${fits ? "is" : "IS NOT"} what was ${what}`;

function print({ number, publishedAt, ok, signatureFits, years }: CutVerification): string {
  return [
    `Cut ${number} of ${publishedAt}: ${ok ? "all of it is what was published." : "NOT WHAT WAS PUBLISHED."}`,
    `  the manifest ${say(signatureFits, "signed")}`,
    ...years.map(
      ({ auditYear, rowsFit, storedCubeFits, cubeFits }) =>
        `  ${auditYear}/${String(auditYear + 1).slice(2)}: the frozen rows ${rowsFit ? "are" : "ARE NOT"} those that were signed; the stored cube ${say(storedCubeFits, "signed")}; made anew it ${say(cubeFits, "signed")}`,
    ),
  ].join("\n");
}

/** Null: one to seven persons. */
const tell = (count: number | null): string => (count === null ? "1-7" : String(count));

const REASONS: Readonly<Record<keyof HistoryVerification["withheld"] | keyof HistoryVerification["notComparable"], string>> = {
  OBJECTION: "objected",
  OPT_OUT: "opted out",
  OPT_OUT_UNKNOWN: "of whom no answer about the opt-out stands",
  NO_SECTION_251: "without a section 251 reference in force",
  WITHDRAWN: "withdrawn since",
  IDENTITY_CHANGED: "NHS number or date of birth corrected since",
  LINKS_CHANGED: "linked with others since",
  NOT_IN_CUT: "in the history and not in the cut: withheld then",
  WRITTEN_JUST_BEFORE: "written in the hour before the cut",
  DESTROYED: "destroyed in another organisation since",
};

function list(counts: Readonly<Partial<Record<keyof typeof REASONS, number | null>>>): readonly string[] {
  const told = Object.entries(REASONS).flatMap(([reason, text]) => {
    const count = Object.entries(counts).find(([name]) => name === reason)?.[1];
    return count === undefined || count === 0 ? [] : [`    ${tell(count)}: ${text}`];
  });
  return told.length === 0 ? ["    none"] : told;
}

/** For people: lines of counts. */
export function printHistory(verification: HistoryVerification): string {
  const { number, asOf, ok, equal, different, withoutQuintile, withheld, gone, isGoneExplained, notComparable } = verification;
  return [
    `Cut ${number} as of ${asOf}: ${ok ? "history gives the same." : "HISTORY GIVES OTHER ROWS."}`,
    `  persons whose rows are the same: ${equal}${withoutQuintile === 0 ? "" : `, of ${withoutQuintile} of them but for the quintile of deprivation`}`,
    `  persons whose rows ${different === 0 ? "are others: 0" : `ARE OTHERS: ${different}`}`,
    "  in the cut, and not to be derived again:",
    ...list(withheld),
    `  in the cut, and of nobody who is there: ${tell(gone)}${isGoneExplained ? "" : ", MORE THAN WERE DESTROYED"}`,
    "  not comparable:",
    ...list(notComparable),
  ].join("\n");
}
