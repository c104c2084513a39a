/** Site codes of an organisation. Anybody who submits may propose one; a person of the clinical team reviews it. */
import "reflect-metadata";
import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from "type-graphql";
import type { SiteCodeTarget } from "../../../mappings/support/site-codes.ts";
import { GatewayError } from "../../errors/gateway-error.ts";
import type { SiteCodeEntry, SiteCodeState } from "../../profiles/profile.ts";
import type { SiteCodeService } from "../../profiles/site-code-service.ts";
import { Allow, type Policy, requireOrganisation } from "../access-policy.ts";
import type { GraphqlContext } from "../graphql-context.ts";
import { type Connection, readPageRequest, toConnection } from "../paging.ts";
import { SiteCodeConnection } from "../types/connection-types.ts";
import {
  ProposeSiteCodeInput,
  SiteCodeStateEnum,
  type SiteCodeTargetInput,
  type SiteCodeTargetType,
  SiteCodeType,
} from "../types/site-code-types.ts";

const MAY_READ: Policy = { SUBMITTER: true, CLINICAL_TEAM: true, VENDOR_APP: "submissions:read" };
const MAY_PROPOSE: Policy = { SUBMITTER: true, CLINICAL_TEAM: true, VENDOR_APP: "submissions:write" };
const MAY_REVIEW: Policy = { CLINICAL_TEAM: true };

@Resolver()
export class SiteCodeResolver {
  readonly #siteCodes: SiteCodeService;

  constructor(siteCodes: SiteCodeService) {
    this.#siteCodes = siteCodes;
  }

  @Allow(MAY_READ)
  @Query(() => SiteCodeConnection, { description: "In the order in which they were proposed." })
  async siteCodes(
    @Arg("states", () => [SiteCodeStateEnum], { nullable: true }) states: SiteCodeState[] | null | undefined,
    @Arg("vendor", () => String, { nullable: true }) vendor: string | null | undefined,
    @Arg("product", () => String, { nullable: true }) product: string | null | undefined,
    @Arg("system", () => String, { nullable: true }) system: string | null | undefined,
    @Arg("first", () => Int, { defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Connection<SiteCodeType>> {
    const page = readPageRequest(first, after);
    const filter = { states: states ?? null, vendor: vendor ?? null, product: product ?? null, system: system ?? null };
    return toConnection(await this.#siteCodes.page(requireOrganisation(actor), filter, page), toSiteCode);
  }

  @Allow(MAY_PROPOSE)
  @Mutation(() => SiteCodeType, {
    description: "Says what a code of your own means. It counts once another person has approved it, within half a minute.",
  })
  async proposeSiteCode(
    @Arg("input", () => ProposeSiteCodeInput) input: ProposeSiteCodeInput,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<SiteCodeType> {
    const { vendor, product, system, code, override, comment = null, effectiveFrom = null, effectiveTo = null } = input;
    const statement = { vendor, product, system, code, override, comment, effectiveFrom, effectiveTo };
    const target = readTarget(input.target);
    return toSiteCode(await this.#siteCodes.propose(requireOrganisation(actor), { ...statement, target }));
  }

  @Allow(MAY_REVIEW)
  @Mutation(() => SiteCodeType, { description: "Of a code that somebody else has proposed." })
  async approveSiteCode(@Arg("id", () => ID) id: string, @Ctx() { actor }: GraphqlContext): Promise<SiteCodeType> {
    return toSiteCode(await this.#siteCodes.review(requireOrganisation(actor), id, "APPROVED"));
  }

  @Allow(MAY_REVIEW)
  @Mutation(() => SiteCodeType, { description: "Of a code that somebody else has proposed." })
  async rejectSiteCode(@Arg("id", () => ID) id: string, @Ctx() { actor }: GraphqlContext): Promise<SiteCodeType> {
    return toSiteCode(await this.#siteCodes.review(requireOrganisation(actor), id, "REJECTED"));
  }

  @Allow(MAY_PROPOSE)
  @Mutation(() => SiteCodeType, { description: "It is used no more; what it translated stays as it is." })
  async retireSiteCode(@Arg("id", () => ID) id: string, @Ctx() { actor }: GraphqlContext): Promise<SiteCodeType> {
    return toSiteCode(await this.#siteCodes.retire(requireOrganisation(actor), id));
  }
}

/** @throws GatewayError BAD_USER_INPUT for what is neither an option nor an item nor a concept */
function readTarget({ recordType, item, key, system, code }: SiteCodeTargetInput): SiteCodeTarget {
  const isItem = recordType && item && !system && !code;
  if (isItem && key) return { kind: "OPTION", recordType, item, key };
  if (isItem) return { kind: "ITEM", recordType, item };
  if (system && code && !recordType && !item && !key) return { kind: "CONCEPT", system, code };
  throw new GatewayError(
    "BAD_USER_INPUT",
    "A target is an option (recordType, item, key), an item (recordType, item) or a concept (system, code).",
    {
      details: { path: "input.target" },
    },
  );
}

const NO_TARGET: SiteCodeTargetType = { recordType: null, item: null, key: null, system: null, code: null };

function toSiteCode({ target: { kind: _kind, ...target }, ...entry }: SiteCodeEntry): SiteCodeType {
  return { ...entry, target: { ...NO_TARGET, ...target } };
}
