/** `nacr verify-audit` and `nacr export-audit`: on the host, with the gateway's own settings (docs/audit.md). */
import type { TrailReport } from "../audit/verify-trail.ts";
import { CliError, EXIT } from "./cli-error.ts";
import type { CommandResult } from "./commands.ts";

/** For commands on the host: the gateway's parts are loaded by them alone. @throws CliError */
export async function onHost<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { explainRefusal } = await import("../wiring/explain-refusal.ts");
    const reason = explainRefusal(error);
    throw reason === null ? error : new CliError(reason, EXIT.refused);
  }
}

export interface VerifyOptions {
  /** A copy of the anchor. */
  readonly anchor: string | undefined;
  readonly json: boolean;
}

/** Ends with `rejected` where anything is not what was written. */
export async function runVerifyAudit({ anchor, json }: VerifyOptions): Promise<CommandResult> {
  const report = await onHost(async () => (await import("../wiring/audit-host.ts")).verifyConfiguredTrail(anchor ?? null));
  const isGood = report.bad === null && report.badAnchorLine === null;
  return { output: json ? JSON.stringify(report) : print(report), exitCode: isGood ? EXIT.done : EXIT.rejected };
}

const SENTENCES: Readonly<Record<NonNullable<TrailReport["bad"]>["fault"], string>> = {
  NUMBER_MISSING: "the number is missing",
  ENTRY_MISSING: "its entry is gone",
  MAC_WRONG: "it is not what was written",
  ANCHOR_DIFFERS: "the anchor says otherwise: the chain was written anew",
  TAIL_MISSING: "the anchor knows of it, and the chain ends before",
  CHECKPOINT_FORGED: "older entries were removed by somebody else than the gateway",
};

function print({ bad, badAnchorLine, entries, first, last, anchors, waiting }: TrailReport): string {
  const lines = [
    bad === null
      ? `${entries} entries are what was written (numbers ${first} to ${last}).`
      : `NOT WHAT WAS WRITTEN at number ${bad.sequence}: ${SENTENCES[bad.fault]}.`,
    badAnchorLine === null
      ? `The chain was held against ${anchors} lines of the anchor.`
      : `The anchor is NOT WHAT WAS WRITTEN in line ${badAnchorLine}: use a copy of it (--anchor FILE).`,
    `${waiting.count} entries wait for a number${waiting.oldestSeconds === null ? "" : `, the oldest for ${Math.round(waiting.oldestSeconds)} s`}.`,
  ];
  if (anchors === 0 && badAnchorLine === null) lines.push("Without an anchor a tail that was cut off would not show.");
  return lines.join("\n");
}

export interface ExportOptions {
  readonly organisation: string | undefined;
  readonly since: string | undefined;
}

/** Writes NDJSON to standard output as it is read. */
export async function runExportAudit({ organisation, since }: ExportOptions, out: NodeJS.WritableStream): Promise<number> {
  if (organisation === undefined) throw new CliError("nacr export-audit --organisation ODS [--since TIME]", EXIT.usage);
  const from = since ?? "1970-01-01T00:00:00Z";
  if (Number.isNaN(Date.parse(from))) throw new CliError("--since is an instant: 2026-01-31T00:00:00Z.", EXIT.usage);
  return await onHost(async () =>
    (await import("../wiring/audit-host.ts")).exportConfiguredTrail(organisation, new Date(from).toISOString(), (text) =>
      writeAll(out, text),
    ),
  );
}

/** Waits where whoever reads is slower. */
async function writeAll(out: NodeJS.WritableStream, text: string): Promise<void> {
  if (out.write(text)) return;
  await new Promise<void>((resolve) => out.once("drain", resolve));
}
