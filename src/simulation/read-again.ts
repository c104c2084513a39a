/** The input of a stored submission, read again under two dictionaries side by side. */
import type { Dictionary } from "../dataset/dictionary.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { MappedSource, SourceKind } from "../records/draft-record.ts";
import type { SubmissionHeader } from "../records/submission-record.ts";
import type { JobChunk, JobInput, SourcePlace } from "../submission/file-ports.ts";
import { type InputReaders, openRoot } from "../submission/replay-input.ts";
import { findRoot, mappingOf, profileOf, type RootDependencies } from "../submission/replay-root.ts";
import { ProfileGone } from "../submission/sender-ports.ts";
import { UploadDamaged } from "../submission/upload-ports.ts";

export interface ReadAgainDependencies extends RootDependencies, InputReaders {
  /** Entries of a file that are judged at a time. */
  readonly chunkSize: number;
}

export interface TwoDictionaries {
  readonly inForce: Dictionary;
  readonly proposed: Dictionary;
}

/** A piece of the input as each of the dictionaries reads it. */
export interface ReadTwice {
  readonly inForce: MappedSource;
  readonly proposed: MappedSource;
  readonly kind: SourceKind;
  readonly next: SourcePlace;
}

/** What is kept of a submission cannot be read: it has been removed, or what read it has gone. */
export class NotReadable extends Error {}

/** From a place of the input on. @throws NotReadable */
export async function* readAgain(
  actor: OrganisationActor,
  header: SubmissionHeader,
  { inForce, proposed }: TwoDictionaries,
  from: SourcePlace,
  dependencies: ReadAgainDependencies,
): AsyncGenerator<ReadTwice> {
  // An upload is its sender's. Whoever may see the submission may have it judged again: of what it holds, only counts are told.
  const sender = { ...actor, clientId: header.clientId };
  const opened: JobInput[] = [];
  try {
    const { input } = await findRoot(sender, header, dependencies);
    if (input === null) throw new NotReadable();
    const toRead = { actor: sender, header, profile: profileOf(header, mappingOf(input)) };
    for (const dictionary of [inForce, proposed]) opened.push(await openRoot(toRead, input, dictionary, dependencies));
    // A file of which nothing was read at the time, or of which nothing would be: no record of it can be compared.
    if (opened.some(({ issues }) => issues.some(({ severity }) => severity === "ERROR"))) throw new NotReadable();
    yield* sideBySide(opened, from, dependencies.chunkSize);
  } catch (error) {
    throw error instanceof ProfileGone || error instanceof UploadDamaged ? new NotReadable() : error;
  } finally {
    for (const input of opened) await input.close();
  }
}

async function* sideBySide(
  [inForce, proposed]: readonly JobInput[],
  from: SourcePlace,
  chunkSize: number,
): AsyncGenerator<ReadTwice> {
  if (inForce === undefined || proposed === undefined) return;
  const others = proposed.chunks(from, chunkSize)[Symbol.asyncIterator]();
  try {
    for await (const { source, next } of inForce.chunks(from, chunkSize)) {
      const other: IteratorResult<JobChunk> = await others.next();
      if (other.done) throw new NotReadable();
      yield { inForce: source, proposed: other.value.source, kind: inForce.kind, next };
    }
  } finally {
    await others.return?.();
  }
}
