/** The gateway's side of the thread that reads an Access database: asks, waits, and ends it where it does not answer. */
import { Worker } from "node:worker_threads";
import type { AccessReply, AccessRequest } from "./thread-words.ts";

const PROGRAM = new URL("thread-main.ts", import.meta.url);
/** A batch of rows takes a fraction of a second; a circle of pages takes for ever. */
const PATIENCE_MS = 20_000;
const HEAP = { maxOldGenerationSizeMb: 512 };

export class AccessThread {
  readonly #worker: Worker;
  readonly #patienceMs: number;
  /** Settles what is waited for; null: nothing is. */
  #settle: ((reply: AccessReply) => void) | null = null;
  #ended = false;

  constructor(program: URL = PROGRAM, patienceMs: number = PATIENCE_MS) {
    this.#patienceMs = patienceMs;
    this.#worker = new Worker(program, { name: "nacr-access", execArgv: [], env: {}, resourceLimits: HEAP });
    this.#worker.on("message", (reply: AccessReply) => this.#answer(reply));
    // Out of memory, or a fault of the library that it could not catch itself: the file is what made it so.
    this.#worker.on("error", () => this.#end());
    this.#worker.on("exit", () => this.#end());
  }

  /** One question at a time. A thread that ended or does not answer in time: the file is damaged. */
  async ask(request: AccessRequest): Promise<AccessReply> {
    if (this.#ended) return { kind: "refused", reason: "DAMAGED" };
    const reply = new Promise<AccessReply>((resolve) => {
      this.#settle = resolve;
    });
    this.#worker.postMessage(request, request.kind === "open" ? [request.bytes] : []);
    const late = setTimeout(() => this.#end(), this.#patienceMs);
    try {
      return await reply;
    } finally {
      clearTimeout(late);
    }
  }

  async close(): Promise<void> {
    this.#ended = true;
    await this.#worker.terminate();
  }

  #answer(reply: AccessReply): void {
    this.#settle?.(reply);
    this.#settle = null;
  }

  #end(): void {
    if (!this.#ended) void this.#worker.terminate();
    this.#ended = true;
    this.#answer({ kind: "refused", reason: "DAMAGED" });
  }
}
