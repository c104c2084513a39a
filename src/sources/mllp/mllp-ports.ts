/** What a listener is told, and what it tells. */
import type { Finding, IncomingMessage, ListenerIdentity, Verdict } from "../../inbox/inbox-ports.ts";
import type { AcknowledgementCode } from "./acknowledgement.ts";
import type { BadFrameReason } from "./frame-reader.ts";
import type { WorkBudget } from "./work-budget.ts";

/** Who may send: both texts as MSH-3 and MSH-4 begin. Null: anybody. */
export interface AllowedSender {
  readonly application: string | null;
  readonly facility: string | null;
}

/** PEM texts, read by whoever wires. */
export interface ListenerTls {
  readonly certificate: string;
  readonly key: string;
  /** Who signed the certificates of those that may connect. Null: nobody needs one, on loopback only. */
  readonly clientAuthority: string | null;
  /** Names, by subject or DNS, of the certificates that may connect; empty: every one the authority signed. */
  readonly clientNames: readonly string[];
}

export interface Listener {
  readonly identity: ListenerIdentity;
  readonly host: string;
  readonly port: number;
  readonly tls: ListenerTls | null;
  /** Empty: anybody may send. */
  readonly senders: readonly AllowedSender[];
  /** MSH-11 that is taken: production systems take no training messages. Empty: any. */
  readonly processingIds: readonly string[];
}

/** What a connection was closed for by this side. */
export type CloseReason = "IDLE" | "SLOW_FRAME" | "NOISE" | "CERTIFICATE" | "NOT_STORED";

/** Hears what happens; keeps and counts it. Nothing it is told holds a value that was sent. */
export interface MllpObserver {
  connectionOpened(): void;
  connectionEnded(): void;
  connectionClosed(listener: Listener, reason: CloseReason): void;
  frameRead(): void;
  badFrame(listener: Listener, reason: BadFrameReason | "NO_HEADER", shape: string): void;
  acknowledged(code: AcknowledgementCode): void;
  /** A message could not be stored, or a connection failed by a fault of ours. */
  fault(listener: Listener, error: unknown): void;
}

export interface ConnectionDependencies {
  /** Durable once it is fulfilled. @throws where it is not stored */
  readonly receive: (listener: ListenerIdentity, message: IncomingMessage) => Promise<Verdict>;
  readonly observer: MllpObserver;
  /** Shared by all listeners of a process. */
  readonly budget: WorkBudget;
  readonly textOf: (finding: Finding) => string;
  /** ISO instant. */
  readonly now: () => string;
  /** At most 20 characters, never the same twice: MSH-10 of an acknowledgement. */
  readonly newControlId: () => string;
  readonly limits: ConnectionLimits;
}

export interface ConnectionLimits {
  readonly messageBytes: number;
  /** Messages of one connection that are not answered yet: then nothing more is read of it. */
  readonly inFlight: number;
  /** Without a byte in either direction. */
  readonly idleMs: number;
  /** From the first byte of a frame to its last. */
  readonly frameMs: number;
  /** Bytes that are no message, one after the other. */
  readonly noiseBytes: number;
  readonly connectionsPerListener: number;
}
