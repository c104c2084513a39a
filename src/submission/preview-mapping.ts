/** Shows what a mapping makes of an input, and what the dictionary says of each value. Reads nothing that is stored and keeps nothing. */
import type { RecordTypeName, Value } from "../dataset/define.ts";
import { GatewayError } from "../errors/gateway-error.ts";
import type { Issue, MappingReportLine } from "../records/issue.ts";
import type { MappingSummaryLine } from "../records/submission-record.ts";
import { summariseMapping } from "./build-results.ts";
import type { EnvelopeMapping } from "./commands.ts";
import { createEntries, type Entry, judgeDrafts } from "./entry.ts";
import { kindOf } from "./file-input.ts";
import { mapSource, type SentInput, type SubmissionDependencies } from "./receive.ts";
import { type CompileColumns, type ResolveSender, resolveUnsaved, type Sender } from "./sender-ports.ts";

export interface PreviewCommand {
  /** Whose saved profiles and codes count. */
  readonly ods: string;
  /** Null: what is saved for a sender is not asked for, and a profile counts by its name alone. */
  readonly sourceSystem: SentInput["sourceSystem"] | null;
  /** `COLUMNS`: pasted rows of a table. */
  readonly channel: EnvelopeMapping | "COLUMNS";
  readonly payload: unknown;
  readonly profile: string | null;
  /** A column profile that is not saved, to be tried. */
  readonly columnProfile?: unknown;
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
  dependencies: Pick<SubmissionDependencies, "mappings" | "clock" | "dictionaryOf" | "resolveSender"> & {
    readonly compileColumns?: CompileColumns;
  },
): PreviewMapping {
  return async (command) => {
    const dictionary = dependencies.dictionaryOf(command.datasetVersion);
    if (dictionary === null)
      throw new GatewayError("BAD_USER_INPUT", "There is no dataset version of this name.", {
        details: { path: "input.datasetVersion" },
      });
    const { columnProfile, channel: mapping, sourceSystem } = command;
    const tried = columnProfile === undefined ? null : (dependencies.compileColumns?.(columnProfile, dictionary) ?? null);
    const input = { ...command, mapping, sourceSystem: sourceSystem ?? NO_SYSTEM };
    const source = await mapSource(input, dictionary, tried === null ? dependencies : trying(tried, dependencies));
    const kind = kindOf(command.channel);
    const records = createEntries(await judgeDrafts(source, dictionary, kind, dependencies.clock.today())).map(toPreviewed);
    const { mappingVersion, issues, mappingReport } = source;
    const lines = [...mappingReport, ...records.flatMap((record) => record.mappingReport)];
    return { mappingVersion, records, issues, mappingReport, mappingSummary: summariseMapping(lines) };
  };
}

/** No sender has an empty name. */
const NO_SYSTEM = { vendor: "", product: "" };

/** The column profile in hand, in place of a saved one. */
function trying<D extends Pick<SubmissionDependencies, "mappings" | "resolveSender">>(
  columns: Sender["columns"],
  dependencies: D,
): D {
  const { resolveSender = resolveUnsaved } = dependencies;
  const sender: ResolveSender = async (question) => {
    const saved = await resolveSender({ ...question, profile: null });
    return saved === null ? null : { ...saved, profile: null, columns };
  };
  return { ...dependencies, resolveSender: sender };
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
