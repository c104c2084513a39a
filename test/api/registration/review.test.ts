import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  APPROVE,
  establishGuardian,
  idOf,
  type PeopleGateway,
  REQUEST,
  register,
  request,
  startPeopleGateway,
  VIEWER,
} from "./registered-people.ts";

let people: PeopleGateway;
beforeAll(async () => {
  people = await startPeopleGateway();
  await people.bootstrap(["admin-a", "admin-b"]);
  await establishGuardian(people, "RQQ01", "guardian-1");
  await establishGuardian(people, "RQQ02", "guardian-2");
}, 60_000);
afterAll(() => people.close());

/** Of whoever it is at a gateway that remembers nobody. */
async function roleOf(subject: string): Promise<unknown> {
  const fresh = await people.another();
  const authorization = `Bearer ${await people.oidc.token(subject)}`;
  const { data } = await fresh.gql<{ viewer: { role: string } }>(null, "{ viewer { role } }", {}, { authorization });
  await fresh.close();
  return data?.viewer.role;
}
const age = (id: string, column: string, days: number) =>
  people.database.query(
    `update access.registration set ${column} = ${column} - make_interval(days => $2::int), last_used_at = last_used_at - make_interval(days => $2::int)
     where id = $1::uuid returning id`,
    [id, days],
  );

const END = 'mutation ($id: ID!) { endRegistration(id: $id, reason: "left") { id standing endReason } }';
const ATTEST = "mutation ($ids: [ID!]!) { attestRegistrations(ids: $ids) { id standing } }";
const DECLINE = 'mutation ($id: ID!) { declineRegistration(id: $id, reason: "unknown here") { id decisionReason } }';
const LIST = "{ registrations(first: 50) { totalCount nodes { odsCode standing subject } } }";
const GUARDIANS = "query ($ods: String) { guardians(odsCode: $ods) { nodes { subject requestedBy decidedBy } } }";

