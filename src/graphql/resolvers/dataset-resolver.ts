/** What is published about the gateway itself. */
import "reflect-metadata";
import { Arg, Query, Resolver } from "type-graphql";
import { GatewayError } from "../../errors/gateway-error.ts";
import { LIMITS } from "../../lib/limits.ts";
import { DEFAULT_DATASET_VERSION, dictionaryOf, LATEST_DATASET_VERSION, VERSIONS } from "../../records/dictionaries.ts";
import { Allow, EVERY_ROLE } from "../access-policy.ts";
import { DatasetDefinition, DatasetVersion, toDatasetDefinition } from "../types/dataset-types.ts";
import { Limits } from "../types/limits-type.ts";

@Resolver()
export class DatasetResolver {
  @Allow(EVERY_ROLE)
  @Query(() => DatasetDefinition, { description: "The dictionary: record types, items, code lists, rules, issue codes." })
  dataset(
    @Arg("version", () => String, { nullable: true, description: "Absent: the latest." }) version: string | null | undefined,
  ): DatasetDefinition {
    const dictionary = dictionaryOf(version ?? LATEST_DATASET_VERSION);
    if (dictionary === null) throw new GatewayError("NOT_FOUND", "There is no such dataset version.");
    return toDatasetDefinition(dictionary);
  }

  @Allow(EVERY_ROLE)
  @Query(() => [DatasetVersion], { description: "The versions in service, oldest first." })
  datasetVersions(): readonly DatasetVersion[] {
    return VERSIONS.map(({ dictionary: { version }, sunset }) => ({
      version,
      default: version === DEFAULT_DATASET_VERSION,
      stored: version === LATEST_DATASET_VERSION,
      sunset,
    }));
  }

  @Allow(EVERY_ROLE)
  @Query(() => Limits)
  limits(): object {
    return LIMITS;
  }
}
