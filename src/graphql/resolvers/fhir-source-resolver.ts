/** FHIR servers: proposed by the clinical team, confirmed by the guardian, read when somebody asks or on their schedule. */
import "reflect-metadata";
import { Arg, Ctx, ID, Mutation, Query, Resolver } from "type-graphql";
import { DEFAULT_TYPES, type FhirSource as KnownSource } from "../../pull/fhir-source.ts";
import type { PullServices } from "../../pull/pull-services.ts";
import type { SourceDescription } from "../../pull/source-description.ts";
import { Allow, type Policy, requireOrganisation } from "../access-policy.ts";
import type { GraphqlContext } from "../graphql-context.ts";
import { Submits } from "../operation-marks.ts";
import { DateTimeScalar } from "../scalars/strict-scalars.ts";
import { FhirSource, RegisterFhirSourceInput } from "../types/fhir-source-types.ts";
import { Submission } from "../types/submission-type.ts";
import type { SubmissionRoot } from "./submission-root.ts";

const MAY_READ: Policy = { SUBMITTER: true, CLINICAL_TEAM: true, CALDICOTT_GUARDIAN: true };
/** Never a vendor app: a pull shows what other products hold. */
const MAY_PULL: Policy = { SUBMITTER: true, CLINICAL_TEAM: true };

@Resolver()
export class FhirSourceResolver {
  readonly #pull: PullServices;

  constructor(pull: PullServices) {
    this.#pull = pull;
  }

  @Allow(MAY_READ)
  @Query(() => [FhirSource], { description: "The organisation's sources in your programmes, oldest first." })
  async fhirSources(@Ctx() { actor }: GraphqlContext): Promise<readonly FhirSource[]> {
    return (await this.#pull.sources.list(requireOrganisation(actor))).map(toFhirSource);
  }

  @Allow({ CLINICAL_TEAM: true })
  @Mutation(() => FhirSource, { description: "Proposes a source. A key is made where the server asks for authentication." })
  async registerFhirSource(
    @Arg("input", () => RegisterFhirSourceInput) input: RegisterFhirSourceInput,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<FhirSource> {
    return toFhirSource(await this.#pull.sources.register(requireOrganisation(actor), toDescription(input)));
  }

  @Allow({ CALDICOTT_GUARDIAN: true })
  @Mutation(() => FhirSource, { description: "From now on the source is read." })
  async confirmFhirSource(@Arg("id", () => ID) id: string, @Ctx() { actor }: GraphqlContext): Promise<FhirSource> {
    return toFhirSource(await this.#pull.sources.confirm(requireOrganisation(actor), id));
  }

  @Allow({ CLINICAL_TEAM: true, CALDICOTT_GUARDIAN: true })
  @Mutation(() => FhirSource, { description: "Nothing is read from it any more, and the gateway's key for it is forgotten." })
  async removeFhirSource(@Arg("id", () => ID) id: string, @Ctx() { actor }: GraphqlContext): Promise<FhirSource> {
    return toFhirSource(await this.#pull.sources.remove(requireOrganisation(actor), id));
  }

  @Allow(MAY_PULL)
  @Submits()
  @Mutation(() => Submission, {
    description:
      "Reads a source: what changed since the last pull, or since the time given. Answered RECEIVED; where the source is being read already, with that submission.",
  })
  async pullFromFhirServer(
    @Arg("sourceId", () => ID) sourceId: string,
    @Arg("since", () => DateTimeScalar, { nullable: true }) since: string | null | undefined,
    @Ctx() context: GraphqlContext,
  ): Promise<SubmissionRoot> {
    const { header, replayed } = await this.#pull.accept(requireOrganisation(context.actor), sourceId, since ?? null);
    context.loaders.keep(header, null);
    context.replayed = replayed;
    return { ...header, replayed };
  }
}

function toDescription(input: RegisterFhirSourceInput): SourceDescription {
  const { name, baseUrl, programmeCode, sourceSystem, mode, types, cohort, groupId, fileOrigins, auth } = input;
  const { vendor, product, version } = sourceSystem;
  return {
    name,
    baseUrl,
    programmeCode,
    sourceSystem: { vendor, product, version },
    profile: input.profile ?? null,
    intervalMinutes: input.intervalMinutes ?? null,
    settings: {
      mode,
      types: types ?? DEFAULT_TYPES,
      cohort: cohort ?? [],
      groupId: groupId ?? null,
      fileOrigins: fileOrigins ?? [],
      auth: auth
        ? { clientId: auth.clientId, tokenUrl: auth.tokenUrl ?? null, scope: auth.scope, algorithm: auth.algorithm }
        : null,
    },
  };
}

function toFhirSource(source: KnownSource): FhirSource {
  const { publicKey, openUntil } = source;
  return {
    ...source,
    publicJwks: publicKey && JSON.stringify({ keys: [publicKey] }),
    circuitOpenUntil: openUntil !== null && Date.parse(openUntil) > Date.now() ? openUntil : null,
  };
}
