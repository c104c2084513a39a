/**
 * HL7 v2 messages between their acknowledgement and their submission (ADR 0018): what the door hands over, what is kept, and what the
 * worker and the clinical team need of it.
 */
import type { OrganisationActor } from "../records/actor.ts";
import type { Issue } from "../records/issue.ts";
import type { RecordResult, SourceSystem } from "../records/submission-record.ts";
import type { Page, PageRequest } from "../submission/status-ports.ts";

/** For whom the messages of a listener are taken in, and as whose. From the configuration, never from a message. */
export interface ListenerIdentity {
  readonly ods: string;
  readonly name: string;
  readonly programmeCode: string;
  readonly clientId: string;
  readonly sourceSystem: SourceSystem;
  /** Sender profile of the mapping; null: the format's default. */
  readonly profile: string | null;
}

/** `REJECT`: nobody here can work on it. `ERROR`: it is worked on, and a record of it will be refused. */
export const ANSWERS = ["ACCEPT", "ERROR", "REJECT"] as const;
export type Answer = (typeof ANSWERS)[number];

/** Why a message was not accepted, as its acknowledgement says it: without a value that was sent. */
export type Finding = Pick<Issue, "code" | "field" | "expression" | "params">;

export interface Verdict {
  readonly answer: Answer;
  readonly findings: readonly Finding[];
}

/** A message as the door read it. The three texts of MSH, with the content, are what a repeated message is known by. */
export interface IncomingMessage {
  readonly application: string;
  readonly facility: string;
  readonly controlId: string;
  /** `ADT^A08`; null where MSH-9 holds anything else than a type and an event. */
  readonly messageType: string | null;
  readonly content: Buffer;
}

/** A message to be kept. */
export interface JudgedMessage extends IncomingMessage, Verdict {
  readonly id: string;
  readonly listener: ListenerIdentity;
  /** ISO instant. */
  readonly receivedAt: string;
  /** The reason for which it is parked at once; null: it waits to be worked on. */
  readonly parkedFor: string | null;
}

export interface MessageStore {
  /** Makes the listener known, as it is configured now. */
  openListener(listener: ListenerIdentity, openedAt: string): Promise<void>;
  /**
   * Stores messages of one organisation, sealed, in one transaction: durable once it returns.
   * @returns what each is answered with: its own verdict, or for one that was stored before, that of then
   * @throws GatewayError DATABASE_UNAVAILABLE, OVERLOADED
   */
  add(ods: string, messages: readonly JudgedMessage[]): Promise<readonly Verdict[]>;
  /** Keeps the shape of the last of some bad frames. */
  noteBadFrames(listener: Pick<ListenerIdentity, "ods" | "name" | "programmeCode">, bad: BadFrames): Promise<void>;
}

export interface BadFrames {
  readonly count: number;
  readonly lastReason: string;
  /** What came, each letter and digit replaced by another one. */
  readonly lastShape: string;
  /** ISO instant. */
  readonly lastAt: string;
}

/** The messages of a programme, held by one worker until the lease runs out. */
export interface Lane {
  readonly ods: string;
  readonly programmeCode: string;
  /** Attempts in a row that came to nothing. */
  readonly failures: number;
  /** Proves that the lane is still held. */
  readonly lease: string;
}

export interface WaitingMessage {
  readonly id: string;
  readonly content: Buffer;
  /** Attempts that ended with a fault of ours. */
  readonly attempts: number;
}

/** Messages that become one submission, in their order. Taken again after a crash, it is the same batch. */
export interface Batch {
  readonly id: string;
  readonly listener: ListenerIdentity;
  readonly messages: readonly WaitingMessage[];
}

/** What became of a message of a batch. */
export interface Settled {
  readonly id: string;
  /** Null: it is done. */
  readonly parkedFor: string | null;
}

export interface InboxStore {
  /** Takes a lane with something to do that nobody holds, the longest waiting first. */
  takeLane(): Promise<Lane | null>;
  /** The batch in work, else the next one. Null: nothing waits. */
  nextBatch(lane: Lane, newBatchId: string, most: number): Promise<Batch | null>;
  /** `submissionId` null where nothing was submitted. */
  settle(lane: Lane, batch: Batch, settled: readonly Settled[], submissionId: string | null, now: string): Promise<void>;
  /** The messages are taken one by one from now on: one of them may be what made the attempt fail. */
  dissolve(lane: Lane, batch: Batch): Promise<void>;
  /** @returns the lane with its lease renewed; null where it was lost */
  keepLane(lane: Lane): Promise<Lane | null>;
  /** `waitMs` of nothing: the lane is free at once. */
  leaveLane(lane: Lane, outcome: { readonly failures: number; readonly waitMs: number }): Promise<void>;
  /** Of all organisations. */
  countWaiting(): Promise<InboxCounts>;
}

export interface InboxCounts {
  readonly waiting: number;
  readonly parked: number;
  /** Age of the oldest one that waits, in seconds. */
  readonly oldestSeconds: number;
}

/** The records of a submission that were refused; for one that was submitted before its worker died. */
export type ReadRefused = (actor: OrganisationActor, submissionId: string) => Promise<readonly RecordResult[]>;

export const MESSAGE_STATES = ["WAITING", "PROCESSED", "PARKED"] as const;
export type MessageState = (typeof MESSAGE_STATES)[number];

/** What may be told of a message: nothing that stands in it but its type. */
export interface KnownMessage {
  readonly id: string;
  readonly programmeCode: string;
  readonly listener: string;
  readonly messageType: string | null;
  readonly state: MessageState;
  readonly answer: Answer;
  readonly findings: readonly Finding[];
  /** PARKED: an issue code, or `PROCESSING_FAULT`. */
  readonly reason: string | null;
  readonly receivedAt: string;
  readonly settledAt: string | null;
  readonly submissionId: string | null;
}

export interface MessageFilter {
  readonly state: readonly MessageState[] | null;
  readonly reason: string | null;
  readonly listener: string | null;
  readonly programmeCode: string | null;
  /** MSH-10 as the sender knows it. */
  readonly controlId: string | null;
}

export interface KnownListener extends Omit<ListenerIdentity, "ods" | "clientId"> {
  readonly openedAt: string;
  readonly badFrames: number;
  readonly lastBadFrame: Omit<BadFrames, "count"> | null;
}

/** The organisation's messages, under the actor's row-level security. */
export interface MessageReader {
  listeners(actor: OrganisationActor): Promise<readonly KnownListener[]>;
  /** Latest first. @throws GatewayError BAD_USER_INPUT for a cursor of another list */
  messages(actor: OrganisationActor, filter: MessageFilter, page: PageRequest): Promise<Page<KnownMessage>>;
  /** Parked ones among `ids` wait again, at the place they had. @returns those, in the order of their arrival */
  replay(actor: OrganisationActor, ids: readonly string[]): Promise<readonly KnownMessage[]>;
}
