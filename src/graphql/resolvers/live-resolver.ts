/** What goes on: a submission until it is done, a programme for as long as somebody listens. */
import "reflect-metadata";
import { Arg, Ctx, FieldResolver, ID, Int, Resolver, Root, type SubscribeResolverData, Subscription } from "type-graphql";
import type { ProgrammeEvent } from "../../records/programme-event.ts";
import { Allow, MAY_READ_STATUS } from "../access-policy.ts";
import type { GraphqlContext } from "../graphql-context.ts";
import type { SubmissionState } from "../streams/live-hub.ts";
import { Programme } from "../types/organisation-types.ts";
import { ProgrammeEventType } from "../types/programme-event-type.ts";
import { Submission } from "../types/submission-type.ts";
import { loadProgramme } from "./load-programme.ts";
import { type SubmissionRoot, toSubmissionRoot } from "./submission-root.ts";

/** What a field of the schema is subscribed to with. */
type Asked<Arguments> = SubscribeResolverData<unknown, Arguments, GraphqlContext>;

@Resolver()
export class LiveResolver {
  @Allow(MAY_READ_STATUS)
  @Subscription(() => Submission, {
    description: "Its present state at once, then after every change, at most five times a second; ends after the final state.",
    subscribe: ({ args: { id }, context }: Asked<{ readonly id: string }>) => context.follow.submission(id),
  })
  submissionProgress(
    @Arg("id", () => ID) _id: string,
    @Root() { header, progress }: SubmissionState,
    @Ctx() context: GraphqlContext,
  ): SubmissionRoot {
    context.loaders.keepProgress(header.id, progress);
    return toSubmissionRoot(header, context);
  }

  @Allow(MAY_READ_STATUS)
  @Subscription(() => ProgrammeEventType, {
    description: "What happens to the submissions of a programme, in order, none twice and none left out.",
    subscribe: ({ args, context }: Asked<{ readonly programmeCode: string; readonly since?: number | null }>) =>
      context.follow.programme(args.programmeCode, args.since ?? null),
  })
  programmeEvents(
    @Arg("programmeCode", () => String) _programmeCode: string,
    @Arg("since", () => Int, {
      nullable: true,
      description: "The `sequence` of the last event that is known: begins after it. 0: from the first. Absent: from now on.",
    })
    _since: number | null | undefined,
    @Root() event: ProgrammeEvent,
  ): ProgrammeEvent {
    return event;
  }
}

@Resolver(() => ProgrammeEventType)
export class ProgrammeEventFieldResolver {
  @FieldResolver(() => Programme)
  programme(@Root() { ods, programmeCode }: ProgrammeEvent, @Ctx() context: GraphqlContext): Promise<Programme> {
    return loadProgramme(context, ods, programmeCode);
  }
}
