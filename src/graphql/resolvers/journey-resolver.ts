/** The journey of a person over all organisations that links join. */
import "reflect-metadata";
import { Arg, Ctx, FieldResolver, ID, Query, Resolver, Root } from "type-graphql";
import type { ShownEvent } from "../../episodes/journey.ts";
import type { ReadJourney } from "../../episodes/read-journey.ts";
import { Allow, requireOrganisation } from "../access-policy.ts";
import type { GraphqlContext } from "../graphql-context.ts";
import { AssumedSize, NamesPatients } from "../operation-marks.ts";
import { Journey, JourneyEvent } from "../types/journey-types.ts";
import type { RecordObject } from "../types/record-output-types.ts";
import { recordOutputs } from "../types/record-types.ts";

@Resolver()
export class JourneyResolver {
  readonly #readJourney: ReadJourney;

  constructor(readJourney: ReadJourney) {
    this.#readJourney = readJourney;
  }

  @Allow({ CLINICAL_TEAM: true })
  @NamesPatients()
  @Query(() => Journey, {
    description:
      "By a patient of the acting organisation. Written into the access logs of all organisations whose records are shown; other organisations' records are shown of 60 persons an hour. POST only.",
  })
  journey(@Arg("patientRecordId", () => ID) patientRecordId: string, @Ctx() context: GraphqlContext): Promise<Journey> {
    return this.#readJourney(requireOrganisation(context.actor), patientRecordId, context.correlationId);
  }
}

@Resolver(() => JourneyEvent)
export class JourneyEventFieldResolver {
  @AssumedSize(1)
  @FieldResolver(() => [recordOutputs.typeOf("REHABILITATION")], {
    description: "Of the acting organisation and the token's programmes. Never of another organisation.",
  })
  async rehabilitations(@Root() { recordId }: ShownEvent, @Ctx() { loaders }: GraphqlContext): Promise<readonly RecordObject[]> {
    return recordId === null ? [] : await loaders.children("REHABILITATION", recordId, null);
  }
}
