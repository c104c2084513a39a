/** Cuts through the public surface: what administrators ask for, and what nobody else may. How cuts are made: test/db/cuts. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestGateway, type TestGateway } from "../../support/gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());

const PUBLICATION = "query ($id: ID!) { cutPublication(id: $id) { state step refusal cutId years { auditYear } } }";

it("has a worker look at what may go, and refuses a cut of nothing", async () => {
  const asked = await gateway.gql<{ publishCut: { id: string } }>("admin", "mutation { publishCut { id state askedBy } }");
  expect(asked.data?.publishCut).toMatchObject({ state: "WAITING", askedBy: "demo-admin" });
  const variables = { id: asked.data?.publishCut.id };
  const become = async () =>
    (await gateway.gql<{ cutPublication: unknown }>("admin", PUBLICATION, variables)).data?.cutPublication;
  const refused = { state: "REFUSED", step: null, refusal: "NOTHING_TO_PUBLISH", cutId: null, years: [] };
  await expect.poll(become, { timeout: 15_000 }).toEqual(refused);
  const { data } = await gateway.gql("admin", "{ cutPublications { totalCount nodes { state } } cuts { totalCount } }");
  expect(data).toEqual({ cutPublications: { totalCount: 1, nodes: [{ state: "REFUSED" }] }, cuts: { totalCount: 0 } });
});

it("withdraws no cut that there is not", async () => {
  const withdraw = 'mutation ($id: ID!) { withdrawCut(id: $id, reason: "wrong") { state } }';
  for (const id of ["01890000-0000-7000-8000-00000000dead", "1"])
    expect((await gateway.gql("admin", withdraw, { id })).errors[0]?.extensions.code).toBe("NOT_FOUND");
});

it("tells the team that records an objection of no cut, where none holds the patient", async () => {
  const objection = 'mutation { recordObjection(input: { nhsNumber: "9434765919" }) { publishedCuts { number } } }';
  expect((await gateway.gql("team", objection)).data).toEqual({ recordObjection: { publishedCuts: [] } });
});

it.each(["analyst", "team", "guardian", "submitter"] as const)("is no business of %s", async (as) => {
  for (const query of ["mutation { publishCut { id } }", "{ cutPublications { totalCount } }"]) {
    const { data, errors } = await gateway.gql(as, query);
    expect([data, errors.length]).toEqual([null, 1]);
  }
});
