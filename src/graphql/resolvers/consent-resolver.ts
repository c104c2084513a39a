/** Objections, the opt-out check, and section 251 support. */
import "reflect-metadata";
import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from "type-graphql";
import type { NamedPatient } from "../../consent/objection-ports.ts";
import type { ObjectionService } from "../../consent/objection-service.ts";
import type { OptOutCheck } from "../../consent/opt-out-check.ts";
import type { Section251Service } from "../../consent/section-251.ts";
import { GatewayError } from "../../errors/gateway-error.ts";
import { Allow, type Policy, requireOrganisation } from "../access-policy.ts";
import type { GraphqlContext } from "../graphql-context.ts";
import { NamesPatients } from "../operation-marks.ts";
import { type Connection, readPageRequest, toConnection } from "../paging.ts";
import { readRecordId } from "../read-record-id.ts";
import { ObjectionConnection, OptOutRequestConnection } from "../types/connection-types.ts";
import {
  ImportOptOutResultInput,
  Objection,
  OptOutRequest,
  RecordObjectionInput,
  RecordSection251Input,
  Section251Reference,
  toObjection,
  toOptOutRequest,
  toSection251Reference,
} from "../types/consent-types.ts";

/** Who is told by patients, and who answers for what becomes of it. */
const MAY_KNOW_OBJECTIONS: Policy = { CLINICAL_TEAM: true, CALDICOTT_GUARDIAN: true };
/** Numbers are in the file: they are no business of an administrator, and a guardian sends no files. */
const MAY_BRING_ANSWERS: Policy = { CLINICAL_TEAM: true };
const MAY_ADMINISTER: Policy = { AUDIT_ADMIN: true };

const WHICH_PATIENT = "Name the patient by exactly one of patientRecordId, nhsNumber and hospitalNumber.";

interface ConsentServices {
  readonly objections: ObjectionService;
  readonly optOuts: OptOutCheck;
  readonly section251: Section251Service;
}

@Resolver()
export class ConsentResolver {
  readonly #services: ConsentServices;

  constructor(services: ConsentServices) {
    this.#services = services;
  }

  @Allow(MAY_KNOW_OBJECTIONS)
  @NamesPatients()
  @Mutation(() => Objection, {
    description:
      "A patient told the team: not to the national audit (NATIONAL), or nothing at all (ALL). It holds for the person, whatever organisation has rows; other organisations are not told. One that stands already is the answer. Of a number that names nobody the objection is kept for later.",
  })
  async recordObjection(
    @Arg("input", () => RecordObjectionInput) input: RecordObjectionInput,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Objection> {
    const { scope, reason = null, statedOn = null } = input;
    const command = { actor: requireOrganisation(actor), patient: readPatient(input), scope, reason, statedOn };
    return toObjection(await this.#services.objections.record(command));
  }

  @Allow(MAY_KNOW_OBJECTIONS)
  @Mutation(() => Objection, {
    description:
      "The patient changed his or her mind. What is submitted from then on goes on as for everybody; what an objection of scope ALL destroyed does not come back.",
  })
  async withdrawObjection(
    @Arg("id", () => ID) id: string,
    @Arg("reason", () => String) reason: string,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Objection> {
    return toObjection(await this.#services.objections.withdraw(requireOrganisation(actor), id, reason));
  }

  @Allow(MAY_KNOW_OBJECTIONS)
  @Query(() => ObjectionConnection, {
    description: "Objections that the acting organisation recorded, the latest first; withdrawn ones too.",
  })
  async objections(
    @Arg("first", () => Int, { defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Connection<Objection>> {
    const page = readPageRequest(first, after);
    return toConnection(await this.#services.objections.list(requireOrganisation(actor), page), toObjection);
  }

  @Allow(MAY_BRING_ANSWERS)
  @Mutation(() => OptOutRequest, {
    description:
      "Takes an answer of the opt-out check that was uploaded. CONFLICT, with a `reason`, where it counts for nothing: SETTLED, LATE, NEVER_ASKED (numbers nobody asked about), UNREADABLE.",
  })
  async importOptOutResult(
    @Arg("input", () => ImportOptOutResultInput) { requestId, uploadId }: ImportOptOutResultInput,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<OptOutRequest> {
    return toOptOutRequest(await this.#services.optOuts.importAnswer(requireOrganisation(actor), requestId, uploadId));
  }

  @Allow(MAY_KNOW_OBJECTIONS)
  @Query(() => OptOutRequestConnection, {
    description: "Questions to the opt-out check about the organisation's patients, the latest first.",
  })
  async optOutRequests(
    @Arg("first", () => Int, { defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Connection<OptOutRequest>> {
    const page = readPageRequest(first, after);
    return toConnection(await this.#services.optOuts.list(requireOrganisation(actor), page), toOptOutRequest);
  }

  @Allow(MAY_ADMINISTER)
  @Mutation(() => Section251Reference, { description: "Records the support of a year, or its renewal." })
  async recordSection251(
    @Arg("input", () => RecordSection251Input) { reference, validFrom, validTo, evidence }: RecordSection251Input,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Section251Reference> {
    const input = { reference, validFrom, validTo, evidence };
    return toSection251Reference(await this.#services.section251.record(actor, input));
  }

  @Allow(MAY_ADMINISTER)
  @Query(() => [Section251Reference], { description: "The latest first." })
  async section251References(@Ctx() { actor }: GraphqlContext): Promise<Section251Reference[]> {
    return (await this.#services.section251.list(actor)).map(toSection251Reference);
  }
}

/** @throws GatewayError BAD_USER_INPUT; NOT_FOUND for an id that cannot be one */
function readPatient({ patientRecordId, nhsNumber, hospitalNumber }: RecordObjectionInput): NamedPatient {
  const given = [patientRecordId, nhsNumber, hospitalNumber].filter((name) => name !== null && name !== undefined);
  if (given.length !== 1) throw new GatewayError("BAD_USER_INPUT", WHICH_PATIENT, { details: { path: "input" } });
  if (nhsNumber != null) return { nhsNumber };
  if (hospitalNumber != null) return { hospitalNumber };
  const id = readRecordId(patientRecordId ?? "");
  if (id === null) throw new GatewayError("NOT_FOUND", "There is no such patient.");
  return { patientRecordId: id };
}
