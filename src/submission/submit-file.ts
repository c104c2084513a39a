/** `submitFile`: an upload becomes a submission that a job will work on. Answered as soon as it is stored, before any of it is read. */
import type { Dictionary } from "../dataset/dictionary.ts";
import { GatewayError } from "../errors/gateway-error.ts";
import { canonicalJson } from "../lib/canonical-json.ts";
import { DAY_MS, laterBy } from "../lib/later-by.ts";
import { LIMITS } from "../lib/limits.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { FileFormat } from "../records/file-format.ts";
import type { SubmissionHeader } from "../records/submission-record.ts";
import { checkOptions, requireProgramme } from "./check-options.ts";
import { toClaim } from "./claim-key.ts";
import type { MappingRegistry, SubmissionAnswer, SubmissionOptions } from "./commands.ts";
import { MAPPING_OF_FORMAT } from "./file-input.ts";
import { NOT_BEGUN } from "./job-header.ts";
import type { AcceptJob } from "./job-ports.ts";
import type { Clock, IdempotencyClaim, NewId } from "./ports.ts";
import { unknownProfile } from "./receive.ts";
import { senderFormatOf } from "./sender-format.ts";
import { type ResolveSender, resolveUnsaved, type Sender } from "./sender-ports.ts";
import type { Upload, UploadContent, UploadReader } from "./upload-ports.ts";

export interface SubmitFileCommand {
  readonly actor: OrganisationActor;
  readonly options: SubmissionOptions;
  readonly uploadId: string;
  /** Null: told from the content. */
  readonly format: FileFormat | null;
  readonly profile: string | null;
}

export interface SubmitFileDependencies {
  readonly acceptJob: AcceptJob;
  readonly uploads: UploadReader;
  readonly detectFormat: (
    content: UploadContent,
    dictionary: Dictionary,
    recordType: Upload["recordType"],
  ) => Promise<FileFormat | null>;
  readonly mappings: MappingRegistry;
  /** Absent: nothing can be saved for a sender. */
  readonly resolveSender?: ResolveSender | undefined;
  readonly dictionaryOf: (version: string) => Dictionary | null;
  readonly clock: Clock;
  readonly newId: NewId;
  /** Days for which a submission's input is kept. */
  readonly envelopeDays: number;
}

export type SubmitFile = (command: SubmitFileCommand) => Promise<SubmissionAnswer>;

/** @throws GatewayError BAD_USER_INPUT, FORBIDDEN, NOT_FOUND, CONFLICT, IDEMPOTENCY_KEY_REUSED, DATABASE_UNAVAILABLE, OVERLOADED */
export function createSubmitFile(dependencies: SubmitFileDependencies): SubmitFile {
  return async (command) => {
    const { actor, options, uploadId } = command;
    checkOptions(command);
    requireProgramme(actor, options.programmeCode);
    const upload = await dependencies.uploads.find(actor, uploadId);
    if (upload === null || upload.sha256 === null)
      throw new GatewayError("NOT_FOUND", "There is no such upload.", { details: { path: "input.uploadId" } });
    const dictionary = requireDictionary(options.datasetVersion, dependencies);
    const format = command.format ?? (await detect(upload, dictionary, command, dependencies));
    const sender = await requireSender(format, command, dictionary, dependencies);
    const header = toHeader(command, dependencies);
    const answer = await dependencies.acceptJob(actor, {
      header,
      claim: claimOf(command, format, upload.sha256),
      role: actor.role,
      programmes: actor.programmes,
      source: { kind: "UPLOAD", uploadId: upload.id, format },
      profile: sender.pinned,
      bytesTotal: upload.receivedBytes,
      keepUntil: keptUntil(header, dependencies.envelopeDays),
      receipt: upload.sha256,
    });
    return { ...answer, results: answer.replayed ? null : [] };
  };
}

/** A dry run needs its input as long as its report is there, for its failed rows. */
function keptUntil({ receivedAt, mode }: SubmissionHeader, envelopeDays: number): string {
  const days = mode === "VALIDATE_ONLY" ? LIMITS.dryRunReportDays : envelopeDays;
  return laterBy(receivedAt, days * DAY_MS);
}

/** Text of whatever layout may be what a column profile reads. */
async function detect(
  upload: Upload,
  dictionary: Dictionary,
  command: SubmitFileCommand,
  dependencies: SubmitFileDependencies,
): Promise<FileFormat> {
  const content = await dependencies.uploads.open(upload.ods, upload.id);
  const format = await dependencies.detectFormat(content, dictionary, upload.recordType);
  if (format !== null) return format;
  if ((await resolve("IMPORTER_CSV", command, dictionary, dependencies))?.columns) return "IMPORTER_CSV";
  throw new GatewayError("BAD_USER_INPUT", "The format cannot be told from the content: state it.", {
    details: { path: "input.format" },
  });
}

const resolve = (
  format: FileFormat,
  { actor: { ods }, options: { sourceSystem }, profile }: SubmitFileCommand,
  dictionary: Dictionary,
  { resolveSender = resolveUnsaved }: SubmitFileDependencies,
): Promise<Sender | null> => {
  const { vendor, product } = sourceSystem;
  return resolveSender({ ods, vendor, product, format: senderFormatOf(MAPPING_OF_FORMAT[format]), profile, dictionary });
};

function requireDictionary(version: string, { dictionaryOf }: SubmitFileDependencies): Dictionary {
  const dictionary = dictionaryOf(version);
  if (dictionary !== null) return dictionary;
  throw new GatewayError("BAD_USER_INPUT", "There is no dataset version of this name.", {
    details: { path: "input.options.datasetVersion" },
  });
}

/** @throws GatewayError BAD_USER_INPUT for a profile that does not exist, or that reads something else */
async function requireSender(
  format: FileFormat,
  command: SubmitFileCommand,
  dictionary: Dictionary,
  dependencies: SubmitFileDependencies,
): Promise<Sender> {
  const sender = await resolve(format, command, dictionary, dependencies);
  const mapping = sender?.columns ? "COLUMNS" : MAPPING_OF_FORMAT[format];
  const known = sender !== null && dependencies.mappings.map(mapping, [], sender.profile, dictionary, undefined, sender) !== null;
  if (!known) throw unknownProfile();
  return sender;
}

/** The content takes part in the digest by its own. */
function claimOf({ actor, options, profile }: SubmitFileCommand, format: FileFormat, sha256: string): IdempotencyClaim | null {
  const { idempotencyKey, ...digested } = options;
  if (options.mode === "VALIDATE_ONLY") return null;
  return toClaim(actor.clientId, idempotencyKey, canonicalJson({ channel: "FILE", format, profile, sha256, ...digested }));
}

function toHeader({ actor, options }: SubmitFileCommand, { newId, clock }: SubmitFileDependencies): SubmissionHeader {
  return {
    ...NOT_BEGUN,
    id: newId(),
    ods: actor.ods,
    programmeCode: options.programmeCode,
    clientId: actor.clientId,
    channel: "FILE",
    mode: options.mode,
    errorPolicy: options.errorPolicy,
    sourceSystem: options.sourceSystem,
    datasetVersion: options.datasetVersion,
    receivedAt: clock.now(),
    replayOf: null,
  };
}
