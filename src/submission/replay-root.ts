/** What a submission was made from. A replay has no input of its own: it is made from what the first submission was made from. */
import type { OrganisationActor } from "../records/actor.ts";
import type { Channel, SubmissionHeader } from "../records/submission-record.ts";
import { type EnvelopeMapping, MAPPING_OF_CHANNEL, type MappingName, type SubmitChannel } from "./commands.ts";
import { MAPPING_OF_FORMAT } from "./file-input.ts";
import { NOT_BEGUN } from "./job-header.ts";
import type { EnvelopeReader, ReportStore, SubmittedFile } from "./report-ports.ts";
import type { StatusStore } from "./status-ports.ts";
import type { UploadReader } from "./upload-ports.ts";

export interface RootDependencies {
  readonly status: Pick<StatusStore, "submission">;
  readonly reports: Pick<ReportStore, "submittedFile">;
  readonly envelopes: EnvelopeReader;
  readonly uploads: Pick<UploadReader, "find">;
}

/** The input, where it is kept still. `envelope`: canonical JSON of what was sent. */
export type RootInput =
  | { readonly kind: "ENVELOPE"; readonly channel: EnvelopeMapping; readonly envelope: string }
  | { readonly kind: "UPLOAD"; readonly file: SubmittedFile };

export interface Root {
  readonly header: SubmissionHeader;
  /** Null: it is kept no more. */
  readonly input: RootInput | null;
}

export async function findRoot(
  actor: OrganisationActor,
  header: SubmissionHeader,
  dependencies: RootDependencies,
): Promise<Root> {
  let root = header;
  while (root.replayOf !== null) {
    const earlier = await dependencies.status.submission(actor, root.replayOf);
    if (earlier === null) return { header: root, input: null };
    root = earlier;
  }
  return { header: root, input: await findInput(actor, root, dependencies) };
}

async function findInput(
  actor: OrganisationActor,
  { id, channel }: SubmissionHeader,
  { reports, envelopes, uploads }: RootDependencies,
): Promise<RootInput | null> {
  if (isEnveloped(channel)) {
    const envelope = await envelopes.readEnvelope(actor, id);
    return envelope === null ? null : { kind: "ENVELOPE", channel: MAPPING_OF_CHANNEL[channel], envelope };
  }
  const file = await reports.submittedFile(actor, id);
  if (file === null || (await uploads.find(actor, file.uploadId)) === null) return null;
  return { kind: "UPLOAD", file };
}

const isEnveloped = (channel: Channel): channel is SubmitChannel => Object.hasOwn(MAPPING_OF_CHANNEL, channel);

export const mappingOf = (input: RootInput): MappingName =>
  input.kind === "ENVELOPE" ? input.channel : MAPPING_OF_FORMAT[input.file.format];

/** The sender profile that read the input, by the name its mapping goes by (`uk-core/1`, `importer/gw-1.0`); records know none. */
export function profileOf({ mappingVersion }: SubmissionHeader, mapping: MappingName): string | null {
  return mapping === "RECORDS" || mappingVersion === NOT_BEGUN.mappingVersion ? null : mappingVersion.replace(/\/[^/]*$/, "");
}
