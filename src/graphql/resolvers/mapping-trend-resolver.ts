/** How the mapping of each sending system's input goes over time. */
import "reflect-metadata";
import { Arg, Ctx, Query, Resolver } from "type-graphql";
import { GatewayError } from "../../errors/gateway-error.ts";
import type { MappingTrendPoint as Point, ReadMappingTrend } from "../../submission/mapping-trend-ports.ts";
import { Allow, MAY_READ_STATUS, requireOrganisation } from "../access-policy.ts";
import type { GraphqlContext } from "../graphql-context.ts";
import { MappingTrendFilter, MappingTrendPoint } from "../types/mapping-trend-types.ts";

const DAY_MS = 86_400_000;
const MOST_DAYS = 366;

@Resolver()
export class MappingTrendResolver {
  readonly #readTrend: ReadMappingTrend;

  constructor(readTrend: ReadMappingTrend) {
    this.#readTrend = readTrend;
  }

  @Allow(MAY_READ_STATUS)
  @Query(() => [MappingTrendPoint], {
    description:
      "What became of the source fields of each sending system (vendor, product, version), latest period first: a rise of what is dropped or not mapped shows a change at the sender. Dry runs and replays are not counted. Cut at the limit `trendPoints`.",
  })
  async mappingTrend(
    @Arg("filter", () => MappingTrendFilter) filter: MappingTrendFilter,
    @Ctx() context: GraphqlContext,
  ): Promise<readonly Point[]> {
    const { from, to, by, programmeCode = null, vendor = null, product = null } = filter;
    const days = (Date.parse(to) - Date.parse(from)) / DAY_MS;
    if (days < 0 || days > MOST_DAYS)
      throw new GatewayError("BAD_USER_INPUT", `The last day is at most ${MOST_DAYS} days after the first, and not before it.`, {
        details: { path: "filter.to" },
      });
    return await this.#readTrend(requireOrganisation(context.actor), { from, to, by, programmeCode, vendor, product });
  }
}
