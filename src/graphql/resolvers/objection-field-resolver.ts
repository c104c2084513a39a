/** What an objection could not undo: cuts that were published before it. */
import "reflect-metadata";
import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { ListCutsOfObjection } from "../../consent/objection-ports.ts";
import { requireOrganisation } from "../access-policy.ts";
import type { GraphqlContext } from "../graphql-context.ts";
import { CutOfObjection, Objection } from "../types/consent-types.ts";

@Resolver(() => Objection)
export class ObjectionFieldResolver {
  readonly #listCuts: ListCutsOfObjection;

  constructor(listCuts: ListCutsOfObjection) {
    this.#listCuts = listCuts;
  }

  @FieldResolver(() => [CutOfObjection], {
    description:
      "Published cuts that hold journeys of the patient, the first published first. Told to the organisation that recorded the objection alone; none where it was withdrawn.",
  })
  async publishedCuts(@Root() { id }: Objection, @Ctx() { actor }: GraphqlContext): Promise<readonly CutOfObjection[]> {
    return await this.#listCuts(requireOrganisation(actor), id);
  }
}
