/** Shows what a mapping makes of an input, and what the dictionary says of each value. Reads nothing that is stored and keeps nothing. */
import type { RecordTypeName, Value } from "../dataset/define.ts";
import { GatewayError } from "../errors/gateway-error.ts";
import type { Issue, MappingReportLine } from "../records/issue.ts";
import type { MappingSummaryLine } from "../records/submission-record.ts";
import { summariseMapping } from "./build-results.ts";
import type { SubmitChannel } from "./commands.ts";
import { createEntries, type Entry, judgeDrafts } from "./entry.ts";
import { kindOf } from "./file-input.ts";
import { mapSource, type SubmissionDependencies } from "./receive.ts";

export interface PreviewCommand {
  readonly channel: SubmitChannel;
  readonly payload: unknown;
  readonly profile: string | null;
  readonly datasetVersion: string;
}

export interface PreviewedValue {
  readonly field: string;
  /** Null for an identifying item: it was read, and is not shown. */
  readonly value: Value | null;
  readonly identifying: boolean;
}

export interface PreviewedRecord {
  readonly index: number;
  readonly recordType: RecordTypeName;
  readonly expression: string;
  readonly parentIndex: number | null;
  readonly values: readonly PreviewedValue[];
  readonly issues: readonly Issue[];
  readonly mappingReport: readonly MappingReportLine[];
}

export interface MappingPreview {
  readonly mappingVersion: string;
  readonly records: readonly PreviewedRecord[];
  /** Issues and report lines that belong to no record. */
  readonly issues: readonly Issue[];
  readonly mappingReport: readonly MappingReportLine[];
  readonly mappingSummary: readonly MappingSummaryLine[];
}

export type PreviewMapping = (command: PreviewCommand) => Promise<MappingPreview>;

/** @throws GatewayError BAD_USER_INPUT for a profile or a dataset version that does not exist. */
export function createPreviewMapping(
  dependencies: Pick<SubmissionDependencies, "mappings" | "clock" | "dictionaryOf">,
): PreviewMapping {
  return async (command) => {
    const dictionary = dependencies.dictionaryOf(command.datasetVersion);
    if (dictionary === null)
      throw new GatewayError("BAD_USER_INPUT", "There is no dataset version of this name.", {
        details: { path: "input.datasetVersion" },
      });
    const source = mapSource(command, dictionary, dependencies);
    const kind = kindOf(command.channel);
    const records = createEntries(await judgeDrafts(source, dictionary, kind, dependencies.clock.today())).map(toPreviewed);
    const { mappingVersion, issues, mappingReport } = source;
    const lines = [...mappingReport, ...records.flatMap((record) => record.mappingReport)];
    return { mappingVersion, records, issues, mappingReport, mappingSummary: summariseMapping(lines) };
  };
}

function toPreviewed(entry: Entry): PreviewedRecord {
  return {
    index: entry.index,
    recordType: entry.type.name,
    expression: entry.draft.expression,
    parentIndex: entry.parent?.index ?? null,
    values: entry.type.items.flatMap((item) => {
      const value = entry.judged.values[item.index] ?? null;
      const identifying = item.identifying === true;
      return value === null ? [] : [{ field: item.name, value: identifying ? null : value, identifying }];
    }),
    issues: entry.issues,
    mappingReport: [...entry.draft.mappingReport, ...entry.judged.mappingReport],
  };
}
