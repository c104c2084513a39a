/** A production gateway that trusts one identity provider, with administrators, an organisation and its first Guardian. All data are made up. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createForgettingKeyManagement } from "../../../src/keys/local-key-file.ts";
import { nameAdministrators } from "../../../src/wiring/bootstrap-admin.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { type GraphqlAnswer, PUBLIC_URL, startTestGateway, type TestGateway } from "../../support/gateway.ts";
import { type OidcIssuer, startOidcIssuer } from "../../support/oidc-issuer.ts";

export interface PeopleGateway {
  readonly gateway: TestGateway;
  readonly database: TestDatabase;
  readonly oidc: OidcIssuer;
  /** One more gateway on the same database. */
  another(): Promise<TestGateway>;
  /** One request by a person, with a token of its own. */
  ask<Data = Readonly<Record<string, unknown>>>(
    subject: string,
    query: string,
    variables?: Readonly<Record<string, unknown>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<GraphqlAnswer<Data>>;
  /** As `nacr bootstrap-admin` does it. */
  bootstrap(subjects: readonly string[], issuer?: string): Promise<string>;
  close(): Promise<void>;
}

export async function startPeopleGateway(trustDelayHours = 0): Promise<PeopleGateway> {
  const folder = await mkdtemp(join(tmpdir(), "nacr-people-"));
  const oidc = await startOidcIssuer();
  const database = await openTestDatabase();
  const identityProvidersFile = join(folder, "providers.json");
  await writeFile(identityProvidersFile, JSON.stringify({ providers: [oidc.provider] }));
  const config = { mode: "production", identityProvidersFile, trustDelayHours, outboundAllow: ["127.0.0.1/32"] } as const;
  const keyManagement = createForgettingKeyManagement();
  const start = () => startTestGateway({ database, keyManagement, config });
  const gateway = await start();
  return {
    gateway,
    database,
    oidc,
    another: start,
    ask: async (subject, query, variables, headers) =>
      gateway.gql(null, query, variables, { authorization: `Bearer ${await oidc.token(subject)}`, ...headers }),
    bootstrap: (subjects, issuer = oidc.issuer) =>
      nameAdministrators({ ...config, publicUrl: PUBLIC_URL }, database.database, { issuer, subjects }),
    close: async () => {
      await gateway.close();
      await oidc.close();
      await database.close();
      await rm(folder, { recursive: true });
    },
  };
}

export const REGISTER_ORGANISATION = `mutation ($input: RegisterOrganisationInput!) {
  registerOrganisation(input: $input) { odsCode name programmes { code name } } }`;
export const PROPOSE = `mutation ($ods: String!, $issuer: String!, $subject: String!) {
  proposeGuardian(odsCode: $ods, issuer: $issuer, subject: $subject, evidence: "letter of the board") { id state standing } }`;
export const CONFIRM = "mutation ($id: ID!) { confirmGuardian(id: $id) { id state standing effectiveAt endsOn } }";
export const REQUEST = `mutation ($input: RequestRegistrationInput!) {
  requestRegistration(input: $input) { id state standing odsCode role programmes } }`;
export const APPROVE = `mutation ($id: ID!, $endsOn: Date, $programmes: [String!]) {
  approveRegistration(id: $id, endsOn: $endsOn, programmes: $programmes) { id state standing endsOn programmes decidedBy } }`;
export const VIEWER = "{ viewer { role organisations { odsCode programmes { code } } registrations { odsCode role standing } } }";

export const ORGANISATION = {
  odsCode: "RQQ01",
  name: "Quay Hospitals",
  nation: "ENGLAND",
  programmes: [
    { code: "CR-QUAY", name: "Quay" },
    { code: "CR-LOCK", name: "Lock" },
  ],
};
export const request = (odsCode: string, more: Readonly<Record<string, unknown>> = {}) => ({
  input: { odsCode, role: "CLINICAL_TEAM", name: "Pat Example", evidence: "staff card seen", ...more },
});

/** What a mutation answers under its name. @throws Error where it was refused */
export function idOf({ data, errors }: GraphqlAnswer<Readonly<Record<string, unknown>>>): string {
  const [answer] = Object.values(data ?? {});
  if (typeof answer !== "object" || answer === null || !("id" in answer)) throw new Error(JSON.stringify(errors));
  return String(answer.id);
}

/** Two administrators, an organisation, and its first Guardian. */
export async function establishGuardian(people: PeopleGateway, odsCode: string, guardian: string): Promise<void> {
  const programmes = ORGANISATION.programmes.map(({ code, name }) => ({ code: `${code}-${odsCode}`, name }));
  await people.ask("admin-a", REGISTER_ORGANISATION, { input: { ...ORGANISATION, odsCode, programmes } });
  const proposed = await people.ask("admin-a", PROPOSE, { ods: odsCode, issuer: people.oidc.issuer, subject: guardian });
  await people.ask("admin-b", CONFIRM, { id: idOf(proposed) });
}

/** Whoever asks and is let in, to act for an organisation. */
export async function register(people: PeopleGateway, odsCode: string, guardian: string, subject: string): Promise<string> {
  const asked = await people.ask(subject, REQUEST, request(odsCode));
  return idOf(await people.ask(guardian, APPROVE, { id: idOf(asked) }));
}
