/** People: the issuers that vouch for them, and what they are registered for. */
import { readFile } from "node:fs/promises";
import { isInForce } from "../access/delegation.ts";
import { createDemoIssuer, type DemoIssuer } from "../access/demo-issuer.ts";
import { createIdentityTokens, type IdentityProvider, type IdentityTokens } from "../access/identity-token.ts";
import { createKeySets, type FetchKeySet } from "../access/key-sets.ts";
import type { FindPlaces } from "../access/organisation-directory.ts";
import { createOrganisationRegister, type OrganisationRegister } from "../access/organisation-register.ts";
import { createPeople, type People } from "../access/people.ts";
import { discoveryUrl, readDiscovery, readProviderKeys } from "../access/provider-keys.ts";
import type { RegistrationStore } from "../access/registration-ports.ts";
import { createRegistrationService, type RegistrationService } from "../access/registration-service.ts";
import { type ConfiguredProvider, readIdentityProviders } from "../config/identity-providers.ts";
import type { Config } from "../config/load-config.ts";
import { StartRefused } from "../errors/start-refused.ts";
import { createAddressRule, type JudgeAddress } from "../lib/outbound-address.ts";
import { systemClock } from "../lib/system-clock.ts";
import { getPinned } from "../notifications/get-pinned.ts";
import { createOrganisationStore } from "../persistence/organisation-store.ts";
import { createPeopleStore } from "../persistence/people-store.ts";
import { createRegistrationStore } from "../persistence/registration-store.ts";
import { readMaxAge } from "./clients.ts";
import type { Parts } from "./parts.ts";

/** A person's registrations, else what organisations let a client do: what `viewer` lists. */
export function createFindPlaces({ clients }: Parts, { store, people }: Pick<Identity, "store" | "people">): FindPlaces {
  return async (actor) => {
    const identity = await store.identityOf(actor);
    if (identity !== null)
      return (await people.placesOf(identity)).flatMap(({ ods, programmes }) => (ods === null ? [] : [{ ods, programmes }]));
    const client = await clients.findClient(actor.clientId);
    return (client?.organisations ?? []).filter((granted) => isInForce(granted, systemClock.today()));
  };
}

export interface Identity {
  readonly tokens: IdentityTokens;
  readonly people: People;
  /** Null in production mode. */
  readonly demoIssuer: DemoIssuer | null;
  readonly store: RegistrationStore;
  readonly registrations: RegistrationService;
  readonly organisations: OrganisationRegister;
}

/** @throws StartRefused for a file that is not what it should be, as all here */
export async function wireIdentity(parts: Parts): Promise<Identity> {
  const { config, keys, clients } = parts;
  const { secret } = (await keys.tokenSecrets()).newest();
  const demoIssuer = config.mode === "demo" ? createDemoIssuer(config.publicUrl, secret) : null;
  const configured = await readProvidersFile(config);
  const judge = createAddressRule(config.outboundAllow);
  const providers = [
    ...configured.map((provider) => toProvider(provider, judge)),
    ...(demoIssuer === null ? [] : [demoIssuer.provider]),
  ];
  const people = createPeople(createPeopleStore(parts), systemClock);
  const store = createRegistrationStore(parts);
  return {
    tokens: createIdentityTokens(providers),
    people,
    demoIssuer,
    store,
    registrations: createRegistrationService({
      store,
      clock: systemClock,
      issuers: new Set(providers.map(({ issuer }) => issuer)),
      isRegistered: async (odsCode) => (await clients.organisations([odsCode])).length > 0,
      trustDelayHours: config.trustDelayHours,
      forget: people.forget,
    }),
    organisations: createOrganisationRegister(createOrganisationStore(parts), clients.organisations),
  };
}

/** Issuers whose people may come in, the demo's own left out. */
export async function readProvidersFile({ identityProvidersFile }: Pick<Config, "identityProvidersFile">) {
  if (identityProvidersFile === null) return [];
  const text = await readFile(identityProvidersFile, "utf8").catch(() => {
    throw new StartRefused(`NACR_IDENTITY_PROVIDERS: the file cannot be read: ${identityProvidersFile}`);
  });
  const read = readIdentityProviders(text);
  if (!read.ok) throw new StartRefused(`NACR_IDENTITY_PROVIDERS: ${read.problems.join("; ")}`);
  return read.providers;
}

/**
 * Keys come by the outbound rules that webhooks have: an issuer in a network of the operator's own stands in `NACR_OUTBOUND_ALLOW`. One
 * memory for each issuer, whose keys one address gives.
 */
function toProvider({ jwksUri, ...provider }: ConfiguredProvider, judge: JudgeAddress): IdentityProvider {
  const fetchText = (url: string) => getPinned(url, { judge });
  const fetchSet: FetchKeySet = async (url) => {
    const answer = await fetchText(url);
    const keys = answer === null ? null : readProviderKeys(answer.text);
    return answer === null || keys === null ? null : { keys, maxAgeSeconds: readMaxAge(answer.cacheControl) };
  };
  const discover: FetchKeySet = async (url) => {
    const document = await fetchText(url);
    const found = document === null ? null : readDiscovery(document.text, provider.issuer);
    return found === null ? null : await fetchSet(found);
  };
  const sets = createKeySets(jwksUri === undefined ? discover : fetchSet);
  const address = jwksUri ?? discoveryUrl(provider.issuer);
  return { ...provider, keysOf: (kid) => sets.keysOf(address, kid) };
}
