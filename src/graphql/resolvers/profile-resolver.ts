/** Mapping profiles of an organisation. A vendor app has those of its own product. */
import "reflect-metadata";
import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from "type-graphql";
import { PROPOSAL_REASONS, type ProposedTarget } from "../../../mappings/files/profile-proposal.ts";
import type { SavedProfile, ShippedProfile } from "../../profiles/profile.ts";
import type { KnownProfile, ProfileProposal, ProfileService } from "../../profiles/profile-service.ts";
import type { FileFormat } from "../../records/file-format.ts";
import { Allow, type Policy, requireOrganisation } from "../access-policy.ts";
import type { GraphqlContext } from "../graphql-context.ts";
import { MappingProfile, type ProfileCandidate, ProfileProposalType, SaveProfileInput } from "../types/profile-types.ts";
import { FileFormatEnum } from "../types/submission-enums.ts";

const MAY_READ: Policy = { SUBMITTER: true, CLINICAL_TEAM: true, VENDOR_APP: "submissions:read" };
const MAY_SAVE: Policy = { SUBMITTER: true, CLINICAL_TEAM: true, VENDOR_APP: "submissions:write" };

@Resolver()
export class ProfileResolver {
  readonly #profiles: ProfileService;

  constructor(profiles: ProfileService) {
    this.#profiles = profiles;
  }

  @Allow(MAY_READ)
  @Query(() => [MappingProfile], {
    description: "Those the gateway ships, the examples, and the latest version of each you saved.",
  })
  async profiles(@Ctx() { actor }: GraphqlContext): Promise<readonly MappingProfile[]> {
    return (await this.#profiles.list(requireOrganisation(actor))).map(toProfile);
  }

  @Allow(MAY_READ)
  @Query(() => MappingProfile, { nullable: true, description: "A profile by its name, with its column profile where it is one." })
  async profile(
    @Arg("name", () => String) name: string,
    @Arg("version", () => Int, { nullable: true, description: "Absent: the latest." }) version: number | null | undefined,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<MappingProfile | null> {
    const found = await this.#profiles.find(requireOrganisation(actor), name, version ?? null);
    return found === null ? null : toProfile(found);
  }

  @Allow(MAY_SAVE)
  @Query(() => ProfileProposalType, {
    description: "A column profile proposed from the headers and values of an upload. Nothing is kept, and no value is shown.",
  })
  async proposeProfile(
    @Arg("uploadId", () => ID) uploadId: string,
    @Arg("name", () => String, { defaultValue: "proposal" }) name: string,
    @Arg("format", () => FileFormatEnum, { nullable: true, description: "Absent: told from the content." })
    format: FileFormat | null | undefined,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<ProfileProposalType> {
    return toProposal(await this.#profiles.propose(requireOrganisation(actor), { uploadId, name, format: format ?? null }));
  }

  @Allow(MAY_SAVE)
  @Mutation(() => MappingProfile, {
    description:
      "Saves a profile, or the next version of one. What is sent from the effective date on is read by it; every problem of a column profile is named at once.",
  })
  async saveProfile(
    @Arg("input", () => SaveProfileInput) input: SaveProfileInput,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<MappingProfile> {
    const { senderProfile = null, columns = null, effectiveFrom = null } = input;
    const saved = await this.#profiles.save(requireOrganisation(actor), { ...input, senderProfile, columns, effectiveFrom });
    return toProfile({ saved });
  }

  @Allow(MAY_SAVE)
  @Mutation(() => MappingProfile, {
    description:
      "The profile is applied no more; its versions stay, because reports name them, and files in work are read to their end.",
  })
  async deleteProfile(@Arg("name", () => String) name: string, @Ctx() { actor }: GraphqlContext): Promise<MappingProfile> {
    return toProfile({ saved: await this.#profiles.retire(requireOrganisation(actor), name) });
  }
}

const toProfile = (known: KnownProfile): MappingProfile =>
  "saved" in known ? fromSaved(known.saved) : fromShipped(known.shipped);

function fromSaved({ createdAt, ...saved }: SavedProfile): MappingProfile {
  return { ...saved, origin: "SAVED", description: saved.columns?.description ?? "", savedAt: createdAt };
}

function fromShipped({ columns, ...shipped }: ShippedProfile): MappingProfile {
  return {
    ...shipped,
    origin: columns === null ? "SHIPPED" : "EXAMPLE",
    vendor: null,
    product: null,
    automatic: false,
    senderProfile: columns === null ? shipped.name : null,
    columns,
    effectiveFrom: null,
    savedAt: null,
    retiredAt: null,
  };
}

function toProposal({ columns, profile }: ProfileProposal): ProfileProposalType {
  return {
    columns: columns.map(({ target, alternatives, reasons, ...column }) => ({
      ...column,
      target: target === null ? null : toCandidate(target),
      confidence: target?.confidence ?? 0,
      reasons: reasons.map((reason) => PROPOSAL_REASONS[reason]),
      untranslated: target?.option === null ? target.fit.untranslated : 0,
      alternatives: alternatives.map(toCandidate),
    })),
    profile,
  };
}

const toCandidate = ({ recordType, item, assessment, option, confidence }: ProposedTarget): ProfileCandidate => ({
  recordType: recordType.name,
  item: item.name,
  assessment,
  option,
  confidence,
});
