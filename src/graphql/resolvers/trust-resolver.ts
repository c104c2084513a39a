/** The start of trust: organisations, their first Guardians, and administrators. Every act but the first needs two administrators. */
import "reflect-metadata";
import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from "type-graphql";
import type { OrganisationRegister } from "../../access/organisation-register.ts";
import type { RegistrationService } from "../../access/registration-service.ts";
import { GatewayError } from "../../errors/gateway-error.ts";
import { Allow, type Policy } from "../access-policy.ts";
import type { GraphqlContext } from "../graphql-context.ts";
import { type Connection, readPageRequest, toConnection } from "../paging.ts";
import { RegistrationConnection } from "../types/connection-types.ts";
import { Organisation } from "../types/organisation-types.ts";
import { RegisterOrganisationInput, Registration } from "../types/registration-types.ts";
import { toRegistration } from "./registration-resolver.ts";

const ADMINISTRATORS: Policy = { AUDIT_ADMIN: true };
const MAY_KNOW_GUARDIANS: Policy = { CALDICOTT_GUARDIAN: true, AUDIT_ADMIN: true };

@Resolver()
export class TrustResolver {
  readonly #registrations: RegistrationService;
  readonly #organisations: OrganisationRegister;

  constructor(registrations: RegistrationService, organisations: OrganisationRegister) {
    this.#registrations = registrations;
    this.#organisations = organisations;
  }

  @Allow(MAY_KNOW_GUARDIANS)
  @Query(() => RegistrationConnection, {
    description: "Every Guardian an organisation has, had, or is to have, and who made it one. Latest first.",
  })
  async guardians(
    @Arg("odsCode", () => String, { nullable: true, description: "For an audit administrator; a Guardian's is its own." })
    odsCode: string | null | undefined,
    @Arg("first", () => Int, { defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Connection<Registration>> {
    const asked = odsCode ?? actor.ods;
    if (asked === null) throw new GatewayError("BAD_USER_INPUT", "Name an organisation.", { details: { path: "odsCode" } });
    if (actor.ods !== null && asked !== actor.ods)
      throw new GatewayError("FORBIDDEN", "A Guardian sees the Guardians of the own organisation.");
    return toConnection(await this.#registrations.guardians(asked, readPageRequest(first, after)), toRegistration);
  }

  @Allow(ADMINISTRATORS)
  @Mutation(() => Organisation, { description: "May be repeated: adds programmes, renames, takes nothing away." })
  registerOrganisation(
    @Arg("input", () => RegisterOrganisationInput) input: RegisterOrganisationInput,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Organisation> {
    return this.#organisations.register(actor, input);
  }

  @Allow(ADMINISTRATORS)
  @Mutation(() => Registration, { description: "The first administrator's word. Another one confirms it." })
  async proposeGuardian(
    @Arg("odsCode", () => String) odsCode: string,
    @Arg("issuer", () => String, { description: "A configured one." }) issuer: string,
    @Arg("subject", () => String, { description: "Who it is there; never an e-mail address." }) subject: string,
    @Arg("evidence", () => String, { description: "How post and identity were checked." }) evidence: string,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Registration> {
    return toRegistration(await this.#registrations.propose(actor, { kind: "GUARDIAN", odsCode, issuer, subject, evidence }));
  }

  @Allow(ADMINISTRATORS)
  @Mutation(() => Registration, { description: "The second administrator's. In force from `effectiveAt`." })
  async confirmGuardian(@Arg("id", () => ID) id: string, @Ctx() { actor }: GraphqlContext): Promise<Registration> {
    return toRegistration(await this.#registrations.confirm(actor, id, "GUARDIAN"));
  }

  @Allow(ADMINISTRATORS)
  @Mutation(() => Registration, { description: "Proposes another audit administrator, for a second one to confirm." })
  async proposeAdmin(
    @Arg("issuer", () => String) issuer: string,
    @Arg("subject", () => String) subject: string,
    @Arg("evidence", () => String) evidence: string,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Registration> {
    return toRegistration(await this.#registrations.propose(actor, { kind: "ADMIN", odsCode: null, issuer, subject, evidence }));
  }

  @Allow(ADMINISTRATORS)
  @Mutation(() => Registration, { description: "In force from `effectiveAt`." })
  async confirmAdmin(@Arg("id", () => ID) id: string, @Ctx() { actor }: GraphqlContext): Promise<Registration> {
    return toRegistration(await this.#registrations.confirm(actor, id, "ADMIN"));
  }

  @Allow(ADMINISTRATORS)
  @Mutation(() => Registration, {
    description: "Proposes an analyst: a person who may apply for agreements and use those that name him or her.",
  })
  async proposeAnalyst(
    @Arg("issuer", () => String) issuer: string,
    @Arg("subject", () => String) subject: string,
    @Arg("evidence", () => String) evidence: string,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Registration> {
    return toRegistration(
      await this.#registrations.propose(actor, { kind: "ANALYST", odsCode: null, issuer, subject, evidence }),
    );
  }

  @Allow(ADMINISTRATORS)
  @Mutation(() => Registration, { description: "By another administrator. In force from `effectiveAt`." })
  async confirmAnalyst(@Arg("id", () => ID) id: string, @Ctx() { actor }: GraphqlContext): Promise<Registration> {
    return toRegistration(await this.#registrations.confirm(actor, id, "ANALYST"));
  }

  @Allow(ADMINISTRATORS)
  @Mutation(() => Registration, { description: "Proposes that a Guardian or an administrator goes." })
  async proposeRemoval(
    @Arg("id", () => ID) id: string,
    @Arg("reason", () => String) reason: string,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Registration> {
    return toRegistration(await this.#registrations.proposeRemoval(actor, id, reason));
  }

  @Allow(ADMINISTRATORS)
  @Mutation(() => Registration, { description: "By another administrator. Two administrators remain, whoever goes." })
  async confirmRemoval(@Arg("id", () => ID) id: string, @Ctx() { actor }: GraphqlContext): Promise<Registration> {
    return toRegistration(await this.#registrations.confirmRemoval(actor, id));
  }

  @Allow(ADMINISTRATORS)
  @Mutation(() => Registration, {
    description:
      "Asks to read an organisation's rows for an hour, with the reason. Another administrator confirms within a day; Guardians are shown it.",
  })
  async breakGlass(
    @Arg("odsCode", () => String) odsCode: string,
    @Arg("reason", () => String, { description: "Name no patient." }) reason: string,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Registration> {
    return toRegistration(await this.#registrations.breakGlass(actor, odsCode, reason));
  }

  @Allow(ADMINISTRATORS)
  @Mutation(() => Registration, {
    description:
      "The second administrator's yes: for an hour the first one reads as the clinical team does, with `X-NACR-Organisation`, and changes nothing.",
  })
  async confirmBreakGlass(@Arg("id", () => ID) id: string, @Ctx() { actor }: GraphqlContext): Promise<Registration> {
    return toRegistration(await this.#registrations.confirm(actor, id, "BREAK_GLASS"));
  }
}
