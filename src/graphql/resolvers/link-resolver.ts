/** Links that a clinical team lists and decides about: of the acting organisation, with what it may know of the other side. */
import "reflect-metadata";
import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from "type-graphql";
import type { ListDuplicates } from "../../episodes/duplicate-service.ts";
import type { Decision, LinkCaller } from "../../episodes/link-list-ports.ts";
import type { PairKind } from "../../episodes/link-ports.ts";
import type { LinkService } from "../../episodes/link-service.ts";
import { GatewayError } from "../../errors/gateway-error.ts";
import { Allow, type Policy, requireOrganisation } from "../access-policy.ts";
import type { GraphqlContext } from "../graphql-context.ts";
import { type Connection, readPageRequest, toConnection } from "../paging.ts";
import { readRecordId } from "../read-record-id.ts";
import { DuplicateGroupConnection, IdentityConflictConnection, LinkConnection } from "../types/connection-types.ts";
import { type DuplicateGroup, toDuplicateGroup } from "../types/duplicate-types.ts";
import { type IdentityConflict, Link, LinkKindEnum, LinkRecordsInput, toIdentityConflict, toLink } from "../types/link-types.ts";

const MAY_DECIDE: Policy = { CLINICAL_TEAM: true };
/** A guardian learns that identities contradict each other, and nothing of links. */
const MAY_KNOW_CONFLICTS: Policy = { CLINICAL_TEAM: true, CALDICOTT_GUARDIAN: true };

const SHOWN =
  "Events of other organisations that links show are written into the access logs, and count into the limit `linkedPersonsPerHour`.";

const callerOf = ({ actor, correlationId }: GraphqlContext): LinkCaller => ({
  actor: requireOrganisation(actor),
  correlationId,
});

/** @throws GatewayError NOT_FOUND for a text that cannot be an id: it names nothing */
function requireId(id: string): string {
  const known = readRecordId(id);
  if (known === null) throw new GatewayError("NOT_FOUND", "There is no such link or record.");
  return known;
}

@Resolver()
export class LinkResolver {
  readonly #links: LinkService;
  readonly #listDuplicates: ListDuplicates;

  constructor(links: LinkService, listDuplicates: ListDuplicates) {
    this.#links = links;
    this.#listDuplicates = listDuplicates;
  }

  @Allow(MAY_DECIDE)
  @Query(() => LinkConnection, { description: `What only people may link, oldest first. ${SHOWN}` })
  async proposedLinks(
    @Arg("kind", () => LinkKindEnum, { nullable: true }) kind: PairKind | null | undefined,
    @Arg("first", () => Int, { defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() context: GraphqlContext,
  ): Promise<Connection<Link>> {
    const page = readPageRequest(first, after);
    return toConnection(await this.#links.proposed(callerOf(context), kind ?? null, page), toLink);
  }

  @Allow(MAY_DECIDE)
  @Query(() => LinkConnection, {
    description: `Links of an own patient or initiating event in whatever state, oldest first: what may be taken back. ${SHOWN}`,
  })
  async recordLinks(
    @Arg("recordId", () => ID) recordId: string,
    @Arg("first", () => Int, { defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() context: GraphqlContext,
  ): Promise<Connection<Link>> {
    const page = readPageRequest(first, after);
    return toConnection(await this.#links.ofRecord(callerOf(context), requireId(recordId), page), toLink);
  }

  @Allow(MAY_DECIDE)
  @Query(() => DuplicateGroupConnection, {
    description: `Own events that are probably one, each group with what confirming would do; oldest first. ${SHOWN}`,
  })
  async duplicates(
    @Arg("first", () => Int, { defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() context: GraphqlContext,
  ): Promise<Connection<DuplicateGroup>> {
    return toConnection(await this.#listDuplicates(callerOf(context), readPageRequest(first, after)), toDuplicateGroup);
  }

  @Allow(MAY_KNOW_CONFLICTS)
  @Query(() => IdentityConflictConnection, {
    description: "Own patients whose NHS number and date of birth contradict another record's, found before today; oldest first.",
  })
  async identityConflicts(
    @Arg("first", () => Int, { defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Connection<IdentityConflict>> {
    const page = readPageRequest(first, after);
    return toConnection(await this.#links.identityConflicts(requireOrganisation(actor), page), toIdentityConflict);
  }

  @Allow(MAY_DECIDE)
  @Mutation(() => Link, {
    description:
      "Links two records that are proposed or kept apart. Of two patients of two organisations both teams must confirm; it is PROPOSED until then.",
  })
  confirmLink(
    @Arg("id", () => ID) id: string,
    @Arg("reason", () => String) reason: string,
    @Ctx() context: GraphqlContext,
  ): Promise<Link> {
    return this.#decide(context, id, "CONFIRMED", reason);
  }

  @Allow(MAY_DECIDE)
  @Mutation(() => Link, { description: "Keeps two records apart that are proposed; they are not proposed again." })
  rejectLink(
    @Arg("id", () => ID) id: string,
    @Arg("reason", () => String) reason: string,
    @Ctx() context: GraphqlContext,
  ): Promise<Link> {
    return this.#decide(context, id, "REJECTED", reason);
  }

  @Allow(MAY_DECIDE)
  @Mutation(() => Link, { description: "Takes a link back, whoever made it; the two are kept apart from then on." })
  unlink(
    @Arg("id", () => ID) id: string,
    @Arg("reason", () => String) reason: string,
    @Ctx() context: GraphqlContext,
  ): Promise<Link> {
    return this.#decide(context, id, "UNLINKED", reason);
  }

  @Allow(MAY_DECIDE)
  @Mutation(() => Link, { description: "Links two own patients, or two own initiating events of one person." })
  async linkRecords(
    @Arg("input", () => LinkRecordsInput) { kind, a, b, reason }: LinkRecordsInput,
    @Ctx() context: GraphqlContext,
  ): Promise<Link> {
    const records = { kind, a: requireId(a), b: requireId(b), reason };
    return toLink(await this.#links.linkRecords(callerOf(context), records));
  }

  async #decide(context: GraphqlContext, id: string, decision: Decision, reason: string): Promise<Link> {
    return toLink(await this.#links.decide(callerOf(context), requireId(id), decision, reason));
  }
}
