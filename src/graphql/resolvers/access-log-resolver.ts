/** Who saw or changed what: for the organisation's Caldicott Guardian. */
import "reflect-metadata";
import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from "type-graphql";
import type { AccessLog } from "../../audit/access-log-ports.ts";
import { Allow, requireOrganisation } from "../access-policy.ts";
import type { GraphqlContext } from "../graphql-context.ts";
import { NamesPatients } from "../operation-marks.ts";
import { type Connection, readPageRequest, toConnection } from "../paging.ts";
import { readPatientLookup } from "../read-patient-lookup.ts";
import { DateTimeScalar } from "../scalars/strict-scalars.ts";
import { type AccessLine, toAccessLine } from "../types/access-log-types.ts";
import { AccessLineConnection } from "../types/connection-types.ts";
import { Receipt } from "../types/submission-type.ts";

/** Where an id was given that cannot be one. */
const NO_PAGE = { nodes: [], hasNextPage: false, totalCount: 0 };

@Resolver()
export class AccessLogResolver {
  readonly #log: AccessLog;

  constructor(log: AccessLog) {
    this.#log = log;
  }

  @Allow({ CALDICOTT_GUARDIAN: true })
  @NamesPatients()
  @Query(() => AccessLineConnection, {
    description:
      "Who saw or changed a patient of the organisation, or one of its records, and why; latest first. Name the patient by exactly one of the three. Being asked is an entry itself. POST only.",
  })
  async accessLog(
    @Arg("patientRecordId", () => ID, { nullable: true }) patientRecordId: string | null | undefined,
    @Arg("nhsNumber", () => String, { nullable: true }) nhsNumber: string | null | undefined,
    @Arg("hospitalNumber", () => String, { nullable: true }) hospitalNumber: string | null | undefined,
    @Arg("first", () => Int, { defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Connection<AccessLine>> {
    const organisation = requireOrganisation(actor);
    const lookup = readPatientLookup(patientRecordId, nhsNumber, hospitalNumber);
    const page = readPageRequest(first, after);
    return toConnection(lookup === null ? NO_PAGE : await this.#log.ofPatient(organisation, lookup, page), toAccessLine);
  }

  @Allow({ CALDICOTT_GUARDIAN: true })
  @Query(() => AccessLineConnection, {
    description:
      "What concerned a programme since an instant: its submissions, and readings of patients who have a rehabilitation in it; latest first.",
  })
  async programmeAccessLog(
    @Arg("programmeCode", () => String) programmeCode: string,
    @Arg("since", () => DateTimeScalar) since: string,
    @Arg("first", () => Int, { defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Connection<AccessLine>> {
    const page = await this.#log.ofProgramme(requireOrganisation(actor), programmeCode, since, readPageRequest(first, after));
    return toConnection(page, toAccessLine);
  }
}

/** The submission's id is its entry's. */
export interface ReceiptRoot extends Pick<Receipt, "digest" | "keyId"> {
  readonly submissionId: string;
}

@Resolver(() => Receipt)
export class ReceiptFieldResolver {
  @FieldResolver(() => ID, {
    nullable: true,
    description: "Its entry of the audit trail; null for one from before there was any.",
  })
  async auditEventId(@Root() { submissionId }: ReceiptRoot, @Ctx() { loaders }: GraphqlContext): Promise<string | null> {
    return (await loaders.auditNumber(submissionId)) === undefined ? null : submissionId;
  }

  @FieldResolver(() => Int, {
    nullable: true,
    description: "The number of that entry in the chain; null for the seconds until it has one.",
  })
  async sequence(@Root() { submissionId }: ReceiptRoot, @Ctx() { loaders }: GraphqlContext): Promise<number | null> {
    return (await loaders.auditNumber(submissionId)) ?? null;
  }
}
