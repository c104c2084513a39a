/** The feed of the national side, for the administrators of the audit: counts, never a row. */
import "reflect-metadata";
import { Arg, Ctx, Mutation, Query, Resolver } from "type-graphql";
import type { NationalService } from "../../national/national-service.ts";
import { Allow, type Policy } from "../access-policy.ts";
import type { GraphqlContext } from "../graphql-context.ts";
import { NationalFeed } from "../types/national-types.ts";

const MAY_WATCH: Policy = { AUDIT_ADMIN: true };

@Resolver()
export class NationalResolver {
  readonly #national: NationalService;

  constructor(national: NationalService) {
    this.#national = national;
  }

  @Allow(MAY_WATCH)
  @Query(() => NationalFeed, { description: "How the national side stands." })
  async nationalFeed(): Promise<NationalFeed> {
    return await this.#national.status();
  }

  @Allow(MAY_WATCH)
  @Mutation(() => NationalFeed, {
    description:
      "Makes all national rows of an organisation's patients anew. They are what they were, unless rules changed; no row is missing meanwhile.",
  })
  async rebuildNationalRows(
    @Arg("odsCode", () => String) odsCode: string,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<NationalFeed> {
    return await this.#national.rebuild(actor, odsCode);
  }
}
