/**
 * One connection: frames in, acknowledgements out, in the order of the frames. While too many are not answered, nothing is read, so that
 * the sender's own transport holds back the rest.
 */
import type { Socket } from "node:net";
import { answerMessage, answerOversized, type FrameAnswer } from "./answer-message.ts";
import { type FrameEvent, FrameReader } from "./frame-reader.ts";
import type { CloseReason, ConnectionDependencies, Listener } from "./mllp-ports.ts";
import { redactFrame } from "./redact-frame.ts";

export interface Connection {
  /** Ended by both sides, and nothing in hand any more. */
  readonly ended: Promise<void>;
  /** Reads no more, answers what is in hand, and ends. */
  stop(): void;
}

/** How long the other side may take to end a connection that this side has ended. */
const LAST_WORDS_MS = 1_000;

/** The socket must have been made with `allowHalfOpen`: who has sent its last message waits for the answer. */
export function serveConnection(socket: Socket, listener: Listener, deps: ConnectionDependencies): Connection {
  return new MllpConnection(socket, listener, deps);
}

class MllpConnection implements Connection {
  readonly ended: Promise<void>;
  readonly #socket: Socket;
  readonly #listener: Listener;
  readonly #deps: ConnectionDependencies;
  readonly #reader: FrameReader;
  /** Read, and not begun. */
  #pending: FrameEvent[] = [];
  #inFlight = 0;
  /** Settled when everything that was begun is answered. */
  #answered: Promise<void> = Promise.resolve();
  #noise = 0;
  #stopping = false;
  #frameTimer: NodeJS.Timeout | null = null;
  #lastTimer: NodeJS.Timeout | null = null;

  constructor(socket: Socket, listener: Listener, deps: ConnectionDependencies) {
    this.#socket = socket;
    this.#listener = listener;
    this.#deps = deps;
    this.#reader = new FrameReader(deps.limits.messageBytes);
    socket.setNoDelay(true).setKeepAlive(true, 60_000).setTimeout(deps.limits.idleMs);
    socket.on("data", (chunk) => this.#take(this.#reader.read(chunk)));
    socket.on("end", () => {
      this.#take(this.#reader.end());
      this.stop();
    });
    socket.on("timeout", () => {
      if (this.#inFlight === 0) this.#close("IDLE");
    });
    // What it says is told by "close", which follows.
    socket.on("error", () => undefined);
    this.ended = new Promise((resolve) => {
      socket.once("close", () => {
        this.#clearFrameTimer();
        if (this.#lastTimer !== null) clearTimeout(this.#lastTimer);
        this.#pending = [];
        void this.#answered.then(resolve);
      });
    });
  }

  stop(): void {
    this.#stopping = true;
    this.#socket.pause();
    this.#clearFrameTimer();
    this.#endWhenAnswered();
  }

  #take(events: Iterable<FrameEvent>): void {
    if (this.#stopping) return;
    for (const event of events) this.#pending.push(event);
    this.#watchFrame();
    this.#advance();
  }

  #advance(): void {
    while (this.#pending.length > 0 && this.#inFlight < this.#deps.limits.inFlight) {
      const event = this.#pending.shift();
      if (event !== undefined) this.#begin(event);
    }
    if (this.#stopping) return this.#endWhenAnswered();
    if (this.#pending.length > 0) this.#socket.pause();
    else if (this.#socket.isPaused()) this.#socket.resume();
  }

  /** Judged side by side, answered in their order. */
  #begin(event: FrameEvent): void {
    const answer = this.#answerTo(event);
    if (answer === null) return;
    this.#inFlight += 1;
    this.#answered = this.#answered
      .then(async () => this.#send(await answer))
      .catch((error: unknown) => this.#deps.observer.fault(this.#listener, error))
      .then(() => {
        this.#inFlight -= 1;
        this.#advance();
      });
  }

  #answerTo(event: FrameEvent): Promise<FrameAnswer> | null {
    const { observer, limits } = this.#deps;
    if (event.kind === "FRAME") {
      observer.frameRead();
      this.#noise = 0;
      return answerMessage(this.#listener, event.content, this.#deps);
    }
    observer.badFrame(this.#listener, event.reason, redactFrame(event.head));
    this.#noise += event.bytes;
    if (event.reason === "OVERSIZED") return Promise.resolve(answerOversized(event.head, this.#deps));
    if (this.#noise > limits.noiseBytes) this.#close("NOISE");
    return null;
  }

  /** A sender that does not read its acknowledgements is not sent more. */
  async #send(answer: FrameAnswer): Promise<void> {
    if (answer.kind === "CLOSE") return this.#close("NOT_STORED");
    if (answer.kind === "NOTHING" || this.#socket.destroyed || this.#socket.write(answer.bytes)) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#socket.off("drain", done).off("close", done);
        resolve();
      };
      this.#socket.once("drain", done).once("close", done);
    });
  }

  #endWhenAnswered(): void {
    if (this.#pending.length === 0 && this.#inFlight === 0 && !this.#socket.destroyed) {
      // What still comes is read and left: closing over unread bytes would take the last acknowledgement with it.
      this.#socket.resume();
      this.#socket.end();
      this.#lastTimer ??= setTimeout(() => this.#socket.destroy(), LAST_WORDS_MS);
    }
  }

  /** A frame has a time to be complete in, however slowly its bytes come; not while it is we who do not read. */
  #watchFrame(): void {
    if (!this.#reader.isInside) return this.#clearFrameTimer();
    this.#frameTimer ??= setTimeout(() => {
      this.#frameTimer = null;
      if (this.#socket.isPaused()) this.#watchFrame();
      else this.#close("SLOW_FRAME");
    }, this.#deps.limits.frameMs);
  }

  #clearFrameTimer(): void {
    if (this.#frameTimer !== null) clearTimeout(this.#frameTimer);
    this.#frameTimer = null;
  }

  #close(reason: CloseReason): void {
    if (this.#socket.destroyed) return;
    this.#deps.observer.connectionClosed(this.#listener, reason);
    this.#socket.destroy();
  }
}
