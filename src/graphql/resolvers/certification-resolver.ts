/** Certification, the survey of a programme, and what administrators of the audit set it by. */
import "reflect-metadata";
import { Arg, Ctx, Int, Mutation, Query, Resolver } from "type-graphql";
import type { StandardName } from "../../records/standard-movement.ts";
import type {
  CertificationService,
  ListedPatient,
  ProgrammeCertification,
  StandingOfProgramme,
} from "../../reporting/certification-service.ts";
import type { Frequency } from "../../reporting/lateness.ts";
import type { ListedState } from "../../reporting/standard-figures.ts";
import type { PriorityGroup } from "../../standards/standards-data.ts";
import { Allow, type Policy } from "../access-policy.ts";
import type { GraphqlContext } from "../graphql-context.ts";
import { AssumedSize } from "../operation-marks.ts";
import { type Connection, readPageRequest, toConnection } from "../paging.ts";
import {
  Certification,
  type CertificationPatient,
  CertificationThreshold,
  DenominatorInput,
  ListedStateEnum,
  PriorityGroupEnum,
  ProgrammeLateness,
  ProgrammeSurvey,
  SubmissionFrequencyEnum,
  SurveyStaffInput,
  ThresholdInput,
} from "../types/certification-types.ts";
import { CertificationPatientConnection, ProgrammeLatenessConnection } from "../types/reporting-connections.ts";
import { CertificationStandardEnum } from "../types/standard-types.ts";

const MAY_SEE: Policy = { CLINICAL_TEAM: true, SUBMITTER: true, AUDIT_ADMIN: true };
const OWN_PROGRAMME: Policy = { CLINICAL_TEAM: true, SUBMITTER: true };
const TEAM: Policy = { CLINICAL_TEAM: true };
const ADMIN: Policy = { AUDIT_ADMIN: true };

const AUDIT_YEAR = "The year in which the audit year begins: 2025 is April 2025 to March 2026.";

@Resolver()
export class CertificationResolver {
  readonly #service: CertificationService;

  constructor(service: CertificationService) {
    this.#service = service;
  }

