/** Proposed rules over stored history, before they are in force. */
import "reflect-metadata";
import { Arg, Ctx, Query, Resolver } from "type-graphql";
import type { SimulateRules } from "../../simulation/simulate-rules.ts";
import { Allow, requireOrganisation } from "../access-policy.ts";
import type { GraphqlContext } from "../graphql-context.ts";
import { RuleSimulation, SimulateRulesInput, toRuleSimulation } from "../types/simulation-types.ts";

@Resolver()
export class SimulationResolver {
  readonly #simulate: SimulateRules;

  constructor(simulate: SimulateRules) {
    this.#simulate = simulate;
  }

  @Allow({ SUBMITTER: true, CLINICAL_TEAM: true })
  @Query(() => RuleSimulation, {
    description:
      "What would be rejected, warned of or linked differently under proposed rules, over what the organisation has sent so far. Nothing is written. A page takes some seconds; go on with `endCursor`.",
  })
  async simulateRules(
    @Arg("input", () => SimulateRulesInput) { proposal, receivedFrom, receivedTo }: SimulateRulesInput,
    @Arg("after", () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<RuleSimulation> {
    const request = {
      proposal,
      receivedFrom: receivedFrom ?? null,
      receivedTo: receivedTo ?? null,
      after: after ?? null,
    };
    return toRuleSimulation(await this.#simulate(requireOrganisation(actor), request));
  }
}
