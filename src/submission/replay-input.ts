/** The input of a replay: what the first submission was made from, read with today's mapping, of which only what failed is handed on. */
import type { Dictionary } from "../dataset/dictionary.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { RecordOutcome, SubmissionHeader } from "../records/submission-record.ts";
import type { MappingRegistry } from "./commands.ts";
import { FailedRecords } from "./failed-records.ts";
import { kindOf, type OpenFileInput } from "./file-input.ts";
import type { JobChunk, JobInput } from "./file-ports.ts";
import type { SubmissionJob } from "./job-ports.ts";
import { FAILED_OUTCOMES, type ReplayStore } from "./replay-ports.ts";
import { findRoot, type RootDependencies, type RootInput } from "./replay-root.ts";
import type { ReportStore } from "./report-ports.ts";
import { selectFailed } from "./select-failed.ts";
import { senderFormatOf } from "./sender-format.ts";
import { ProfileGone, type ResolveSender, resolveUnsaved } from "./sender-ports.ts";

/** What reads an input that was kept. */
export interface InputReaders {
  readonly mappings: MappingRegistry;
  readonly openFile: OpenFileInput;
  /** Absent: nothing can be saved for a sender. */
  readonly resolveSender?: ResolveSender | undefined;
}

/** Whose input it is, and the profile that is to read it. */
export type InputToRead = Pick<SubmissionJob, "actor" | "header" | "profile">;

export interface ReplayInputDependencies extends RootDependencies, InputReaders {
  readonly store: ReplayStore;
  readonly reports: ReportStore;
}

/** @throws Error where the input is gone since the replay was accepted; UploadDamaged */
export type OpenReplay = (job: SubmissionJob, dictionary: Dictionary) => Promise<JobInput>;

export function createOpenReplay(dependencies: ReplayInputDependencies): OpenReplay {
  return async (job, dictionary) => {
    const { actor, header } = job;
    const original = header.replayOf === null ? null : await dependencies.status.submission(actor, header.replayOf);
    if (original === null) throw new Error("The submission of a replay is gone.");
    const root = await findRoot(actor, original, dependencies);
    if (root.input === null) throw new Error("The input of a replay is gone.");
    const selection = {
      failed: await readFailed(actor, original, dependencies),
      dictionary,
      receivedAt: root.header.receivedAt,
    };
    const input = await openRoot(job, root.input, dictionary, dependencies);
    return {
      ...input,
      async *chunks(from, size) {
        for await (const { source, next } of input.chunks(from, size)) yield { source: selectFailed(source, selection), next };
      },
      close: () => input.close(),
    };
  };
}

const isFailed = (outcome: RecordOutcome): boolean => FAILED_OUTCOMES.some((failed) => failed === outcome);

async function readFailed(
  actor: OrganisationActor,
  { id }: SubmissionHeader,
  { reports, store }: ReplayInputDependencies,
): Promise<FailedRecords> {
  const corrected = new Set(await store.correctedSince(actor, id));
  const failed = new FailedRecords();
  for await (const results of reports.results(actor, id, FAILED_OUTCOMES))
    for (const result of results) if (isFailed(result.outcome) && !corrected.has(result.index)) failed.add(result);
  return failed;
}

/** Reads what a submission was made from as its sender sent it, as its job or request did. @throws ProfileGone; UploadDamaged */
export function openRoot(
  job: InputToRead,
  input: RootInput,
  dictionary: Dictionary,
  { mappings, openFile, resolveSender = resolveUnsaved }: InputReaders,
): Promise<JobInput> | JobInput {
  if (input.kind === "UPLOAD") return openFile({ ...job, source: { ...input.file, kind: "UPLOAD" } }, dictionary);
  const { channel, envelope } = input;
  return {
    issues: [],
    kind: kindOf(channel),
    bytesTotal: envelope.length,
    // What came in one request is judged in one transaction again: its messages and resources belong together.
    async *chunks({ entries }) {
      if (entries === 0) yield await mapWhole(job, JSON.parse(envelope));
    },
    close: async () => undefined,
  };

  async function mapWhole({ profile, header }: InputToRead, payload: unknown): Promise<JobChunk> {
    const { vendor, product } = header.sourceSystem;
    const sender = await resolveSender({
      ods: header.ods,
      vendor,
      product,
      format: senderFormatOf(channel),
      profile,
      dictionary,
    });
    const source = sender === null ? null : mappings.map(channel, payload, sender.profile, dictionary, undefined, sender);
    if (source === null) throw new ProfileGone();
    return { source, next: { entries: 1, bytes: envelope.length } };
  }
}
