/** Clients and delegations: looked after by people of the organisation, decided upon by its Caldicott Guardian. */
import "reflect-metadata";
import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from "type-graphql";
import { CLIENT_SCOPES, type Delegation as KnownDelegation, type OwnClient } from "../../access/client.ts";
import type { ClientDescription, ClientService } from "../../access/client-service.ts";
import { Allow, type Policy, requireOrganisation } from "../access-policy.ts";
import type { GraphqlContext } from "../graphql-context.ts";
import { type Connection, readPageRequest, toConnection } from "../paging.ts";
import { JsonScalar } from "../scalars/strict-scalars.ts";
import { Client, Delegation, GrantDelegationInput, RegisterClientInput } from "../types/client-types.ts";
import { ClientConnection, DelegationConnection } from "../types/connection-types.ts";

const MAY_MANAGE: Policy = { CLINICAL_TEAM: true, CALDICOTT_GUARDIAN: true };

@Resolver()
export class ClientResolver {
  readonly #clients: ClientService;

  constructor(clients: ClientService) {
    this.#clients = clients;
  }

  @Allow(MAY_MANAGE)
  @Query(() => ClientConnection, { description: "The systems that the organisation registered, the newest first." })
  async clients(
    @Arg("first", () => Int, { defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Connection<Client>> {
    return toConnection(await this.#clients.list(requireOrganisation(actor), readPageRequest(first, after)), toClient);
  }

  @Allow(MAY_MANAGE)
  @Query(() => DelegationConnection, {
    description: "Whom the organisation lets act for it, in force or not, the latest asked for first.",
  })
  async delegations(
    @Arg("first", () => Int, { defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Connection<Delegation>> {
    const page = await this.#clients.delegations(requireOrganisation(actor), readPageRequest(first, after));
    return toConnection(page, (delegation) => delegation);
  }

  @Allow(MAY_MANAGE)
  @Mutation(() => Client, {
    description: "Asks the Caldicott Guardian for a client. It gets no token before somebody else than who asked approves it.",
  })
  async registerClient(
    @Arg("input", () => RegisterClientInput) input: RegisterClientInput,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Client> {
    return toClient(await this.#clients.register(requireOrganisation(actor), toDescription(input)));
  }

  @Allow(MAY_MANAGE)
  @Mutation(() => Client, {
    description:
      "Adds a public key, removes one, or both; one or two stay. A removed one is refused at once and never comes back. To a client that acts for other organisations, or for programmes that are not yours, the Caldicott Guardian alone adds one.",
  })
  async rotateClientKey(
    @Arg("clientId", () => ID) clientId: string,
    @Arg("add", () => JsonScalar, { nullable: true, description: "A JWK." }) add: unknown,
    @Arg("remove", () => ID, { nullable: true, description: "The kid of a key." }) remove: string | null | undefined,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Client> {
    const asked = { add: add ?? null, remove: remove ?? null };
    return toClient(await this.#clients.rotateKey(requireOrganisation(actor), clientId, asked));
  }

  @Allow(MAY_MANAGE)
  @Mutation(() => Client, {
    description: "No token any more, for no organisation, for good. Tokens that were given are refused within a minute.",
  })
  async revokeClient(
    @Arg("clientId", () => ID) clientId: string,
    @Arg("reason", () => String) reason: string,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Client> {
    return toClient(await this.#clients.revoke(requireOrganisation(actor), clientId, reason));
  }

  @Allow(MAY_MANAGE)
  @Mutation(() => Delegation, {
    description:
      "Lets a vendor app, or a client of the organisation's own, act for it, in place of what it may do so far. By the Caldicott Guardian in force at once; by the clinical team, or of a client the Guardian registered, a request.",
  })
  grantDelegation(
    @Arg("input", () => GrantDelegationInput) { clientId, scopes, programmes, startsOn, endsOn, evidence }: GrantDelegationInput,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<KnownDelegation> {
    const leave = { scopes, programmes: programmes ?? null, startsOn: startsOn ?? null, endsOn };
    return this.#clients.delegate(requireOrganisation(actor), { clientId, evidence, ...leave });
  }

  @Allow(MAY_MANAGE)
  @Mutation(() => Delegation, {
    description: "The client gets no token for the organisation any more. Tokens that were given are refused within a minute.",
  })
  endDelegation(
    @Arg("clientId", () => ID) clientId: string,
    @Arg("reason", () => String) reason: string,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<KnownDelegation> {
    return this.#clients.endDelegation(requireOrganisation(actor), clientId, reason);
  }
}

function toDescription(input: RegisterClientInput): ClientDescription {
  const { name, vendor, product, role, evidence, endsOn, scopes, certificateNames, certificateThumbprints } = input;
  return {
    name,
    vendor,
    product,
    role,
    evidence,
    jwks: input.jwks ?? null,
    jwksUrl: input.jwksUrl ?? null,
    programmes: input.programmes ?? null,
    scopes: scopes ?? (role === "VENDOR_APP" ? ["submissions:read"] : CLIENT_SCOPES),
    startsOn: input.startsOn ?? null,
    endsOn,
    certificates: { names: certificateNames ?? [], thumbprints: certificateThumbprints ?? [] },
  };
}

const toClient = ({ certificates: { names, thumbprints }, ...client }: OwnClient): Client => ({
  ...client,
  certificateNames: names,
  certificateThumbprints: thumbprints,
});
