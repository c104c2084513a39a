/** A gateway with a cut of a generated population, published as its worker does, and agreements that were made through its own door. */
import { vi } from "vitest";
import { DEMO_AGREEMENT_ID } from "../../../src/agreements/demo-agreement.ts";
import { systemClock } from "../../../src/lib/system-clock.ts";
import type { CutJourney } from "../../../src/statistics/cut-journey.ts";
import {
  type DemoIdentity,
  type GraphqlAnswer,
  requestDemoToken,
  startTestGateway,
  type TestGateway,
  type TestGatewayOptions,
} from "../../support/gateway.ts";
import { publishGenerated } from "./publish-generated.ts";

type Json = Readonly<Record<string, unknown>>;

export interface AttackedGateway extends TestGateway {
  /** Data of one field. @throws Error for any error of the answer */
  ask<T>(as: DemoIdentity, document: string, variables?: Json): Promise<T>;
  /** Another agreement of the demo's analyst, signed and in force. @returns its id */
  agree(change: Json): Promise<string>;
  /** Sets the clock of the process, and forgets the tokens of the hour before. `vi.useRealTimers()` sets it right again. */
  at(instant: string): void;
  /** `statistics` with the fields of an attacker's choice. */
  look(input: Json, as?: DemoIdentity): Promise<GraphqlAnswer<{ readonly statistics: StatisticsTable }>>;
}
export interface StatisticsTable {
  readonly rows: readonly {
    readonly categories: readonly { readonly dimension: string; readonly category: string }[];
    readonly value: { readonly number: number | null; readonly display: string; readonly suppressed: boolean };
  }[];
  readonly suppressedCells: number;
  readonly citation: string;
  readonly exports: readonly { readonly format: string; readonly path: string }[];
}

export const PURPOSE = "SERVICE_EVALUATION";
const LOOK = `query ($input: StatisticsInput!) { statistics(input: $input) { suppressedCells citation
  rows { categories { dimension category } value { number display suppressed } } exports { format path } } }`;

/** @param journeys what its first cut is published of */
export async function startAttackedGateway(journeys: readonly CutJourney[]): Promise<AttackedGateway> {
  const gateway = await openAttackedGateway({ roles: new Set(["api"]) });
  await publishGenerated(gateway.database, journeys);
  return gateway;
}

/** Without a cut. @param config what differs from other test gateways */
export async function openAttackedGateway(config: TestGatewayOptions["config"] = {}): Promise<AttackedGateway> {
  const gateway = await startTestGateway({ config });
  const tokens = new Map<DemoIdentity, Promise<string>>();
  const bearer = async (as: DemoIdentity): Promise<Readonly<Record<string, string>>> => {
    const token = tokens.get(as) ?? requestDemoToken(gateway.url, as);
    tokens.set(as, token);
    return { authorization: `Bearer ${await token}` };
  };
  const gql: AttackedGateway["gql"] = async (as, query, variables) =>
    gateway.gql(null, query, variables, as === null ? {} : await bearer(as));
  const ask: AttackedGateway["ask"] = async <T>(as: DemoIdentity, document: string, variables: Json = {}) => {
    const { data, errors } = await gql<Readonly<Record<string, T>>>(as, document, variables);
    const [answer] = Object.values(data ?? {});
    if (errors.length > 0 || answer === undefined) throw new Error(`no answer: ${JSON.stringify(errors)}`);
    return answer;
  };
  const defaults = { agreement: DEMO_AGREEMENT_ID, purpose: PURPOSE, measure: "JOURNEYS", dimensions: [] };
  return {
    ...gateway,
    gql,
    ask,
    agree: (change) => agree(ask, change),
    look: (input, as = "analyst") => gql(as, LOOK, { input: { ...defaults, ...input } }),
    at: (instant) => {
      vi.useFakeTimers({ toFake: ["Date"] });
      vi.setSystemTime(new Date(instant));
      tokens.clear();
    },
  };
}

const TERMS = `title startsOn endsOn productClass disclosureProfile extractFrequency measures dimensions fields years nations eventGroups
  parties { code name role frameworkContract security securityReference securityEndsOn securityCoversBackups icoRegistration icoEndsOn
    article6 article9 instructions signatory }
  locations { code party uses site country } people { clientId name party employment } purposes { code description }
  answers { question answer }`;

async function agree(ask: AttackedGateway["ask"], change: Json): Promise<string> {
  const terms = await ask<{ versions: readonly { terms: Json }[] }>(
    "analyst",
    `query ($id: ID!) { agreement(id: $id) { versions { terms { ${TERMS} } } } }`,
    { id: DEMO_AGREEMENT_ID },
  );
  const own = { ...terms.versions[0]?.terms, startsOn: systemClock.today(), ...change };
  const { agreement } = await ask<{ agreement: { id: string; versions: readonly { digest: string }[] } }>(
    "analyst",
    "mutation ($terms: AgreementTermsInput!) { draftAgreement(terms: $terms) { agreement { id versions { digest } } } }",
    { terms: own },
  );
  const { id } = agreement;
  const { findings } = await ask<{ findings: readonly Json[] }>(
    "analyst",
    "mutation ($id: ID!) { submitAgreement(id: $id) { findings { code field } } }",
    { id },
  );
  if (findings.length > 0) throw new Error(`no agreement: ${JSON.stringify(findings)}`);
  await ask("admin", "mutation ($id: ID!) { approveAgreement(id: $id) { findings { code } } }", { id });
  await ask(
    "analyst",
    'mutation ($id: ID!, $digest: String!) { signAgreement(id: $id, party: "DEMO_UNIVERSITY", digest: $digest) { id } }',
    {
      id,
      digest: agreement.versions[0]?.digest,
    },
  );
  return id;
}
