import type { GraphqlContext } from "../graphql-context.ts";
import type { Programme } from "../types/organisation-types.ts";

/** A programme by its code; one that is no longer registered is called by its code. */
export async function loadProgramme({ loaders }: GraphqlContext, ods: string, programmeCode: string): Promise<Programme> {
  const { programmes } = await loaders.organisation(ods);
  return programmes.find(({ code }) => code === programmeCode) ?? { code: programmeCode, name: programmeCode };
}
