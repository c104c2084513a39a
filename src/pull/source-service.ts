/** Registering, confirming and removing the FHIR servers of an organisation. */
import { exportJWK, generateKeyPair, type JWK } from "jose";
import { GatewayError } from "../errors/gateway-error.ts";
import { LIMITS } from "../lib/limits.ts";
import type { OrganisationActor } from "../records/actor.ts";
import { requireProgramme } from "../submission/check-options.ts";
import type { Clock, NewId } from "../submission/ports.ts";
import type { FhirSource, KeyAlgorithm } from "./fhir-source.ts";
import type { FhirServers, NewSource, SourceStore } from "./pull-ports.ts";
import { checkDescription, type SourceDescription } from "./source-description.ts";

export interface SourceService {
  /**
   * Proposes a source. Where the server asks for authentication, the gateway makes itself a key; its public half is for the server.
   * @throws GatewayError FORBIDDEN, BAD_USER_INPUT, LIMIT_EXCEEDED
   */
  register(actor: OrganisationActor, description: SourceDescription): Promise<FhirSource>;
  list(actor: OrganisationActor): Promise<readonly FhirSource[]>;
  /** @throws GatewayError NOT_FOUND, as below */
  confirm(actor: OrganisationActor, id: string): Promise<FhirSource>;
  /** @throws GatewayError CONFLICT for one that the operator's file names */
  remove(actor: OrganisationActor, id: string): Promise<FhirSource>;
}

export interface SourceServiceDependencies {
  readonly store: SourceStore;
  readonly servers: Pick<FhirServers, "mayCall">;
  readonly clock: Clock;
  readonly newId: NewId;
}

export function createSourceService({ store, servers, clock, newId }: SourceServiceDependencies): SourceService {
  return {
    register: async (actor, description) => {
      requireProgramme(actor, description.programmeCode);
      checkDescription(description, "input.");
      await refuseAddresses(description, servers);
      const { auth } = description.settings;
      const keys = auth === null ? null : await createKeys(auth.algorithm, newId());
      const source: NewSource = {
        ...description,
        baseUrl: description.baseUrl.replace(/\/+$/, ""),
        id: newId(),
        state: "PROPOSED",
        origin: "REGISTERED",
        publicKey: keys?.publicKey ?? null,
        secret: keys?.secret ?? null,
        createdAt: clock.now(),
      };
      const stored = await store.register(actor, source, LIMITS.fhirSourcesPerOrganisation);
      if (stored !== null) return stored;
      const value = LIMITS.fhirSourcesPerOrganisation;
      throw new GatewayError("LIMIT_EXCEEDED", `The organisation has ${value} sources already.`, {
        details: { limit: "fhirSourcesPerOrganisation", value },
      });
    },
    list: (actor) => store.list(actor),
    confirm: async (actor, id) => found(await store.confirm(actor, id, clock.now())),
    remove: async (actor, id) => {
      const source = found(await store.find(actor, id));
      if (source.origin === "CONFIGURED")
        throw new GatewayError("CONFLICT", "This source stands in the operator's configuration and is removed there.");
      return found(await store.remove(actor, id));
    },
  };
}

const found = (source: FhirSource | null): FhirSource => {
  if (source !== null && source.state !== "REMOVED") return source;
  throw new GatewayError("NOT_FOUND", "The organisation has no such source.");
};

/** One text for every reason: another would tell which names and addresses exist in our own network. */
async function refuseAddresses(
  { baseUrl, settings }: SourceDescription,
  servers: SourceServiceDependencies["servers"],
): Promise<void> {
  const urls = [baseUrl, ...(settings.auth?.tokenUrl ? [settings.auth.tokenUrl] : []), ...settings.fileOrigins];
  for (const url of urls) {
    if (await servers.mayCall(url)) continue;
    throw new GatewayError(
      "BAD_USER_INPUT",
      "An address cannot be called: it must be https, on port 443 or 8443, without credentials or query, and its host must have public addresses only.",
      { details: { path: url === baseUrl ? "input.baseUrl" : "input.auth.tokenUrl" } },
    );
  }
}

/** Made here and never shown: only the server, who gets the public half, has to trust it. */
async function createKeys(algorithm: KeyAlgorithm, kid: string): Promise<{ readonly publicKey: JWK; readonly secret: JWK }> {
  const pair = await generateKeyPair(algorithm, { extractable: true, modulusLength: 3_072 });
  const named = { kid, alg: algorithm, use: "sig" };
  return {
    publicKey: { ...(await exportJWK(pair.publicKey)), ...named, key_ops: ["verify"] },
    secret: { ...(await exportJWK(pair.privateKey)), ...named },
  };
}
