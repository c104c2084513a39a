/** Jobs over the real stores of a test database; their input is a list of NACR records in memory. */
import { MAPPINGS } from "../../../mappings/index.ts";
import { createUuid7 } from "../../../src/lib/uuid7.ts";
import { createJobStore } from "../../../src/persistence/job-store.ts";
import { createSubmissionStore } from "../../../src/persistence/submission-store.ts";
import type { OrganisationActor } from "../../../src/records/actor.ts";
import { dictionaryOf } from "../../../src/records/dictionaries.ts";
import type { Issue } from "../../../src/records/issue.ts";
import type { RecordResult, SubmissionHeader } from "../../../src/records/submission-record.ts";
import { createAcceptJob } from "../../../src/submission/accept-job.ts";
import type { SubmissionOptions } from "../../../src/submission/commands.ts";
import type { JobInput } from "../../../src/submission/file-ports.ts";
import { NOT_BEGUN } from "../../../src/submission/job-header.ts";
import type { JobReference, JobStore } from "../../../src/submission/job-ports.ts";
import { createMergeDrafts, type MergeDrafts } from "../../../src/submission/merge-drafts.ts";
import { createProcessJob } from "../../../src/submission/process-job.ts";
import { type Bench, optionsOf } from "./submission-bench.ts";

const newId = createUuid7();
/** Small, so that a few records make several chunks. */
const CHUNK = 3;

export interface JobBench {
  readonly jobs: JobStore;
  readonly enqueued: JobReference[];
  /** Accepts a job over the records; nothing works on it yet. */
  accept(actor: OrganisationActor, records: readonly unknown[], options?: Partial<SubmissionOptions>): Promise<JobReference>;
  /** A worker. `beforeChunk` is called with the number of each chunk it is about to hand over. */
  worker(more?: { readonly beforeChunk?: (chunk: number) => void; readonly issues?: readonly Issue[] } & Faults): Worker;
  header(actor: OrganisationActor, reference: JobReference): Promise<SubmissionHeader>;
  results(actor: OrganisationActor, reference: JobReference): Promise<readonly RecordResult[]>;
}

interface Faults {
  /** A surname that makes the merge throw: a fault of ours in one record. */
  readonly stumbleOver?: string;
  readonly isLast?: boolean;
}

type Worker = (reference: JobReference, signal: AbortSignal) => Promise<void>;

export const idle = new AbortController().signal;

export function createJobBench(bench: Bench): JobBench {
  const enqueued: JobReference[] = [];
  const inputs = new Map<string, readonly unknown[]>();
  const stores = {
    ...bench.stores,
    enqueue: async (_run: unknown, job: JobReference) => {
      enqueued.push(job);
    },
  };
  const jobs = createJobStore(stores, () => bench.now);
  const acceptJob = createAcceptJob(createSubmissionStore(stores));
  return {
    jobs,
    enqueued,
    async accept(actor, records, more = {}) {
      const options = optionsOf(actor, more);
      const header = toHeader(actor, options, bench.now);
      const claim = { clientId: actor.clientId, key: options.idempotencyKey ?? "", payload: JSON.stringify(records) };
      const answer = await acceptJob(actor, {
        header,
        claim: options.mode === "COMMIT" ? claim : null,
        role: actor.role,
        programmes: actor.programmes,
        source: { kind: "REPLAY" },
        profile: null,
        bytesTotal: records.length,
        keepUntil: null,
        receipt: "digest",
      });
      inputs.set(answer.header.id, records);
      return { ods: actor.ods, programmeCode: header.programmeCode, submissionId: answer.header.id };
    },
    worker: ({ beforeChunk = () => undefined, issues = [], stumbleOver, isLast = false } = {}) => {
      const run = createProcessJob({
        newId,
        store: jobs,
        openInput: async ({ header }) => inputOf(inputs.get(header.id) ?? [], beforeChunk, issues),
        merge: stumbling(createMergeDrafts(newId), stumbleOver),
        dictionaryOf,
        findRegistered: async () => [],
        clock: { now: () => bench.now, today: () => bench.now.slice(0, 10) },
        chunkSize: CHUNK,
      });
      return (reference, signal) => run(reference, { signal, isLast, progressed: async () => undefined });
    },
    async header(actor, { submissionId }) {
      const header = await bench.status.submission(actor, submissionId);
      if (header === null) throw new Error("no such submission");
      return header;
    },
    async results(actor, { submissionId }) {
      const [page] = await bench.status.results(actor, [{ submissionId, outcomes: null, page: { first: 1_000, after: null } }]);
      return (page?.nodes ?? []).map(({ node }) => node);
    },
  };
}

const stumbling =
  (merge: MergeDrafts, surname: string | undefined): MergeDrafts =>
  async (unit, statement) => {
    if (surname !== undefined && statement.judged.some(({ draft }) => draft.values.surname === surname))
      throw new Error("stumbled");
    return await merge(unit, statement);
  };

function inputOf(records: readonly unknown[], beforeChunk: (chunk: number) => void, issues: readonly Issue[]): JobInput {
  return {
    issues,
    kind: "STATED",
    bytesTotal: records.length,
    async *chunks(from, size) {
      for (let start = from.entries; start < records.length; start += size) {
        beforeChunk(start / size);
        const entries = records.slice(start, start + size);
        const next = start + entries.length;
        yield { source: mapEntries(entries, start), next: { entries: next, bytes: next } };
      }
    },
    close: async () => undefined,
  };
}

function mapEntries(entries: readonly unknown[], start: number) {
  const dictionary = dictionaryOf("gw-1.0");
  if (dictionary === null) throw new Error("the dictionary is in service");
  const placeOf = (index: number): string => `line ${start + index + 1}`;
  const source = MAPPINGS.RECORDS(entries, { dictionary, profile: null, detectTestData: false, placeOf });
  if (source === null) throw new Error("records need no profile");
  return source;
}

const toHeader = (actor: OrganisationActor, options: SubmissionOptions, now: string): SubmissionHeader => ({
  ...NOT_BEGUN,
  id: newId(),
  ods: actor.ods,
  programmeCode: options.programmeCode,
  clientId: actor.clientId,
  channel: "FILE",
  mode: options.mode,
  errorPolicy: options.errorPolicy,
  sourceSystem: options.sourceSystem,
  datasetVersion: options.datasetVersion,
  receivedAt: now,
  replayOf: null,
});
