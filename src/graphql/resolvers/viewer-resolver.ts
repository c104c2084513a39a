import "reflect-metadata";
import { Ctx, Query, Resolver } from "type-graphql";
import { Allow, ANYBODY } from "../access-policy.ts";
import type { GraphqlContext } from "../graphql-context.ts";
import type { OrganisationDirectory } from "../graphql-deps.ts";
import { Viewer } from "../types/organisation-types.ts";

@Resolver()
export class ViewerResolver {
  readonly #organisations: OrganisationDirectory;

  constructor(organisations: OrganisationDirectory) {
    this.#organisations = organisations;
  }

  @Allow(ANYBODY)
  @Query(() => Viewer)
  async viewer(@Ctx() { actor }: GraphqlContext): Promise<Viewer> {
    const { clientId: id, role, scopes } = actor;
    return { id, role, scopes, organisations: await this.#organisations.organisationsOf(actor) };
  }
}
