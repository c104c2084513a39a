/**
 * Z4, the dynamic half: over a gateway with two organisations' data, every operation of every role's schema is called with own things,
 * with another organisation's and with nobody's. An operation that names something and has no case here fails the test by name.
 */
import { buildClientSchema, type GraphQLSchema, introspectionFromSchema, lexicographicSortSchema, printSchema } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { REFUSING_DEPS } from "../../../scripts/generate/refusing-deps.ts";
import { createRoleSchemas } from "../../../src/graphql/role-schema.ts";
import { buildGatewaySchema } from "../../../src/graphql/schema.ts";
import type { Role } from "../../../src/records/actor.ts";
import { type DemoIdentity, startTestGateway, type TestGateway } from "../../support/gateway.ts";
import { listSelected, type Values } from "../../support/operation-generator.ts";
import {
  askAs,
  judge,
  listOperations,
  listUncovered,
  type Operation,
  type Owners,
  readSchema,
  runTrials,
  type Trial,
} from "./matrix-runner.ts";
import { makeCoast, makeValley, nothing } from "./matrix-things.ts";

const MINUTES = 60_000;
/** Who acts for Valley. The clinical team first: the others' acts would leave it nothing to decide about. A newcomer has no role. */
const ROLES_HERE: readonly (readonly [Role, DemoIdentity])[] = [
  ["CLINICAL_TEAM", "team"],
  ["VENDOR_APP", "vendor"],
  ["SUBMITTER", "submitter"],
  ["CALDICOTT_GUARDIAN", "guardian"],
  ["ANALYST", "analyst"],
  ["AUDIT_ADMIN", "admin"],
  ["UNREGISTERED", "newcomer"],
];
/** Not repeated reads: a delivery goes on being tried. */
const RESTLESS = ["Query.webhookDeliveries"];
/** What takes away all that others are about, after everything else and in this order. */
const LAST = ["removeWebhook", "removeFhirSource", "endDelegation", "revokeClient", "withdrawSubmission"];
/**
 * Own things of the kind cannot be had here: what a mapping became, a question to the National Data Opt-out, a person's registration,
 * a client that is approved.
 */
const UNTOLD = [
  "Query.mappingTrend",
  "Mutation.importOptOutResult",
  "Mutation.endRegistration",
  "Mutation.grantDelegation",
  "Mutation.endDelegation",
];

/** Lists every programme of every organisation, by its name and when it last sent: that is what an administrator asks it for. */
const LISTS_EVERYBODY = ["AUDIT_ADMIN Query.programmeLateness: shows"];

const sorted = (schema: GraphQLSchema): string => printSchema(lexicographicSortSchema(schema));

let gateway: TestGateway;
let things: Owners;
const trials: Trial[] = [];
const operationsOf = new Map<Role, readonly Operation[]>();

/** Of a role: those before the last ones, or these. */
const inPhase = (role: Role, isLast: boolean): Operation[] =>
  (operationsOf.get(role) ?? [])
    .filter(({ field }) => LAST.includes(field.name) === isLast)
    .toSorted((a, b) => LAST.indexOf(a.field.name) - LAST.indexOf(b.field.name));

/** Words that only Coast's data hold. */
const coastWords = (): string[] => [...new Set(Object.values(things.other)), "ZDM02", "Demo Coast"];

/** Everything that Coast's own people read of what is theirs. */
async function readCoast(): Promise<string[]> {
  const texts: string[] = [];
  for (const as of ["team2", "submitter2"] as const) {
    const reads = listOperations(await readSchema(gateway, as)).filter(
      ({ kind, name }) => kind === "query" && !RESTLESS.includes(name),
    );
    const coast = { own: things.other, other: things.none, none: things.none };
    texts.push(...(await runTrials(askAs(gateway, as), reads, coast)).map(({ name, own }) => `${as} ${name} ${own}`));
  }
  return texts;
}

beforeAll(async () => {
  gateway = await startTestGateway({ config: { outboundAllow: ["127.0.0.0/8"] } });
  things = { own: await makeValley(gateway), other: await makeCoast(gateway), none: nothing() };
  for (const [role, as] of ROLES_HERE) operationsOf.set(role, listOperations(await readSchema(gateway, as)));
}, MINUTES);
afterAll(() => gateway.close());

describe("introspection", () => {
  const schemaOf = createRoleSchemas(buildGatewaySchema(REFUSING_DEPS));

  it.each(ROLES_HERE)("shows a %s the schema of the role", async (role, as) => {
    const wanted = buildClientSchema(introspectionFromSchema(schemaOf(role), { descriptions: false }));
    expect(sorted(await readSchema(gateway, as))).toBe(sorted(wanted));
  });
});

describe("own things, another organisation's, and nobody's", () => {
  it.each(ROLES_HERE)("every operation that a %s may name something with has a case", (role) => {
    expect(listUncovered(operationsOf.get(role) ?? [])).toEqual([]);
  });

  it(
    "a foreign thing is answered as none is, byte for byte; no answer holds what is another organisation's; nothing of it changes",
    async () => {
      const before = await readCoast();
      const faults: string[] = [];
      for (const isLast of [false, true])
        for (const [role, as] of ROLES_HERE) {
          const found = await runTrials(askAs(gateway, as), inPhase(role, isLast), things);
          trials.push(...found);
          faults.push(...judge(found, coastWords()).map((fault) => `${role} ${fault}`));
        }
      expect(faults.filter((fault) => !LISTS_EVERYBODY.some((allowed) => fault.startsWith(allowed)))).toEqual([]);
      expect(await readCoast()).toEqual(before);
    },
    5 * MINUTES,
  );

  it("own things are found: of each operation that names one, somebody's answer differs from the answer for nobody's", () => {
    const named = trials.filter(({ name, names, none }) => names && none !== null && !UNTOLD.includes(name));
    const found = new Set(named.filter(({ own, none }) => own !== none).map(({ name }) => name));
    expect(named.filter(({ name }) => !found.has(name)).map(({ name, own }) => `${name} ${own}`)).toEqual([]);
  });

  it("every field that the clinical team's answers may hold was asked for", () => {
    const team = operationsOf.get("CLINICAL_TEAM") ?? [];
    const selected = new Set(team.flatMap(({ field }) => listSelected(field)));
    expect(selected.size).toBeGreaterThan(500);
  });

  it("a store that leaks is caught (control)", async () => {
    const [own, theirs] = [askAs(gateway, "team"), askAs(gateway, "team2")];
    const reads = (operationsOf.get("CLINICAL_TEAM") ?? []).filter(({ name }) => name === "Query.patientRecord");
    const leaking = async (operation: Operation, document: string, values: Values) => {
      const text = await own(operation, document, values);
      return text.includes('"patientRecord":null') ? await theirs(operation, document, values) : text;
    };
    const faults = judge(await runTrials(leaking, reads, things), coastWords());
    expect(faults.some((fault) => fault.includes("is told from nobody's"))).toBe(true);
    expect(faults).toContain(`Query.patientRecord: shows ${things.other.patient}`);
  });
});