describe("a clinician's registration", () => {
  it("does not hold when it was neither used nor attested, until the Guardian attests it", async () => {
    const id = await register(people, "RQQ01", "guardian-1", "dormant");
    expect(await roleOf("dormant"), "control").toBe("CLINICAL_TEAM");
    await age(id, "decided_at", 91);
    expect(await roleOf("dormant"), "unused").toBe("UNREGISTERED");
    expect(await roleOf("dormant"), "coming back is no use").toBe("UNREGISTERED");
    const attested = await people.ask("guardian-1", ATTEST, { ids: [id] });
    expect(attested.data).toEqual({ attestRegistrations: [{ id, standing: "IN_FORCE" }] });
    expect(await roleOf("dormant")).toBe("CLINICAL_TEAM");
    const before = "attested_at = attested_at - interval '107 days', decided_at = decided_at - interval '107 days'";
    await people.database.query(`update access.registration set ${before} where id = $1::uuid returning id`, [id]);
    expect(await roleOf("dormant"), "unattested, although it is used").toBe("UNREGISTERED");
  });

  it("does not hold after its last day", async () => {
    const id = await register(people, "RQQ01", "guardian-1", "expired");
    await people.database.query("update access.registration set ends_on = '2020-01-01' where id = $1::uuid returning id", [id]);
    expect(await roleOf("expired")).toBe("UNREGISTERED");
    expect(idOf(await people.ask("expired", REQUEST, request("RQQ01"))), "and may be asked for anew").not.toBe(id);
  });

  it("ends when the person leaves, at once here and within 60 s elsewhere", async () => {
    const id = await register(people, "RQQ01", "guardian-1", "leaver");
    expect((await people.ask("leaver", VIEWER)).data).toMatchObject({ viewer: { role: "CLINICAL_TEAM" } });
    const ended = await people.ask("guardian-1", END, { id });
    expect(ended.data).toMatchObject({ endRegistration: { standing: "ENDED", endReason: "left" } });
    expect((await people.ask("leaver", VIEWER)).data).toMatchObject({ viewer: { role: "UNREGISTERED" } });
    const own = await register(people, "RQQ01", "guardian-1", "own-leaver");
    expect((await people.ask("own-leaver", END, { id: own })).data).toMatchObject({ endRegistration: { standing: "ENDED" } });
  });

  it("of several organisations is chosen by a header, and by nothing else", async () => {
    await register(people, "RQQ01", "guardian-1", "two");
    expect(await roleOf("two"), "one only").toBe("CLINICAL_TEAM");
    await register(people, "RQQ02", "guardian-2", "two");
    expect(await roleOf("two"), "which one?").toBe("UNREGISTERED");
    const chosen = await people.ask("two", VIEWER, {}, { "x-nacr-organisation": "RQQ02" });
    expect(chosen.data).toMatchObject({
      viewer: { role: "CLINICAL_TEAM", organisations: [{ odsCode: "RQQ02" }, { odsCode: "RQQ01" }] },
    });
    for (const other of ["RQQ03", "RXXXX", "nonsense", ""]) {
      const { data } = await people.ask("two", "{ viewer { role } }", {}, { "x-nacr-organisation": other });
      expect(data, other).toEqual({ viewer: { role: "UNREGISTERED" } });
    }
  });

  it("is kept once and decided once, whoever asks or decides at the same moment", async () => {
    const asked = await Promise.all([1, 2, 3].map(() => people.ask("racer", REQUEST, request("RQQ01"))));
    const ids = new Set(asked.map(idOf));
    expect(ids.size).toBe(1);
    const [id = ""] = ids;
    const decided = await Promise.all([APPROVE, DECLINE, APPROVE].map((query) => people.ask("guardian-1", query, { id })));
    const codes = decided.map(({ errors }) => errors[0]?.extensions.code ?? "DONE");
    expect(codes.toSorted()).toEqual(["CONFLICT", "CONFLICT", "DONE"]);
  });

  it("is listed for the Guardian of its organisation alone", async () => {
    const { data } = await people.ask<{ registrations: { nodes: { odsCode: string }[] } }>("guardian-2", LIST);
    expect(new Set(data?.registrations.nodes.map(({ odsCode }) => odsCode))).toEqual(new Set(["RQQ02"]));
    const trusted = await people.ask<{ registrations: { nodes: { subject: string }[] } }>("admin-a", LIST);
    expect(trusted.data?.registrations.nodes.map(({ subject }) => subject).toSorted()).toEqual([
      "admin-a",
      "admin-b",
      "guardian-1",
      "guardian-2",
    ]);
  });

  it("shows every later Guardian who made the first one", async () => {
    const { data } = await people.ask<{ guardians: { nodes: { subject: string }[] } }>("guardian-1", GUARDIANS);
    expect(data?.guardians.nodes).toEqual([
      { subject: "guardian-1", requestedBy: expect.stringMatching(/^person\//), decidedBy: expect.stringMatching(/^person\//) },
    ]);
    const elsewhere = await people.ask("guardian-1", GUARDIANS, { ods: "RQQ02" });
    const nowhere = await people.ask("guardian-1", GUARDIANS, { ods: "RXXXX" });
    expect(elsewhere.text).toBe(nowhere.text);
    expect(elsewhere.errors[0]?.extensions.code).toBe("FORBIDDEN");
  });
});

describe("whoever asks about others", () => {
  const MISSING = "01890000-0000-7000-8000-0000000000ff";

  it("cannot tell a registration of another organisation from one that is not there", async () => {
    const open = idOf(await people.ask("candidate", REQUEST, request("RQQ01")));
    for (const query of [APPROVE, DECLINE, END]) {
      const others = await people.ask("guardian-2", query, { id: open });
      const missing = await people.ask("guardian-2", query, { id: MISSING });
      expect(others.errors[0]?.extensions.code).toBe("NOT_FOUND");
      expect(others.text).toBe(missing.text);
      expect((await people.ask("guardian-2", query, { id: "no id" })).text).toBe(missing.text);
    }
    const others = await people.ask("guardian-2", ATTEST, { ids: [open] });
    expect(others.text).toBe((await people.ask("guardian-2", ATTEST, { ids: [MISSING] })).text);
    expect((await people.ask("guardian-1", DECLINE, { id: open })).data, "control: the own Guardian").toEqual({
      declineRegistration: { id: open, decisionReason: "unknown here" },
    });
  });

  it("cannot tell an organisation that takes part from one that does not", async () => {
    const here = await people.ask("oracle", REQUEST, request("RQQ01"));
    const nowhere = await people.ask("oracle", REQUEST, request("RXXXX"));
    const same = (text: string, odsCode: string) => text.replace(/"id":"[^"]+"/, "").replaceAll(odsCode, "");
    expect(here.errors).toEqual([]);
    expect(same(nowhere.text, "RXXXX")).toBe(same(here.text, "RQQ01"));
  });

  it("has five requests open at most, and writes no patient's number into one", async () => {
    for (let i = 0; i < 5; i += 1) idOf(await people.ask("many", REQUEST, request(`RZZ0${i}`)));
    const sixth = await people.ask("many", REQUEST, request("RZZ09"));
    expect(sixth.errors[0]?.extensions.code).toBe("LIMIT_EXCEEDED");
    const named = await people.ask("writer", REQUEST, request("RQQ01", { evidence: "about 943 476 5919" }));
    expect(named.errors[0]?.extensions.code).toBe("BAD_USER_INPUT");
    expect(named.text).not.toContain("5919");
  });
});
