/** How somebody becomes an analyst in an installation that trusts an identity provider. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CONFIRM, idOf, type PeopleGateway, startPeopleGateway } from "../registration/registered-people.ts";

let people: PeopleGateway;
beforeAll(async () => {
  people = await startPeopleGateway();
  await people.bootstrap(["admin-a", "admin-b"]);
}, 60_000);
afterAll(() => people.close());

const PROPOSE = `mutation ($issuer: String!, $subject: String!) {
  proposeAnalyst(issuer: $issuer, subject: $subject, evidence: "letter of the university") { id state role odsCode } }`;
const CONFIRM_ANALYST = "mutation ($id: ID!) { confirmAnalyst(id: $id) { id state standing } }";
const VIEWER = "{ viewer { id role organisations { odsCode } } }";

describe("an analyst", () => {
  it("is proposed by one administrator and confirmed by another, and is named by the id that the viewer shows", async () => {
    const proposed = await people.ask("admin-a", PROPOSE, { issuer: people.oidc.issuer, subject: "reader" });
    expect(proposed.data).toMatchObject({ proposeAnalyst: { state: "REQUESTED", role: "ANALYST", odsCode: null } });
    const id = idOf(proposed);
    expect((await people.ask("admin-a", CONFIRM_ANALYST, { id })).errors[0]?.extensions.code).toBe("FORBIDDEN");
    expect((await people.ask("admin-b", CONFIRM, { id })).errors[0]?.extensions.code, "as a Guardian").toBe("NOT_FOUND");
    expect((await people.ask("reader", VIEWER)).data).toMatchObject({ viewer: { role: "UNREGISTERED" } });
    const confirmed = await people.ask("admin-b", CONFIRM_ANALYST, { id });
    expect(confirmed.data).toMatchObject({ confirmAnalyst: { state: "ACTIVE", standing: "IN_FORCE" } });
    expect((await people.ask("reader", VIEWER)).data).toEqual({
      viewer: { id: expect.stringMatching(/^person\//), role: "ANALYST", organisations: [] },
    });
    expect((await people.ask("reader", "{ agreements { totalCount } }")).data).toEqual({ agreements: { totalCount: 0 } });
  });

  it("is none any more once two administrators have said so", async () => {
    const proposed = await people.ask("admin-a", PROPOSE, { issuer: people.oidc.issuer, subject: "leaver" });
    const id = idOf(proposed);
    await people.ask("admin-b", CONFIRM_ANALYST, { id });
    expect((await people.ask("leaver", VIEWER)).data).toMatchObject({ viewer: { role: "ANALYST" } });
    await people.ask("admin-a", `mutation ($id: ID!) { proposeRemoval(id: $id, reason: "left") { id } }`, { id });
    const removed = await people.ask("admin-b", "mutation ($id: ID!) { confirmRemoval(id: $id) { state } }", { id });
    expect(removed.data).toEqual({ confirmRemoval: { state: "ENDED" } });
    expect((await people.ask("leaver", VIEWER)).data).toMatchObject({ viewer: { role: "UNREGISTERED" } });
  });
});
