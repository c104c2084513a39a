import { GraphQLError } from "graphql";
import { classifyError } from "./classify-error.ts";
import type { GraphqlDeps } from "./graphql-deps.ts";

/** Reports those among an answer's errors that are faults of ours. The same over every transport. */
export function reportFaults(
  { reportFault }: Pick<GraphqlDeps, "reportFault">,
  errors: readonly GraphQLError[],
  correlationId: string,
): void {
  for (const error of errors) {
    if (classifyError(error).kind !== "fault") continue;
    // `formatError` sees the error alone, so the id travels on it.
    if (error instanceof GraphQLError) Object.assign(error.extensions, { correlationId });
    reportFault({ correlationId, error: error.originalError ?? error });
  }
}
