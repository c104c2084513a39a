/** `nacr verify-cut NUMBER`: on the host, with the gateway's own settings (docs/cuts.md). */
import type { CutVerification } from "../statistics/cuts/verify-cut.ts";
import { onHost } from "./audit-commands.ts";
import { CliError, EXIT } from "./cli-error.ts";
import type { CommandResult } from "./commands.ts";

/** Ends with `rejected` where anything is not what was signed. */
export async function runVerifyCut(text: string, json: boolean): Promise<CommandResult> {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new CliError("nacr verify-cut NUMBER: cuts are numbered from 1.", EXIT.usage);
  const verification = await onHost(async () => (await import("../wiring/cut-host.ts")).verifyConfiguredCut(number));
  if (verification === null) throw new CliError("There is no such cut.", EXIT.refused);
  return {
    output: json ? JSON.stringify(verification, null, 2) : print(verification),
    exitCode: verification.ok ? EXIT.done : EXIT.rejected,
  };
}

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
