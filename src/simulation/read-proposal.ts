/** Reads what is proposed: data from outside, with everything that is wrong with it said at once. */
import { z } from "zod";
import type { Dictionary } from "../dataset/dictionary.ts";
import { type EpisodeRules, readEpisodeRules } from "../episodes/episode-rules.ts";
import { GatewayError } from "../errors/gateway-error.ts";
import { LIMITS } from "../lib/limits.ts";
import { type ByVersion, type ChangeProblem, type CompileSources, changeDictionaries } from "./change-dictionary.ts";
import { proposedChanges } from "./proposed-changes.ts";

export interface Dictionaries {
  /** Versions in service. */
  readonly versions: readonly string[];
  readonly dictionaryOf: (version: string) => Dictionary | null;
  readonly compile: CompileSources;
}

export interface Proposal {
  /**
   * The dictionary that would judge what was sent for a version; null where that version is in service no more. The function is null
   * where nothing is proposed about records.
   */
  readonly dictionaryFor: ((datasetVersion: string) => Dictionary | null) | null;
  readonly episodeRules: EpisodeRules | null;
}

const shape = z
  .strictObject({
    /** Judges everything under this version; absent: under the version it was sent for. */
    datasetVersion: z.string().max(40).optional(),
    changes: proposedChanges.optional(),
    /** A whole rule set (docs/simulation.md). */
    episodeRules: z.unknown().optional(),
  })
  .refine(({ datasetVersion, changes, episodeRules }) => (datasetVersion ?? changes ?? episodeRules) !== undefined, {
    message: "proposes nothing: name a dataset version, changes or episode rules",
  });

/** @throws GatewayError BAD_USER_INPUT with the place of the first problem and a line for each */
export async function readProposal(input: unknown, dictionaries: Dictionaries): Promise<Proposal> {
  const parsed = shape.safeParse(input);
  if (!parsed.success) throw refuse(parsed.error.issues.map(toProblem));
  const { datasetVersion, changes, episodeRules } = parsed.data;
  const problems: ChangeProblem[] = [];
  const rules = episodeRules === undefined ? null : readEpisodeRules(episodeRules);
  for (const line of rules?.problems ?? []) problems.push({ path: "episodeRules", message: line });
  if (datasetVersion !== undefined && dictionaries.dictionaryOf(datasetVersion) === null)
    problems.push({ path: "datasetVersion", message: "is not in service" });
  const isAboutRecords = datasetVersion !== undefined || changes !== undefined;
  const versions = datasetVersion === undefined ? dictionaries.versions : [datasetVersion];
  const proposed = isAboutRecords ? await proposeDictionaries(versions, changes, dictionaries, problems) : null;
  if (problems.length > 0) throw refuse(problems);
  return {
    dictionaryFor: proposed && ((version) => proposed.get(datasetVersion ?? version) ?? null),
    episodeRules: rules?.rules ?? null,
  };
}

/** Adds to `problems`. */
async function proposeDictionaries(
  versions: readonly string[],
  changes: z.infer<typeof proposedChanges> | undefined,
  { dictionaryOf, compile }: Dictionaries,
  problems: ChangeProblem[],
): Promise<ByVersion> {
  const inService = versions.flatMap((version) => dictionaryOf(version) ?? []);
  if (changes === undefined) return new Map(inService.map((dictionary) => [dictionary.version, dictionary]));
  const { changed, problems: found } = await changeDictionaries(inService, changes, compile);
  for (const { path, message } of found) problems.push({ path: `changes.${path}`, message });
  return changed;
}

const MEMBER = /^[A-Za-z][A-Za-z0-9_]{0,59}$/;

/** A member's name comes from outside, so it is shown only where it could be one of ours. */
const toStep = (step: PropertyKey): string => {
  if (typeof step === "number") return `[${step}]`;
  return MEMBER.test(String(step)) ? `.${String(step)}` : ".(member)";
};

function toProblem({ path, code, message }: z.core.$ZodIssue): ChangeProblem {
  const place = path.map(toStep).join("").replace(/^\./, "");
  return { path: place, message: code === "unrecognized_keys" ? "has a member that there is not" : message };
}

function refuse(problems: readonly ChangeProblem[]): GatewayError {
  const lines = problems.slice(0, LIMITS.listItemsPerRecord).map(({ path, message }) => `${path}: ${message}`);
  const [first] = problems;
  const path = ["input.proposal", first?.path ?? ""].filter(Boolean).join(".");
  return new GatewayError("BAD_USER_INPUT", "The proposal cannot be simulated as it is.", { details: { path, problems: lines } });
}