  @Allow(MAY_SEE)
  @Query(() => Certification, {
    description:
      "By the programme's own rows, now. An administrator of the audit sees any programme from outside: patients who may go to the national side, small figures withheld.",
  })
  async certification(
    @Arg("programmeCode", () => String) programmeCode: string,
    @Arg("auditYear", () => Int, { description: AUDIT_YEAR }) auditYear: number,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Certification> {
    return toCertification(await this.#service.certification(actor, programmeCode, auditYear));
  }

  @Allow(OWN_PROGRAMME)
  @Query(() => CertificationPatientConnection, {
    description:
      "Who is behind a figure of the own programme: in the numerator, missing in it, or not counted for want of a date.",
  })
  async certificationPatients(
    @Arg("programmeCode", () => String) programmeCode: string,
    @Arg("auditYear", () => Int, { description: AUDIT_YEAR }) auditYear: number,
    @Arg("standard", () => CertificationStandardEnum) standard: StandardName,
    @Arg("state", () => ListedStateEnum, { nullable: true }) state: ListedState | null | undefined,
    @Arg("first", () => Int, { defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Connection<CertificationPatient>> {
    const asked = { programmeCode, auditYear, standard, state: state ?? null };
    return toConnection(await this.#service.patients(actor, asked, readPageRequest(first, after)), toPatient);
  }

  @Allow(TEAM)
  @Mutation(() => ProgrammeSurvey, { description: "The programme's answers to the yearly survey. Earlier ones are kept." })
  async recordProgrammeSurvey(
    @Arg("programmeCode", () => String) programmeCode: string,
    @Arg("auditYear", () => Int, { description: AUDIT_YEAR }) auditYear: number,
    @Arg("staff", () => [SurveyStaffInput]) staff: SurveyStaffInput[],
    @Arg("groupsOffered", () => [PriorityGroupEnum]) groupsOffered: PriorityGroup[],
    @Ctx() { actor }: GraphqlContext,
  ): Promise<ProgrammeSurvey> {
    return await this.#service.recordSurvey(actor, programmeCode, auditYear, { staff, groupsOffered });
  }

  @Allow(OWN_PROGRAMME)
  @AssumedSize(2)
  @Query(() => [ProgrammeSurvey], { description: "The latest first: it counts." })
  async programmeSurveys(
    @Arg("programmeCode", () => String) programmeCode: string,
    @Arg("auditYear", () => Int, { description: AUDIT_YEAR }) auditYear: number,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<ProgrammeSurvey[]> {
    return [...(await this.#service.surveys(actor, programmeCode, auditYear))];
  }

  @Allow(MAY_SEE)
  @AssumedSize(21)
  @Query(() => [CertificationThreshold], {
    description:
      "Rows of this installation, of the year and the years before; those that are shipped stand in docs/reporting.md.",
  })
  async thresholds(
    @Arg("auditYear", () => Int, { description: AUDIT_YEAR }) auditYear: number,
  ): Promise<CertificationThreshold[]> {
    return [...(await this.#service.thresholds(auditYear))];
  }

  @Allow(ADMIN)
  @Mutation(() => [CertificationThreshold], {
    description: "Rows that count from now on, before the shipped ones of their year.",
  })
  async recordThresholds(
    @Arg("rows", () => [ThresholdInput]) rows: ThresholdInput[],
    @Ctx() { actor }: GraphqlContext,
  ): Promise<CertificationThreshold[]> {
    return [...(await this.#service.recordThresholds(actor, rows))];
  }

  @Allow(ADMIN)
  @Mutation(() => [CertificationThreshold], {
    description:
      "National averages of the cut in force as rows that count from now on, `COMPUTED` and `UNCONFIRMED`: recorded again as `CONFIRMED` they are confirmed. None where the cut withholds the figure, and none of the wait after infarction or PCI.",
  })
  async computeThresholds(
    @Arg("auditYear", () => Int, { description: AUDIT_YEAR }) auditYear: number,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<CertificationThreshold[]> {
    return [...(await this.#service.computeThresholds(actor, auditYear))];
  }

  @Allow(ADMIN)
  @Mutation(() => Int, { description: "How many rows were recorded. Uptake is worked out from them, never from submitted rows." })
  async recordDenominators(
    @Arg("rows", () => [DenominatorInput]) rows: DenominatorInput[],
    @Ctx() { actor }: GraphqlContext,
  ): Promise<number> {
    return await this.#service.recordDenominators(actor, rows);
  }

  @Allow(ADMIN)
  @Mutation(() => ProgrammeLateness, { description: "What the programme has agreed to; monthly as long as nothing is." })
  async setSubmissionFrequency(
    @Arg("programmeCode", () => String) programmeCode: string,
    @Arg("frequency", () => SubmissionFrequencyEnum) frequency: Frequency,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<ProgrammeLateness> {
    return toLateness(await this.#service.setFrequency(actor, programmeCode, frequency));
  }

  @Allow(ADMIN)
  @Query(() => ProgrammeLatenessConnection, { description: "Every programme by its code, with when it last sent." })
  async programmeLateness(
    @Arg("first", () => Int, { defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Connection<ProgrammeLateness>> {
    return toConnection(await this.#service.lateness(actor, readPageRequest(first, after)), toLateness);
  }
}

export const toCertification = (certification: ProgrammeCertification): Certification => ({
  ...certification,
  isProvisional: certification.provisional.length > 0,
});

const toPatient = ({ patientId, ...row }: ListedPatient): CertificationPatient => ({ ...row, patientRecordId: patientId });

export const toLateness = ({ programme, ...lateness }: StandingOfProgramme): ProgrammeLateness => ({
  ...lateness,
  programme,
  odsCode: programme.ods,
});
