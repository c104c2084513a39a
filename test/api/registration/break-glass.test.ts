import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { establishGuardian, idOf, type PeopleGateway, register, startPeopleGateway } from "./registered-people.ts";

const ODS = "RQQ01";
const THERE = { "x-nacr-organisation": ODS };
const BREAK = `mutation ($ods: String!) { breakGlass(odsCode: $ods, reason: "incident 12: which rows a faulty feed wrote") {
  id kind state standing } }`;
const CONFIRM = "mutation ($id: ID!) { confirmBreakGlass(id: $id) { id standing } }";
const END = 'mutation ($id: ID!) { endRegistration(id: $id, reason: "not needed any more") { id standing } }';
const ATTEST = "mutation ($ids: [ID!]!) { attestRegistrations(ids: $ids) { id } }";
const NOTICES = "{ viewer { breakGlass { id evidence standing requestedBy decidedBy } } }";
const RECORDS = "{ patientRecords(first: 5) { totalCount } }";
const ROLE = "{ viewer { role } }";
const REVOKE = 'mutation { revokeClient(clientId: "nobody", reason: "x") { id } }';

let people: PeopleGateway;
beforeAll(async () => {
  people = await startPeopleGateway();
  await people.bootstrap(["admin-a", "admin-b"]);
  await establishGuardian(people, ODS, "guardian-1");
  await establishGuardian(people, "RQQ02", "guardian-2");
}, 60_000);
afterAll(() => people.close());

const codes = ({ errors }: { readonly errors: readonly { readonly extensions?: Readonly<Record<string, unknown>> }[] }) =>
  errors.map(({ extensions }) => extensions?.code);
const roleOf = async (subject: string, headers: Readonly<Record<string, string>> = THERE) =>
  (await people.ask<{ viewer: { role: string } }>(subject, ROLE, {}, headers)).data?.viewer.role;
const broken = async (): Promise<string> => {
  const id = idOf(await people.ask("admin-a", BREAK, { ods: ODS }));
  await people.ask("admin-b", CONFIRM, { id });
  return id;
};
const rewind = (id: string, column: string, minutes: number) =>
  people.database.query(
    `update access.registration set ${column} = ${column} - make_interval(mins => $2::int) where id = $1::uuid returning id`,
    [id, minutes],
  );
const seeAll = async () => {
  const { data } = await people.ask<{ viewer: { breakGlass: { id: string }[] } }>("guardian-1", NOTICES);
  await people.ask("guardian-1", ATTEST, { ids: data?.viewer.breakGlass.map(({ id }) => id) });
};

describe("a broken glass", () => {
  it("needs a second administrator, and is shown to the Guardians of the organisation at once, to nobody else's", async () => {
    const asked = await people.ask("admin-a", BREAK, { ods: ODS });
    expect(asked.data).toMatchObject({ breakGlass: { kind: "BREAK_GLASS", state: "REQUESTED" } });
    const id = idOf(asked);
    expect(await roleOf("admin-a"), "nothing before the second one's word").toBe("AUDIT_ADMIN");
    expect(codes(await people.ask("admin-a", CONFIRM, { id }))).toEqual(["FORBIDDEN"]);
    expect((await people.ask("guardian-1", NOTICES)).data).toMatchObject({
      viewer: { breakGlass: [{ id, standing: "REQUESTED" }] },
    });
    expect((await people.ask("guardian-2", NOTICES)).data).toEqual({ viewer: { breakGlass: [] } });
    expect((await people.ask("admin-b", CONFIRM, { id })).data).toEqual({ confirmBreakGlass: { id, standing: "IN_FORCE" } });
    await people.ask("guardian-1", END, { id });
    await seeAll();
  });

  it("lets the first one read there for an hour, change nothing, and read nowhere else", async () => {
    const id = await broken();
    expect(await roleOf("admin-a")).toBe("CLINICAL_TEAM");
    expect((await people.ask("admin-a", RECORDS, {}, THERE)).data).toEqual({ patientRecords: { totalCount: 0 } });
    expect(codes(await people.ask("admin-a", REVOKE, {}, THERE))).toEqual(["FORBIDDEN"]);
    const upload = await fetch(`${people.gateway.url}/uploads`, {
      method: "POST",
      headers: { authorization: `Bearer ${await people.oidc.token("admin-a")}`, ...THERE, "content-type": "text/csv" },
      body: "a,b",
    });
    expect(upload.status).toBe(403);
    expect(await roleOf("admin-a", {}), "without asking for the organisation").toBe("AUDIT_ADMIN");
    expect(await roleOf("admin-a", { "x-nacr-organisation": "RQQ02" })).toBe("AUDIT_ADMIN");
    expect(await roleOf("admin-b"), "who only confirmed").toBe("AUDIT_ADMIN");
    await rewind(id, "effective_at", 61);
    const later = await people.another();
    const authorization = `Bearer ${await people.oidc.token("admin-a")}`;
    const { data } = await later.gql<{ viewer: { role: string } }>(null, ROLE, {}, { authorization, ...THERE });
    await later.close();
    expect(data?.viewer.role).toBe("AUDIT_ADMIN");
    await seeAll();
  });

  it("stands in the organisation's log with each thing that was read by it", async () => {
    const id = await broken();
    await people.ask("admin-a", RECORDS, {}, THERE);
    const lines = await people.database.query(
      "select type, purpose from audit.event where ods = $1 and (entity_id = $2 or purpose = 'BREAK_GLASS') order by at",
      [ODS, id],
    );
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: "ASK_BREAK_GLASS", purpose: "ADMINISTRATION" }),
        expect.objectContaining({ type: "CONFIRM_BREAK_GLASS", purpose: "ADMINISTRATION" }),
        expect.objectContaining({ purpose: "BREAK_GLASS" }),
      ]),
    );
    await people.ask("guardian-1", END, { id });
    expect(await roleOf("admin-a"), "the Guardian ended it").toBe("AUDIT_ADMIN");
    await seeAll();
    expect((await people.ask("guardian-1", NOTICES)).data).toEqual({ viewer: { breakGlass: [] } });
  });

  it("is not confirmed a day later, and is worth nothing to whoever is no administrator any more", async () => {
    const late = idOf(await people.ask("admin-a", BREAK, { ods: ODS }));
    await rewind(late, "requested_at", 25 * 60);
    expect(codes(await people.ask("admin-b", CONFIRM, { id: late }))).toEqual(["CONFLICT"]);
    await people.database.query("update access.registration set requested_at = now() where id = $1::uuid returning id", [late]);
    await people.ask("admin-b", CONFIRM, { id: late });
    expect(await roleOf("admin-a"), "control").toBe("CLINICAL_TEAM");
    await people.database.query(
      "update access.registration set state = 'ENDED' where kind = 'ADMIN' and subject = 'admin-a' returning id",
    );
    const fresh = await people.another();
    const authorization = `Bearer ${await people.oidc.token("admin-a")}`;
    const { data } = await fresh.gql<{ viewer: { role: string } }>(null, ROLE, {}, { authorization, ...THERE });
    await fresh.close();
    expect(data?.viewer.role).toBe("UNREGISTERED");
  });

  it("is nothing that a clinician may ask for (control: nor confirm)", async () => {
    await register(people, ODS, "guardian-1", "clinician");
    expect(codes(await people.ask("clinician", BREAK, { ods: ODS }))).toEqual(["GRAPHQL_VALIDATION_FAILED"]);
    expect(codes(await people.ask("guardian-1", BREAK, { ods: ODS }))).toEqual(["GRAPHQL_VALIDATION_FAILED"]);
  });
});
