/**
 * What the streams of this process look at. However many of them look at a submission or a programme, a notification is one read of it.
 * Nothing is kept for a stream that is slow: it takes the latest state, or reads its events again, when it comes to it.
 */
import type { OrganisationActor } from "../../records/actor.ts";
import type { SubmissionHeader } from "../../records/submission-record.ts";
import type { JobProgress, JobStore } from "../../submission/job-ports.ts";
import type { EventsPage, StatusStore } from "../../submission/status-ports.ts";
import { Topic } from "./topic.ts";

/** A submission as it is at one moment. */
export interface SubmissionState {
  readonly header: SubmissionHeader;
  /** Null for one that was no job. */
  readonly progress: JobProgress | null;
}

/** Something that streams look at together. To be released by each of them. */
export interface Feed {
  readonly topic: Topic;
  release(): void;
}

export interface SubmissionFeed extends Feed {
  /** Null where it is not there, or no longer. */
  read(): Promise<SubmissionState | null>;
}

export interface EventFeed extends Feed {
  after(sequence: number): Promise<EventsPage>;
}

export interface LiveHub {
  /** To be looked at by actors who may see the submission: whoever is first reads for all. */
  submission(actor: OrganisationActor, id: string): SubmissionFeed;
  programme(actor: OrganisationActor, programmeCode: string): EventFeed;
  eventAppended(ods: string, programmeCode: string): void;
  submissionChanged(ods: string, submissionId: string): void;
  /** Anything may have changed. */
  reconnected(): void;
  /** How many submissions and programmes are looked at. */
  readonly watched: number;
}

export interface LiveHubDependencies {
  readonly status: Pick<StatusStore, "submission" | "eventsAfter">;
  readonly jobProgress: Pick<JobStore, "progress">;
}

/** Events of one read: a stream that asks for what it missed goes on where one ended. */
const EVENTS_PER_READ = 100;

/** A read that everybody shares until the topic changes. */
class SharedReads<K, V> {
  readonly topic = new Topic();
  readonly #read: (key: K) => Promise<V>;
  readonly #reads = new Map<K, Promise<V>>();

  constructor(read: (key: K) => Promise<V>) {
    this.#read = read;
  }

  changed(): void {
    this.#reads.clear();
    this.topic.bump();
  }

  read(key: K): Promise<V> {
    const known = this.#reads.get(key);
    if (known !== undefined) return known;
    const started = this.#read(key);
    this.#reads.set(key, started);
    // One that failed is tried again by the next who asks.
    started.catch(() => this.#reads.get(key) === started && this.#reads.delete(key));
    return started;
  }
}

/** Shared things by key, each there for as long as somebody looks at it. */
class Shared<K, V> {
  readonly #entries = new Map<string, { readonly reads: SharedReads<K, V>; users: number }>();

  get size(): number {
    return this.#entries.size;
  }

  take(key: string, read: (key: K) => Promise<V>): { readonly reads: SharedReads<K, V>; release(): void } {
    const entry = this.#entries.get(key) ?? { reads: new SharedReads(read), users: 0 };
    this.#entries.set(key, entry);
    entry.users += 1;
    return {
      reads: entry.reads,
      release: () => {
        entry.users -= 1;
        if (entry.users === 0) this.#entries.delete(key);
      },
    };
  }

  changed(isMeant: (key: string) => boolean): void {
    for (const [key, { reads }] of this.#entries) if (isMeant(key)) reads.changed();
  }

  changedAt(key: string): void {
    this.#entries.get(key)?.reads.changed();
  }
}

/** Vendor apps see events of their own only, so they look at a programme apart from everybody else. Codes hold no space. */
const programmeKey = (ods: string, programmeCode: string): string => `${ods} ${programmeCode} `;
const audienceOf = ({ role, clientId, sourceSystem }: OrganisationActor): string =>
  role === "VENDOR_APP" ? JSON.stringify([clientId, sourceSystem?.vendor, sourceSystem?.product]) : "";

export function createLiveHub({ status, jobProgress }: LiveHubDependencies): LiveHub {
  const submissions = new Shared<null, SubmissionState | null>();
  const programmes = new Shared<number, EventsPage>();

  const readState = async (actor: OrganisationActor, id: string): Promise<SubmissionState | null> => {
    const [header, progress] = await Promise.all([status.submission(actor, id), jobProgress.progress(actor, [id])]);
    return header && { header, progress: progress.get(id) ?? null };
  };

  return {
    submission(actor, id) {
      const { reads, release } = submissions.take(`${actor.ods} ${id}`, () => readState(actor, id));
      return { topic: reads.topic, release, read: () => reads.read(null) };
    },
    programme(actor, code) {
      const { reads, release } = programmes.take(programmeKey(actor.ods, code) + audienceOf(actor), (sequence) =>
        status.eventsAfter(actor, code, sequence, EVENTS_PER_READ),
      );
      return { topic: reads.topic, release, after: (sequence) => reads.read(sequence) };
    },
    eventAppended: (ods, code) => programmes.changed((key) => key.startsWith(programmeKey(ods, code))),
    submissionChanged: (ods, id) => submissions.changedAt(`${ods} ${id}`),
    reconnected: () => {
      submissions.changed(() => true);
      programmes.changed(() => true);
    },
    get watched() {
      return submissions.size + programmes.size;
    },
  };
}
