/** Reports of the own programme, and of a patient's progress. */
import "reflect-metadata";
import { Arg, Ctx, ID, Query, Resolver } from "type-graphql";
import { GatewayError } from "../../errors/gateway-error.ts";
import { Allow, type Policy } from "../access-policy.ts";
import type { GraphqlContext } from "../graphql-context.ts";
import type { ReportReaders } from "../graphql-deps.ts";
import { readRecordId } from "../read-record-id.ts";
import { CompletenessReport, PatientProgress, ProgrammeReport, ReportPeriodInput } from "../types/programme-report-types.ts";
import { toCertification, toLateness } from "./certification-resolver.ts";

const OWN_PROGRAMME: Policy = { CLINICAL_TEAM: true, SUBMITTER: true };

@Resolver()
export class ProgrammeReportResolver {
  readonly #readers: ReportReaders;

  constructor(readers: ReportReaders) {
    this.#readers = readers;
  }

  @Allow(OWN_PROGRAMME)
  @Query(() => ProgrammeReport, { description: "Exact figures of the own programme, from its rows as they are now." })
  async programmeReport(
    @Arg("programmeCode", () => String) programmeCode: string,
    @Arg("period", () => ReportPeriodInput) { from, to }: ReportPeriodInput,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<ProgrammeReport> {
    const report = await this.#readers.readReport(actor, programmeCode, { from, to });
    const { programme, certification, lateness } = report;
    return {
      ...report,
      certification: toCertification({ ...certification, programme, isOwn: true }),
      lateness: toLateness({ ...lateness, programme }),
    };
  }

  @Allow(OWN_PROGRAMME)
  @Query(() => CompletenessReport, { description: "Item by item of the dataset, by month, beside the nation." })
  async completeness(
    @Arg("programmeCode", () => String) programmeCode: string,
    @Arg("period", () => ReportPeriodInput) { from, to }: ReportPeriodInput,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<CompletenessReport> {
    return await this.#readers.readCompleteness(actor, programmeCode, { from, to });
  }

  @Allow({ CLINICAL_TEAM: true })
  @Query(() => PatientProgress, { description: "Assessments 1 to 3 side by side, under the own programmes." })
  async patientProgress(@Arg("recordId", () => ID) recordId: string, @Ctx() { actor }: GraphqlContext): Promise<PatientProgress> {
    const id = readRecordId(recordId);
    if (id === null) throw new GatewayError("NOT_FOUND", "There is no such patient.");
    const { patientId, rehabilitations } = await this.#readers.readProgress(actor, id, false);
    return { patientRecordId: patientId, rehabilitations };
  }
}
