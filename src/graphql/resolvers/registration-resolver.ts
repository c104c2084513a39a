/** Requests to act for an organisation, and its Guardian's decisions. */
import "reflect-metadata";
import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver } from "type-graphql";
import type { RegistrationState } from "../../access/registration.ts";
import type { JudgedRegistration, RegistrationService } from "../../access/registration-service.ts";
import { Allow, type Policy } from "../access-policy.ts";
import type { GraphqlContext } from "../graphql-context.ts";
import { type Connection, readPageRequest, toConnection } from "../paging.ts";
import { DateScalar } from "../scalars/strict-scalars.ts";
import { RegistrationConnection } from "../types/connection-types.ts";
import { Viewer } from "../types/organisation-types.ts";
import { Registration, RegistrationStateEnum, RequestRegistrationInput } from "../types/registration-types.ts";

/** People who may ask for a role, beside those who have it elsewhere. An administrator has no other role. */
const MAY_ASK: Policy = { UNREGISTERED: true, CLINICAL_TEAM: true, CALDICOTT_GUARDIAN: true };
const MAY_DECIDE: Policy = { CALDICOTT_GUARDIAN: true };
const MAY_END: Policy = { CALDICOTT_GUARDIAN: true, CLINICAL_TEAM: true, AUDIT_ADMIN: true };
const MAY_REVIEW: Policy = { CALDICOTT_GUARDIAN: true, AUDIT_ADMIN: true };

export function toRegistration({ identity, ...registration }: JudgedRegistration): Registration {
  return { ...registration, issuer: identity?.issuer ?? null, subject: identity?.subject ?? null };
}

@Resolver()
export class RegistrationResolver {
  readonly #registrations: RegistrationService;

  constructor(registrations: RegistrationService) {
    this.#registrations = registrations;
  }

  @Allow(MAY_REVIEW)
  @Query(() => RegistrationConnection, {
    description: "Of the Guardian's organisation; for an audit administrator, Guardians and administrators. Latest first.",
  })
  async registrations(
    @Arg("states", () => [RegistrationStateEnum], { nullable: true }) states: RegistrationState[] | null | undefined,
    @Arg("first", () => Int, { defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Connection<Registration>> {
    const page = readPageRequest(first, after);
    return toConnection(await this.#registrations.list(actor, states ?? null, page), toRegistration);
  }

  @Allow(MAY_ASK)
  @Mutation(() => Registration, {
    description: "Asks an organisation's Guardian for leave to act for it. The same request is answered again while it is open.",
  })
  async requestRegistration(
    @Arg("input", () => RequestRegistrationInput) { programmes, ...asked }: RequestRegistrationInput,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Registration> {
    return toRegistration(await this.#registrations.request(actor, { ...asked, programmes: programmes ?? null }));
  }

  @Allow(MAY_DECIDE)
  @Mutation(() => Registration, {
    description: "The Guardian's yes. Never to an own request, nor to a client that the same person registered.",
  })
  async approveRegistration(
    @Arg("id", () => ID) id: string,
    @Arg("endsOn", () => DateScalar, { nullable: true, description: "At most two years ahead. Absent: in a year." })
    endsOn: string | null | undefined,
    @Arg("programmes", () => [String], { nullable: true, description: "Fewer than were asked for. Absent: those." })
    programmes: string[] | null | undefined,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Registration> {
    const approval = { endsOn: endsOn ?? null, programmes: programmes ?? null };
    return toRegistration(await this.#registrations.approve(actor, id, approval));
  }

  @Allow(MAY_REVIEW)
  @Mutation(() => Registration, { description: "The Guardian's no. A proposal is declined by any audit administrator." })
  async declineRegistration(
    @Arg("id", () => ID) id: string,
    @Arg("reason", () => String) reason: string,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Registration> {
    return toRegistration(await this.#registrations.decline(actor, id, reason));
  }

  @Allow(MAY_END)
  @Mutation(() => Registration, {
    description:
      "A leaver: the Guardian ends a person's registration, everybody their own. A broken glass: the Guardian, or any audit administrator. Takes effect within 60 s.",
  })
  async endRegistration(
    @Arg("id", () => ID) id: string,
    @Arg("reason", () => String) reason: string,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Registration> {
    return toRegistration(await this.#registrations.end(actor, id, reason));
  }

  @Allow(MAY_REVIEW)
  @Mutation(() => [Registration], {
    description: "The quarterly word that registrations are right: all of those named, or none. Nobody attests an own one.",
  })
  async attestRegistrations(
    @Arg("ids", () => [ID]) ids: string[],
    @Ctx() { actor }: GraphqlContext,
  ): Promise<readonly Registration[]> {
    return (await this.#registrations.attest(actor, ids)).map(toRegistration);
  }
}

@Resolver(() => Viewer)
export class ViewerFieldResolver {
  readonly #registrations: RegistrationService;

  constructor(registrations: RegistrationService) {
    this.#registrations = registrations;
  }

  @FieldResolver(() => [Registration], { description: "Of a person: the own ones, latest first." })
  async registrations(@Ctx() { actor }: GraphqlContext): Promise<readonly Registration[]> {
    return (await this.#registrations.own(actor)).map(toRegistration);
  }

  @FieldResolver(() => [Registration], {
    description: "Of a Guardian: where the glass was broken at the organisation, until a Guardian attests to have seen it.",
  })
  async breakGlass(@Ctx() { actor }: GraphqlContext): Promise<readonly Registration[]> {
    return (await this.#registrations.unseenBreakGlass(actor)).map(toRegistration);
  }
}
