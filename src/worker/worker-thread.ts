/**
 * The role `worker` in a thread of its own (ADR 0017): the work on files neither holds up who asks for status nor fills the heap that
 * answers requests. The main thread starts it, starts it again when it ends unasked, and asks it for its counts.
 */
import { Worker } from "node:worker_threads";
import { StartRefused } from "../errors/start-refused.ts";
import { describeFailure, type Logger } from "../observability/logger.ts";
import type { MetricSamples } from "../observability/metrics.ts";
import type { Question, WorkerReply, WorkerRequest } from "./thread-words.ts";

const PROGRAM = new URL("./thread-main.ts", import.meta.url);
/**
 * Chunks of 500 patients leave some tens of megabytes of short-lived objects each. V8 would let the young generation grow until a file
 * costs the process hundreds of megabytes; held small, it is collected more often at a price the file's figures allow. The old generation
 * holds the index of a file that has to be read whole before its first chunk (FHIR, HL7 v2, CSV).
 */
const HEAP = { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 1_536 } as const;
const RESTART_MS = 2_000;
const ANSWER_MS = 2_000;

export interface WorkerThread {
  /** @throws what kept the thread from starting; StartRefused where the operator can mend it */
  start(): Promise<void>;
  /** Asks the thread, which asks its database and its queue. @throws Error where it is not at work, or they do not answer */
  readonly checkReadiness: () => Promise<void>;
  /** @throws Error where the thread does not answer */
  readonly metrics: () => Promise<MetricSamples>;
  /** Waits for the chunk and the delivery in hand. */
  stop(): Promise<void>;
}

export interface ThreadOptions {
  /** Another than the worker's, for tests. */
  readonly program?: URL;
  /** Before it is started again. Default 2,000. */
  readonly restartMs?: number;
}

type Answer = Extract<WorkerReply, { readonly id: number }>;

interface Asked {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

class RestartingThread implements WorkerThread {
  readonly #logger: Logger;
  readonly #program: URL;
  readonly #restartMs: number;
  readonly #asked = new Map<number, Asked>();
  #worker: Worker | null = null;
  #ended: Promise<void> = Promise.resolve();
  #working = false;
  #stopping = false;
  #restart: NodeJS.Timeout | undefined;
  #lastId = 0;

  constructor(logger: Logger, { program = PROGRAM, restartMs = RESTART_MS }: ThreadOptions) {
    this.#logger = logger;
    this.#program = program;
    this.#restartMs = restartMs;
  }

  start(): Promise<void> {
    const worker = new Worker(this.#program, { execArgv: [], resourceLimits: HEAP });
    this.#worker = worker;
    return new Promise((started, failed) => {
      let failure: unknown = new Error("the worker's thread ended");
      worker.on("message", (reply: WorkerReply) => {
        if ("id" in reply) return this.#asked.get(reply.id)?.resolve(reply);
        if (reply.kind === "refused") {
          failure = new StartRefused(reply.reason);
          return;
        }
        this.#working = true;
        started();
      });
      worker.on("error", (error) => {
        failure = error;
      });
      this.#ended = new Promise((ended) => {
        worker.once("exit", () => {
          ended();
          const worked = this.#working;
          this.#forget(worker);
          failed(failure);
          if (worked && !this.#stopping) this.#startAgain(failure);
        });
      });
    });
  }

  readonly checkReadiness = async (): Promise<void> => {
    const answer = await this.#question("readiness");
    if (answer.kind !== "readiness" || !answer.ready) throw new Error("the worker's thread cannot reach its database");
  };

  readonly metrics = async (): Promise<MetricSamples> => {
    const answer = await this.#question("metrics");
    return answer.kind === "metrics" ? answer.samples : [];
  };

  #question(kind: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (!this.#working) return reject(new Error("the worker's thread is not at work"));
      this.#lastId += 1;
      const id = this.#lastId;
      const late = setTimeout(() => this.#asked.get(id)?.reject(new Error("the worker's thread does not answer")), ANSWER_MS);
      const done = (): void => {
        clearTimeout(late);
        this.#asked.delete(id);
      };
      this.#asked.set(id, {
        resolve: (answer) => {
          done();
          resolve(answer);
        },
        reject: (error) => {
          done();
          reject(error);
        },
      });
      this.#ask({ kind, id });
    });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#restart);
    this.#ask({ kind: "stop" });
    await this.#ended;
  }

  #ask(request: WorkerRequest): void {
    this.#worker?.postMessage(request);
  }

  #forget(worker: Worker): void {
    if (this.#worker === worker) this.#worker = null;
    this.#working = false;
    for (const { reject } of [...this.#asked.values()]) reject(new Error("the worker's thread ended"));
  }

  /** What it had in hand is free again when its lease ends: as after the end of a process. */
  #startAgain(failure: unknown): void {
    this.#logger.log("error", "worker-lost", describeFailure(failure));
    this.#restart = setTimeout(() => {
      this.start().catch((error: unknown) => {
        if (!this.#stopping) this.#startAgain(error);
      });
    }, this.#restartMs);
  }
}

/** Does nothing until it is started. */
export const createWorkerThread = (logger: Logger, options: ThreadOptions = {}): WorkerThread =>
  new RestartingThread(logger, options);
