/** What comes before the transaction, which stays short: options checked, input mapped, every value judged. */
import type { Dictionary } from "../dataset/dictionary.ts";
import { GatewayError } from "../errors/gateway-error.ts";
import { canonicalJson } from "../lib/canonical-json.ts";
import { LongWork } from "../lib/long-work.ts";
import type { MappedSource, SourceKind } from "../records/draft-record.ts";
import type { SourceSystem } from "../records/submission-record.ts";
import { checkOptions, requireProgramme } from "./check-options.ts";
import { toClaim } from "./claim-key.ts";
import { MAPPING_OF_CHANNEL, type MappingName, type MappingRegistry, type SubmitCommand } from "./commands.ts";
import { type JudgedDraft, judgeDrafts } from "./entry.ts";
import { kindOf } from "./file-input.ts";
import { type FindRegistered, findForeignOrganisations } from "./foreign-organisations.ts";
import type { Clock, IdempotencyClaim, NewId, SubmissionStore } from "./ports.ts";
import { senderFormatOf } from "./sender-format.ts";
import { type ResolveSender, resolveUnsaved } from "./sender-ports.ts";

export interface SubmissionDependencies {
  readonly store: SubmissionStore;
  readonly mappings: MappingRegistry;
  readonly clock: Clock;
  readonly newId: NewId;
  /** The dictionary of a version, or null where there is none. */
  readonly dictionaryOf: (version: string) => Dictionary | null;
  /** The version that is assumed where none is named. */
  readonly defaultDatasetVersion: string;
  readonly findRegistered: FindRegistered;
  /** Absent: nothing can be saved for a sender. */
  readonly resolveSender?: ResolveSender | undefined;
}

/** A submission as it was received: everything that does not depend on what is stored. */
export interface Received {
  readonly command: SubmitCommand;
  readonly id: string;
  readonly receivedAt: string;
  readonly today: string;
  readonly dictionary: Dictionary;
  readonly source: MappedSource;
  readonly kind: SourceKind;
  readonly judged: readonly JudgedDraft[];
  /** Registered organisations that the input names as its sender, and that are not the acting one. */
  readonly foreignOrganisations: ReadonlySet<string>;
  /** Canonical text of what was sent, for the envelope. */
  readonly envelope: string;
  readonly claim: IdempotencyClaim | null;
}

/** @throws GatewayError BAD_USER_INPUT, FORBIDDEN, DATABASE_UNAVAILABLE, OVERLOADED */
export async function receive(command: SubmitCommand, dependencies: SubmissionDependencies): Promise<Received> {
  const { actor, options, channel, payload, profile } = command;
  checkOptions(command);
  requireProgramme(actor, options.programmeCode);
  const today = dependencies.clock.today();
  const known = dependencies.dictionaryOf(options.datasetVersion);
  const dictionary = known ?? dependencies.dictionaryOf(dependencies.defaultDatasetVersion);
  if (dictionary === null) throw new GatewayError("INTERNAL_SERVER_ERROR", "No dictionary is loaded.");
  const work = new LongWork();
  const source = known === null ? unknownVersion() : await mapSource(toInput(command), known, dependencies);
  const kind = kindOf(MAPPING_OF_CHANNEL[channel]);
  const { idempotencyKey, ...digested } = options;
  await work.giveWay();
  const envelope = canonicalJson(payload);
  await work.giveWay();
  return {
    command,
    id: dependencies.newId(),
    receivedAt: dependencies.clock.now(),
    today,
    dictionary,
    source,
    kind,
    judged: await judgeDrafts(source, dictionary, kind, today),
    foreignOrganisations: await findForeignOrganisations(source.drafts, actor.ods, dependencies.findRegistered),
    envelope,
    claim:
      options.mode === "VALIDATE_ONLY"
        ? null
        : toClaim(actor.clientId, idempotencyKey, `${canonicalJson({ channel, profile, ...digested })}\n${envelope}`),
  };
}

/** An input, and whose it is: by that the profile and the codes are found that were saved for it. */
export interface SentInput {
  readonly mapping: MappingName;
  readonly payload: unknown;
  readonly profile: string | null;
  readonly ods: string;
  readonly sourceSystem: Pick<SourceSystem, "vendor" | "product">;
}

const toInput = ({ actor, channel, payload, profile, options }: SubmitCommand): SentInput => ({
  mapping: MAPPING_OF_CHANNEL[channel],
  payload,
  profile,
  ods: actor.ods,
  sourceSystem: options.sourceSystem,
});

/** @throws GatewayError BAD_USER_INPUT for a profile that does not exist. */
export async function mapSource(
  { mapping, payload, profile, ods, sourceSystem: { vendor, product } }: SentInput,
  dictionary: Dictionary,
  { mappings, resolveSender = resolveUnsaved }: Pick<SubmissionDependencies, "mappings" | "resolveSender">,
): Promise<MappedSource> {
  const sender = await resolveSender({ ods, vendor, product, format: senderFormatOf(mapping), profile, dictionary });
  const source = sender === null ? null : mappings.map(mapping, payload, sender.profile, dictionary, undefined, sender);
  if (source === null) throw unknownProfile();
  return source;
}

export const unknownProfile = (): GatewayError =>
  new GatewayError("BAD_USER_INPUT", "There is no mapping profile of this name.", { details: { path: "input.profile" } });

function unknownVersion(): MappedSource {
  const issue = {
    severity: "ERROR",
    code: "DATASET_VERSION_UNKNOWN",
    field: null,
    expression: "options.datasetVersion",
  } as const;
  return { drafts: [], issues: [issue], mappingReport: [], mappingVersion: "none" };
}
