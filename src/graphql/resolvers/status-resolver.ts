/** What became of submissions and records. */
import "reflect-metadata";
import { Arg, Ctx, ID, Int, Query, Resolver } from "type-graphql";
import type { StatusStore, SubmissionFilter as StoreFilter } from "../../submission/status-ports.ts";
import { Allow, MAY_READ_STATUS, requireOrganisation } from "../access-policy.ts";
import type { GraphqlContext } from "../graphql-context.ts";
import { NamesPatients } from "../operation-marks.ts";
import { type Connection, readPageRequest, toConnection } from "../paging.ts";
import { readRecordId } from "../read-record-id.ts";
import { SubmissionConnection } from "../types/connection-types.ts";
import { SubmissionFilter } from "../types/filter-inputs.ts";
import { SubmissionRecord } from "../types/submission-record-type.ts";
import { Submission } from "../types/submission-type.ts";
import { withoutNulls } from "../without-nulls.ts";
import { type SubmissionRecordRoot, type SubmissionRoot, toSubmissionRoot } from "./submission-root.ts";

@Resolver()
export class StatusResolver {
  readonly #status: StatusStore;

  constructor(status: StatusStore) {
    this.#status = status;
  }

  @Allow(MAY_READ_STATUS)
  @Query(() => Submission, { nullable: true, description: "Null where the organisation has no such submission." })
  async submission(@Arg("id", () => ID) id: string, @Ctx() context: GraphqlContext): Promise<SubmissionRoot | null> {
    const known = readRecordId(id);
    const header = known === null ? null : await this.#status.submission(requireOrganisation(context.actor), known);
    return header && toSubmissionRoot(header, context);
  }

  @Allow(MAY_READ_STATUS)
  @Query(() => SubmissionConnection, { description: "Latest first." })
  async submissions(
    @Arg("filter", () => SubmissionFilter, { nullable: true }) filter: SubmissionFilter | null | undefined,
    @Arg("first", () => Int, { defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() context: GraphqlContext,
  ): Promise<Connection<SubmissionRoot>> {
    const wanted: StoreFilter = withoutNulls({ ...filter });
    const page = await this.#status.submissions(requireOrganisation(context.actor), wanted, readPageRequest(first, after));
    return toConnection(page, (header) => toSubmissionRoot(header, context));
  }

  @Allow(MAY_READ_STATUS)
  @NamesPatients()
  @Query(() => [SubmissionRecord], {
    description: "What became of a record, by the sender's own id: latest first, across every channel. POST only.",
  })
  async recordStatus(
    @Arg("sourceRecordId", () => ID) sourceRecordId: string,
    @Arg("programmeCode", () => String, { nullable: true }) programmeCode: string | null | undefined,
    @Ctx() context: GraphqlContext,
  ): Promise<SubmissionRecordRoot[]> {
    const found = await this.#status.recordStatus(requireOrganisation(context.actor), sourceRecordId, programmeCode ?? null);
    return found.map(({ submissionId, result }) => ({ ...result, submissionId }));
  }
}
