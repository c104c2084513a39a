import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { StartRefused } from "../../../src/errors/start-refused.ts";
import {
  APPROVE,
  CONFIRM,
  idOf,
  ORGANISATION,
  type PeopleGateway,
  PROPOSE,
  REGISTER_ORGANISATION,
  REQUEST,
  request,
  startPeopleGateway,
  VIEWER,
} from "./registered-people.ts";

let people: PeopleGateway;
beforeAll(async () => {
  people = await startPeopleGateway();
}, 60_000);
afterAll(() => people.close());

const NOBODY = { viewer: { role: "UNREGISTERED", organisations: [], registrations: [] } };

describe("the way from an empty installation to a clinician who works", () => {
  it("begins on the host, once, with two people of a configured issuer", async () => {
    expect((await people.ask("stranger", VIEWER)).data).toEqual(NOBODY);
    await expect(people.bootstrap(["admin-a"])).rejects.toThrow(StartRefused);
    await expect(people.bootstrap(["admin-a", "admin-a"])).rejects.toThrow(StartRefused);
    await expect(people.bootstrap(["admin-a", "admin-b"], "https://nobody.test")).rejects.toThrow(/names no such issuer/);
    await people.bootstrap(["admin-a", "admin-b"]);
    await expect(people.bootstrap(["admin-c", "admin-d"])).rejects.toThrow(/already/);
    const [first] = await people.database.query("select type, agent_id, ods from audit.event order by at, id limit 1");
    expect(first).toEqual({ type: "BOOTSTRAP_ADMIN", agent_id: "operator", ods: null });
  });

  it("goes on with an organisation, which may be registered again with more programmes", async () => {
    const registerOne = (more: object) => people.ask("admin-a", REGISTER_ORGANISATION, { input: { ...ORGANISATION, ...more } });
    const once = await registerOne({ programmes: [] });
    expect(once.data).toEqual({ registerOrganisation: { odsCode: "RQQ01", name: "Quay Hospitals", programmes: [] } });
    const again = await registerOne({});
    expect(again.data).toMatchObject({ registerOrganisation: { programmes: [{ code: "CR-LOCK" }, { code: "CR-QUAY" }] } });
    const moved = await registerOne({ nation: "WALES" });
    expect(moved.errors[0]?.extensions.code).toBe("CONFLICT");
    const taken = await registerOne({ odsCode: "RQQ02" });
    expect(taken.errors[0]?.extensions.code).toBe("CONFLICT");
  });

  it("needs two administrators for the first Guardian", async () => {
    const proposal = { ods: "RQQ01", issuer: people.oidc.issuer, subject: "guardian" };
    const proposed = await people.ask("admin-a", PROPOSE, proposal);
    const id = idOf(proposed);
    expect(idOf(await people.ask("admin-a", PROPOSE, proposal)), "the same proposal").toBe(id);
    expect((await people.ask("admin-a", CONFIRM, { id })).errors[0]?.extensions.code).toBe("FORBIDDEN");
    expect((await people.ask("guardian", CONFIRM, { id })).errors[0]?.extensions.code).toBeDefined();
    expect((await people.ask("guardian", VIEWER)).data).toMatchObject({ viewer: { role: "UNREGISTERED" } });
    const confirmed = await people.ask("admin-b", CONFIRM, { id });
    expect(confirmed.data).toMatchObject({ confirmGuardian: { state: "ACTIVE", standing: "IN_FORCE" } });
    expect((await people.ask("guardian", VIEWER)).data).toMatchObject({
      viewer: { role: "CALDICOTT_GUARDIAN", organisations: [{ odsCode: "RQQ01" }] },
    });
  });

  it("ends with the clinician's first viewer; nothing flows before the Guardian's yes", async () => {
    const asked = await people.ask("clinician", REQUEST, request("RQQ01", { programmes: ["CR-QUAY"] }));
    expect(asked.data).toMatchObject({ requestRegistration: { state: "REQUESTED", standing: "REQUESTED" } });
    const id = idOf(asked);
    expect(idOf(await people.ask("clinician", REQUEST, request("RQQ01"))), "the same request").toBe(id);
    expect((await people.ask("clinician", VIEWER)).data).toMatchObject({ viewer: { role: "UNREGISTERED", organisations: [] } });
    const refused = await people.ask("clinician", "{ submissions(first: 1) { totalCount } }");
    expect(refused.data).toBeNull();
    expect((await people.ask("clinician", APPROVE, { id })).data, "an own request").toBeNull();
    const wider = await people.ask("guardian", APPROVE, { id, programmes: ["CR-LOCK"] });
    expect(wider.errors[0]?.extensions.code).toBe("BAD_USER_INPUT");
    const approved = await people.ask("guardian", APPROVE, { id });
    expect(approved.data).toMatchObject({ approveRegistration: { state: "ACTIVE", programmes: ["CR-QUAY"] } });
    expect((await people.ask("clinician", VIEWER)).data).toEqual({
      viewer: {
        role: "CLINICAL_TEAM",
        organisations: [{ odsCode: "RQQ01", programmes: [{ code: "CR-QUAY" }] }],
        registrations: [{ odsCode: "RQQ01", role: "CLINICAL_TEAM", standing: "IN_FORCE" }],
      },
    });
    expect((await people.ask("clinician", "{ submissions(first: 1) { totalCount } }")).data).toEqual({
      submissions: { totalCount: 0 },
    });
  });

  it("leaves an entry of every act in the audit trail, in the log it belongs to", async () => {
    const entries = await people.database.query("select type, ods from audit.event order by at, id");
    expect(entries).toEqual([
      { type: "BOOTSTRAP_ADMIN", ods: null },
      { type: "BOOTSTRAP_ADMIN", ods: null },
      { type: "REGISTER_ORGANISATION", ods: "RQQ01" },
      { type: "REGISTER_ORGANISATION", ods: "RQQ01" },
      { type: "PROPOSE_GUARDIAN", ods: "RQQ01" },
      { type: "CONFIRM_GUARDIAN", ods: "RQQ01" },
      { type: "REQUEST_REGISTRATION", ods: "RQQ01" },
      { type: "APPROVE_REGISTRATION", ods: "RQQ01" },
    ]);
  });
});
