/** Extracts under agreements: asked for, followed, fetched over HTTP. Who may have what is the agreement's business. */
import "reflect-metadata";
import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from "type-graphql";
import { EXTRACT_FORMATS } from "../../statistics/extracts/extract-file.ts";
import type { ExtractService } from "../../statistics/extracts/extract-service.ts";
import { Allow } from "../access-policy.ts";
import type { GraphqlContext } from "../graphql-context.ts";
import { type Connection, readPageRequest, toConnection } from "../paging.ts";
import { ExtractConnection } from "../types/connection-types.ts";
import { ExactTablesInput, Extract, ExtractHoldingWithheld, ExtractInput, toExtract, toHolding } from "../types/extract-types.ts";
import { MAY_HAVE_AGREEMENTS } from "./agreement-resolver.ts";
import { MAY_ASK } from "./statistics-resolver.ts";

@Resolver()
export class ExtractResolver {
  readonly #service: ExtractService;

  constructor(service: ExtractService) {
    this.#service = service;
  }

  @Allow(MAY_ASK)
  @Mutation(() => Extract, {
    description:
      "Record level, under the agreement's own pseudonyms, where its class and frequency allow it: one for each cut and period, made by a job, final once made. FORBIDDEN, with every reason, for what the agreement does not permit; CONFLICT where it was asked for with other fields or in another format.",
  })
  async requestExtract(
    @Arg("input", () => ExtractInput) input: ExtractInput,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Extract> {
    const { agreement, purpose, cut, period, location, fields = null } = input;
    const format = EXTRACT_FORMATS.find((name) => name === input.format) ?? "CSV";
    const asked = { agreementId: agreement, purpose, cutId: cut, period, location, fields, format };
    return toExtract(await this.#service.request(actor, asked));
  }

  @Allow(MAY_ASK)
  @Mutation(() => Extract, {
    description:
      "Exact counts under the agreement's disclosure profile, for agreements of the class AGGREGATED_SMALL_NUMBERS: declared tables, as files.",
  })
  async requestTables(
    @Arg("input", () => ExactTablesInput) { agreement, purpose, cut, period, location, tables }: ExactTablesInput,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Extract> {
    const asked = { agreementId: agreement, purpose, cutId: cut, period, location, tables };
    return toExtract(await this.#service.requestTables(actor, asked));
  }

  @Allow(MAY_HAVE_AGREEMENTS)
  @Query(() => ExtractConnection, { description: "Of an agreement; the latest asked for first." })
  async extracts(
    @Arg("agreement", () => ID) agreement: string,
    @Arg("first", () => Int, { defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Connection<Extract>> {
    return toConnection(await this.#service.page(actor, agreement, readPageRequest(first, after)), toExtract);
  }

  @Allow(MAY_HAVE_AGREEMENTS)
  @Query(() => Extract, { description: "NOT_FOUND for one that you may not know of, as for one that is not there." })
  async extract(@Arg("id", () => ID) id: string, @Ctx() { actor }: GraphqlContext): Promise<Extract> {
    return toExtract(await this.#service.find(actor, id));
  }

  @Allow({ CALDICOTT_GUARDIAN: true, AUDIT_ADMIN: true })
  @Query(() => [ExtractHoldingWithheld], {
    description: "Extracts that were handed over before somebody in them objected or opted out, of all agreements.",
  })
  async extractsHoldingWithheld(): Promise<readonly ExtractHoldingWithheld[]> {
    return (await this.#service.holdingWithheld()).map(toHolding);
  }
}
