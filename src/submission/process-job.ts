/**
 * Works on an accepted submission, chunk by chunk: each chunk's rows, answers and the job's progress are one transaction, so a job that
 * is taken up again, by whichever process, goes on exactly where the last commit left it. While a chunk is written, the next one is read,
 * mapped and judged, so that the database and this process work side by side.
 */
import type { Dictionary } from "../dataset/dictionary.ts";
import type { MappedSource } from "../records/draft-record.ts";
import type { Issue } from "../records/issue.ts";
import type { RecordResult, SubmissionHeader } from "../records/submission-record.ts";
import { type JudgedDraft, judgeDrafts } from "./entry.ts";
import type { JobChunk, JobInput, SourcePlace } from "./file-ports.ts";
import { type FindRegistered, findForeignOrganisations } from "./foreign-organisations.ts";
import { ended, shiftResults, withChunk, withIssues } from "./job-header.ts";
import {
  type ChunkWritten,
  type JobAttempt,
  JobLost,
  type JobPhase,
  type JobProgress,
  type JobStore,
  type JobUnitOfWork,
  type JobWorker,
  type SubmissionJob,
} from "./job-ports.ts";
import type { MergeDrafts, Statement } from "./merge-drafts.ts";
import { mergesPatients } from "./named-patients.ts";
import type { Clock, NewId } from "./ports.ts";
import { mayBeOfARecord, quarantine } from "./quarantine.ts";
import type { StatedSurvey } from "./survey-ports.ts";
import { waitPatiently } from "./wait-patiently.ts";
import { withdrawsRecords } from "./withdraw-entries.ts";
import { NOTHING_TO_WRITE } from "./write-set.ts";

export interface JobDependencies {
  readonly store: JobStore;
  readonly openInput: (job: SubmissionJob, dictionary: Dictionary) => Promise<JobInput>;
  readonly merge: MergeDrafts;
  readonly dictionaryOf: (version: string) => Dictionary | null;
  readonly findRegistered: FindRegistered;
  readonly clock: Clock;
  readonly newId: NewId;
  /** Entries of one transaction. */
  readonly chunkSize: number;
}

/** @throws what hinders the work, for the queue to try again: a fault, a database that cannot be reached, the signal's reason */
export function createProcessJob(dependencies: JobDependencies): JobWorker["run"] {
  return async (reference, attempt) => {
    const job = await dependencies.store.begin(reference);
    if (job === null) return;
    const dictionary = dependencies.dictionaryOf(job.header.datasetVersion);
    if (dictionary === null) throw new Error("A job was accepted for a dictionary that is not loaded.");
    const input = await dependencies.openInput(job, dictionary);
    try {
      await new JobRun(job, dictionary, input, dependencies, attempt).run();
    } catch (error) {
      // Whoever took the job over, or cancelled it, answers for it now.
      if (!(error instanceof JobLost)) throw error;
    } finally {
      await input.close();
    }
  };
}

/** A chunk with the dictionary's verdict: everything that does not depend on what is stored. */
interface PreparedChunk {
  readonly chunk: JobChunk;
  readonly judged: readonly JudgedDraft[];
  readonly foreignOrganisations: ReadonlySet<string>;
}

/** Ends a trial: everything could be written, and nothing is. */
const TRIED_OUT = new Error("tried out");

class JobRun {
  readonly #job: SubmissionJob;
  readonly #input: JobInput;
  readonly #dependencies: JobDependencies;
  readonly #attempt: JobAttempt;
  readonly #dictionary: Dictionary;
  #header: SubmissionHeader;
  #progress: JobProgress;

  constructor(job: SubmissionJob, dictionary: Dictionary, input: JobInput, dependencies: JobDependencies, attempt: JobAttempt) {
    this.#job = job;
    this.#input = input;
    this.#dependencies = dependencies;
    this.#attempt = attempt;
    this.#dictionary = dictionary;
    this.#header = job.header;
    this.#progress = job.progress;
  }

