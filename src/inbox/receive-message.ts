/** From a message that was read to the verdict that may be acknowledged: what it says is true once it is said. */
import type { Clock, NewId } from "../submission/ports.ts";
import { waitPatiently } from "../submission/wait-patiently.ts";
import { createGroupCommit, type GroupCommit } from "./group-commit.ts";
import type { IncomingMessage, JudgedMessage, ListenerIdentity, MessageStore, Verdict } from "./inbox-ports.ts";
import { type JudgeMessage, UNSUPPORTED } from "./judge-message.ts";

export interface ReceiveDependencies {
  readonly store: Pick<MessageStore, "add">;
  readonly judge: JudgeMessage;
  /** The message's text, by the character set it names. */
  readonly decode: (content: Buffer) => string;
  /** Whether the listener's client may still send for its organisation. */
  readonly isInForce: (listener: ListenerIdentity) => Promise<boolean>;
  readonly clock: Pick<Clock, "now">;
  readonly newId: NewId;
}

/**
 * Judges a message and stores it. Fulfilled once the message is durable, or refused for ever.
 * @throws what kept it from being stored: nothing is known to be stored, and the sender has to send it again
 */
export type ReceiveMessage = (listener: ListenerIdentity, message: IncomingMessage) => Promise<Verdict>;

/** The design allows 5 ms; 3 are enough to gather what came in one packet on every connection. */
const WAIT_MS = 3;
const MOST_IN_GROUP = 256;
/** A restart of the database is over by then; later than that the sender is told to send again. */
const PAUSES_MS = [200, 500, 1_000, 2_000, 4_000];

export function createReceiveMessage(dependencies: ReceiveDependencies): ReceiveMessage {
  const { store, judge, decode, isInForce, clock, newId } = dependencies;
  const groups = new Map<string, GroupCommit<JudgedMessage, Verdict>>();
  // A transaction is one organisation's; its listeners and their connections share it.
  const groupOf = (ods: string): GroupCommit<JudgedMessage, Verdict> => {
    const known = groups.get(ods);
    if (known !== undefined) return known;
    const write = (messages: readonly JudgedMessage[]) =>
      waitPatiently(() => store.add(ods, messages), new AbortController().signal, PAUSES_MS);
    const group = createGroupCommit({ write, waitMs: WAIT_MS, most: MOST_IN_GROUP });
    groups.set(ods, group);
    return group;
  };

  return async (listener, message) => {
    if (!(await isInForce(listener))) return refuse("NOT_AUTHORISED_FOR_ORGANISATION");
    const verdict = await judge(decode(message.content), listener);
    const parkedFor = verdict.answer === "REJECT" ? UNSUPPORTED : null;
    const kept = { ...message, ...verdict, id: newId(), listener, receivedAt: clock.now(), parkedFor };
    return await groupOf(listener.ods).add(kept);
  };
}

const refuse = (code: string): Verdict => ({ answer: "REJECT", findings: [{ code, field: null, expression: "" }] });
