/** What administrators of the audit do with cuts. What is published of them: `StatisticsResolver`. */
import "reflect-metadata";
import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from "type-graphql";
import { GatewayError } from "../../errors/gateway-error.ts";
import type { CutService } from "../../statistics/cuts/cut-service.ts";
import { Allow, type Policy } from "../access-policy.ts";
import type { GraphqlContext } from "../graphql-context.ts";
import { type Connection, readPageRequest, toConnection } from "../paging.ts";
import { CutPublicationConnection } from "../types/connection-types.ts";
import { CutPublication } from "../types/cut-publication-types.ts";
import { Cut } from "../types/cut-types.ts";

const MAY_PUBLISH: Policy = { AUDIT_ADMIN: true };

@Resolver()
export class CutResolver {
  readonly #cuts: CutService;

  constructor(cuts: CutService) {
    this.#cuts = cuts;
  }

  @Allow(MAY_PUBLISH)
  @Mutation(() => CutPublication, {
    description:
      "Has a worker freeze the national side and publish what withstands the gateway's own attacker. CONFLICT: TOO_SOON within a month of the cut before, with the day `from` which the next may be published; IN_WORK while another one is.",
  })
  async publishCut(@Ctx() { actor }: GraphqlContext): Promise<CutPublication> {
    return await this.#cuts.publish(actor);
  }

  @Allow(MAY_PUBLISH)
  @Mutation(() => Cut, {
    description:
      "From the answer on nothing is answered from the cut, in any process. The cut before is not brought back: there is none in force until the next. One that was withdrawn is the answer as it is.",
  })
  async withdrawCut(
    @Arg("id", () => ID) id: string,
    @Arg("reason", () => String, { description: "Shown to whoever may see the cut." }) reason: string,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Cut> {
    return await this.#cuts.withdraw(actor, id, reason);
  }

  @Allow(MAY_PUBLISH)
  @Query(() => CutPublicationConnection, { description: "Cuts that were asked for, the latest first, refused ones among them." })
  async cutPublications(
    @Arg("first", () => Int, { defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after: string | null | undefined,
  ): Promise<Connection<CutPublication>> {
    return toConnection(await this.#cuts.publications(readPageRequest(first, after)), (publication) => publication);
  }

  @Allow(MAY_PUBLISH)
  @Query(() => CutPublication)
  async cutPublication(@Arg("id", () => ID) id: string): Promise<CutPublication> {
    const found = await this.#cuts.publication(id);
    if (found === null) throw new GatewayError("NOT_FOUND", "No cut was asked for under this id.");
    return found;
  }
}