  async run(): Promise<void> {
    const { errorPolicy } = this.#job.header;
    if (this.#progress.phase === "WAITING") {
      this.#header = withIssues(this.#header, this.#input.issues);
      if (this.#input.issues.some(({ severity }) => severity === "ERROR")) return await this.#end("COMPLETED");
      this.#enter(errorPolicy === "ALL_OR_NOTHING" ? "CHECKING" : "IMPORTING");
    }
    if (this.#progress.phase === "CHECKING") {
      if ((await this.#work()) === "STOPPED") return await this.#end("CANCELLED");
      this.#enter("IMPORTING");
    }
    await this.#end((await this.#work()) === "STOPPED" ? "CANCELLED" : "COMPLETED");
  }

  /** A phase begins at the source's start; what it has done so far is stored with its first chunk. */
  #enter(phase: JobPhase): void {
    this.#progress = { ...this.#progress, phase, entriesDone: 0, bytesDone: 0, bytesTotal: this.#input.bytesTotal };
  }

  /** Works through the source from where the phase stands. */
  async #work(): Promise<"DONE" | "STOPPED"> {
    const start: SourcePlace = { entries: this.#progress.entriesDone, bytes: this.#progress.bytesDone };
    const chunks = this.#input.chunks(start, this.#dependencies.chunkSize)[Symbol.asyncIterator]();
    let upcoming = this.#prepareNext(chunks);
    try {
      for (;;) {
        const prepared = await upcoming;
        if (prepared === null) return "DONE";
        this.#attempt.signal.throwIfAborted();
        upcoming = this.#prepareNext(chunks);
        // Whatever becomes of the one in hand, a failure of the next is told when it is its turn.
        upcoming.catch(() => undefined);
        if (await this.#store(prepared)) return "STOPPED";
      }
    } finally {
      await upcoming.catch(() => undefined);
      await chunks.return?.();
    }
  }

  async #prepareNext(chunks: AsyncIterator<JobChunk>): Promise<PreparedChunk | null> {
    const next = await chunks.next();
    return next.done ? null : await this.#prepare(next.value);
  }

  async #prepare(chunk: JobChunk): Promise<PreparedChunk> {
    const { actor } = this.#job;
    const { clock, findRegistered } = this.#dependencies;
    const { source } = chunk;
    return {
      chunk,
      judged: await judgeDrafts(source, this.#dictionary, this.#input.kind, clock.today()),
      foreignOrganisations: await findForeignOrganisations(source.drafts, actor.ods, findRegistered),
    };
  }

  /** @returns whether somebody asked to stop */
  async #store(prepared: PreparedChunk): Promise<boolean> {
    const { signal, isLast } = this.#attempt;
    const written = await waitPatiently(() => this.#write(prepared), signal).catch(async (error: unknown) => {
      if (!isLast || !mayBeOfARecord(error, signal)) throw error;
      return await this.#write(await this.#withoutPoison(prepared));
    });
    this.#header = written.header;
    this.#progress = written.progress;
    await this.#attempt.progressed();
    return written.cancelRequested;
  }

