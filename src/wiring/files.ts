/** Files and replays: accepted by the processes that talk to clients, worked on by those with the role `worker`. */
import { systemClock } from "../lib/system-clock.ts";
import { createJobStore } from "../persistence/job-store.ts";
import type { CachedStatusStore } from "../persistence/status-store.ts";
import type { StoreDependencies } from "../persistence/unit-runner.ts";
import { dictionaryOf } from "../records/dictionaries.ts";
import { readStaffingRows } from "../reporting/read-staffing-rows.ts";
import { detectFormat } from "../sources/files/detect-format.ts";
import { createAcceptJob } from "../submission/accept-job.ts";
import { createOpenFileInput, type OpenFileInput } from "../submission/file-input.ts";
import type { FileReader, JobInput } from "../submission/file-ports.ts";
import type { JobStore, JobWorker, SubmissionJob } from "../submission/job-ports.ts";
import { LARGE_FROM_ENTRIES } from "../submission/limit-large-submissions.ts";
import { createMergeDrafts } from "../submission/merge-drafts.ts";
import { createProcessJob } from "../submission/process-job.ts";
import { createSubmitFile, type SubmitFile } from "../submission/submit-file.ts";
import { type Control, wireControl } from "./control.ts";
import { wireFileReader } from "./file-reader.ts";
import type { Parts } from "./parts.ts";
import type { Submissions } from "./submissions.ts";
import type { Uploads } from "./uploads.ts";

/** Entries of one transaction: as many as one request may bring. The embedded database has one connection, which others wait for. */
const CHUNK_SIZE = { postgresql: 500, embedded: LARGE_FROM_ENTRIES } as const;

export interface Files {
  readonly submitFile: SubmitFile;
  readonly control: Control["service"];
  readonly worker: JobWorker;
  readonly reader: FileReader;
  readonly openFile: OpenFileInput;
}

export interface FileInputs {
  readonly jobs: JobStore;
  readonly submissions: Submissions;
  readonly status: CachedStatusStore;
  readonly uploads: Uploads;
}

export function wireFiles(parts: Parts, { jobs, submissions, status, uploads }: FileInputs): Files {
  const { config, newId } = parts;
  const { mappings, findRegistered, store, resolveSender } = submissions.dependencies;
  const reader = wireFileReader();
  const openFile = createOpenFileInput({
    uploads: uploads.reader,
    files: reader,
    mappings,
    resolveSender,
    readStaffing: readStaffingRows,
  });
  const acceptJob = createAcceptJob(store);
  const control = wireControl(parts, { status, jobs, acceptJob, uploads: uploads.reader, openFile, mappings, resolveSender });
  return {
    submitFile: createSubmitFile({
      acceptJob,
      uploads: uploads.reader,
      detectFormat,
      mappings,
      resolveSender,
      dictionaryOf,
      clock: systemClock,
      newId,
      envelopeDays: config.envelopeDays,
    }),
    control: control.service,
    worker: {
      run: createProcessJob({
        store: countedJobs(jobs, parts),
        openInput: (job, dictionary) => openInput(job, dictionary, { openFile, openReplay: control.openReplay }),
        merge: createMergeDrafts(newId),
        dictionaryOf,
        findRegistered,
        clock: systemClock,
        newId,
        chunkSize: CHUNK_SIZE[parts.database.kind],
      }),
      giveUp: (job, faultId) => jobs.fail(job, faultId),
    },
    reader,
    openFile,
  };
}

type Openers = Pick<Control, "openReplay"> & { readonly openFile: OpenFileInput };

const openInput = (job: SubmissionJob, dictionary: Parts["dictionary"], { openFile, openReplay }: Openers): Promise<JobInput> =>
  job.source.kind === "REPLAY" ? openReplay(job, dictionary) : openFile(job, dictionary);

/** Counts what became of submissions as `wiring/submissions.ts` does for those that are answered at once. */
const countedJobs = (jobs: JobStore, { metrics }: Parts): JobStore => ({
  ...jobs,
  async finish(job, header, progress) {
    await jobs.finish(job, header, progress);
    const { received: _received, withheld: _withheld, ...outcomes } = header.counts;
    metrics.submissionDone(header.channel, header.outcome ?? "NONE", outcomes);
  },
});

export const wireJobs = (stores: StoreDependencies): JobStore => createJobStore(stores, systemClock.now);
