/** `nacr load-geography`: on the host, with the gateway's own settings (docs/geography.md). */
import type { GeographyReport } from "../geography/load-geography.ts";
import { CliError, EXIT } from "./cli-error.ts";
import type { CommandResult } from "./commands.ts";

export interface GeographyArguments {
  readonly directory?: string | undefined;
  readonly deprivation?: readonly string[] | undefined;
  readonly organisations?: string | undefined;
  readonly json: boolean;
}

/** The gateway's parts are loaded by this command alone. @throws CliError */
export async function runLoadGeography({
  directory,
  deprivation,
  organisations,
  json,
}: GeographyArguments): Promise<CommandResult> {
  if (directory === undefined || deprivation === undefined)
    throw new CliError(
      "nacr load-geography --directory FILE --deprivation FILE [--deprivation FILE] [--organisations FILE]",
      EXIT.usage,
    );
  const [{ loadConfiguredGeography }, { explainRefusal }] = await Promise.all([
    import("../wiring/load-geography.ts"),
    import("../wiring/explain-refusal.ts"),
  ]);
  try {
    const report = await loadConfiguredGeography({ directory, deprivation, organisations: organisations ?? null });
    return {
      output: json ? JSON.stringify(report) : printGeography(report),
      exitCode: report.outcome === "PUBLISHED" ? EXIT.done : EXIT.rejected,
    };
  } catch (error) {
    const reason = explainRefusal(error);
    throw reason === null ? error : new CliError(reason, EXIT.refused);
  }
}

const OUTCOMES: Readonly<Record<GeographyReport["outcome"], (report: GeographyReport) => string>> = {
  PUBLISHED: ({ postcodes }) => `${postcodes} postcodes are in force. The national rows of everybody are made anew.`,
  TOO_BAD: () => "NOTHING WAS CHANGED: a file is not what it should be, or too many of its lines are bad.",
  OVERTAKEN: () => "NOTHING WAS CHANGED: somebody else began to load a directory meanwhile.",
};

/** For the person at the terminal: counts, lines and codes, nothing of what stands in the files. */
export function printGeography(report: GeographyReport): string {
  const { outcome, areas, lines, withoutQuintile, organisations, findingCount, findings } = report;
  return [
    OUTCOMES[outcome](report),
    `${areas} areas with deprivation; ${lines} lines of postcodes, ${withoutQuintile} of them in no such area.`,
    ...(organisations === null ? [] : [`${organisations} organisations with a region.`]),
    `${findingCount} findings${findingCount > findings.length ? `, the first ${findings.length} of them:` : "."}`,
    ...findings.map(({ file, line, code }) => `  ${file}, line ${line}: ${code}`),
  ].join("\n");
}