  /** `instead` of the commit, where given: it is thrown when everything is written. */
  async #write(prepared: PreparedChunk, instead?: Error): Promise<ChunkWritten & { readonly header: SubmissionHeader }> {
    const checking = this.#progress.phase === "CHECKING";
    const before = this.#progress;
    const work = async (unit: JobUnitOfWork) => {
      const merged = await this.#dependencies.merge(unit, this.#toStatement(prepared, checking));
      const { results, rows } = merged;
      const chunkTold = checking ? prepared.chunk : await this.#takeSurveys(unit, prepared.chunk);
      const header = checking ? this.#header : withChunk(this.#header, chunkTold, merged, before.nextIndex);
      const chunk = await unit.writeChunk(checking ? NOTHING_TO_WRITE : rows, {
        job: this.#job,
        header,
        results: checking ? [] : shiftResults(results, before.nextIndex),
        before,
        after: {
          ...before,
          entriesDone: prepared.chunk.next.entries,
          bytesDone: prepared.chunk.next.bytes,
          nextIndex: before.nextIndex + (checking ? 0 : results.length),
          rejectedWhenChecked: checking
            ? (before.rejectedWhenChecked ?? 0) + countRefusals(results, prepared.chunk)
            : before.rejectedWhenChecked,
          updatedAt: this.#dependencies.clock.now(),
        },
      });
      if (instead !== undefined) throw instead;
      return { ...chunk, header };
    };
    const alone = mergesPatients(prepared.judged) || withdrawsRecords(prepared.judged);
    return await this.#dependencies.store.transaction(this.#job, work, alone);
  }

  /** With what became of the surveys in it. None is taken where the file is held back. */
  async #takeSurveys(unit: JobUnitOfWork, chunk: JobChunk): Promise<JobChunk> {
    const { surveys = [], source } = chunk;
    if (surveys.length === 0 || this.#isRefused) return chunk;
    const { id: submissionId, programmeCode, mode } = this.#job.header;
    const { newId } = this.#dependencies;
    const told: Issue[] = [];
    for (const survey of surveys) {
      const ids = mode === "COMMIT" ? { survey: newId(), entry: newId() } : null;
      told.push(toSurveyIssue(survey, await unit.takeSurvey(survey, { programmeCode, submissionId, ids })));
    }
    return { ...chunk, source: { ...source, issues: [...source.issues, ...told] } };
  }

  /** ALL_OR_NOTHING, and something of it is wrong. */
  get #isRefused(): boolean {
    return (this.#progress.rejectedWhenChecked ?? 0) > 0;
  }

  async #withoutPoison({ chunk }: PreparedChunk): Promise<PreparedChunk> {
    const tryOut = async (source: MappedSource): Promise<void> => {
      const alone = await this.#prepare({ ...chunk, source });
      await this.#write(alone, TRIED_OUT).catch((error: unknown) => {
        if (error !== TRIED_OUT) throw error;
      });
    };
    return await this.#prepare({ ...chunk, source: await quarantine(chunk.source, tryOut, this.#attempt.signal) });
  }

  #toStatement({ chunk, judged, foreignOrganisations }: PreparedChunk, checking: boolean): Statement {
    const { header, actor } = this.#job;
    return {
      actor,
      programmeCode: header.programmeCode,
      product: header.sourceSystem.product,
      mode: checking ? "VALIDATE_ONLY" : header.mode,
      hold: this.#isRefused && !checking ? "ALL" : "NOTHING",
      receivedAt: header.receivedAt,
      dictionary: this.#dictionary,
      kind: this.#input.kind,
      judged,
      issues: chunk.source.issues,
      foreignOrganisations,
    };
  }

  async #end(status: "COMPLETED" | "CANCELLED"): Promise<void> {
    const now = this.#dependencies.clock.now();
    const progress: JobProgress = { ...this.#progress, phase: "DONE", updatedAt: now };
    await this.#dependencies.store.finish(this.#job, ended(this.#header, status, now), progress);
  }
}

const toSurveyIssue = (survey: StatedSurvey, outcome: "RECORDED" | "UNCHANGED"): Issue => ({
  severity: "INFORMATION",
  code: outcome === "RECORDED" ? "SURVEY_TAKEN" : "SURVEY_UNCHANGED",
  field: null,
  expression: survey.expression,
  params: { year: survey.auditYear, staff: survey.staff.length, groups: survey.groupsOffered.length },
});

/** What an ALL_OR_NOTHING file fails for. */
const countRefusals = (results: readonly RecordResult[], { source }: JobChunk): number =>
  results.filter(({ outcome }) => outcome === "REJECTED" || outcome === "REJECTED_PARENT").length +
  source.issues.filter(({ severity }) => severity === "ERROR").length;
