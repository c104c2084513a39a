import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { named, person, recordOf } from "../../support/journey-records.ts";
import { establishGuardian, idOf, type PeopleGateway, register, startPeopleGateway } from "./registered-people.ts";

const ODS = "RQQ01";
const THERE = { "x-nacr-organisation": ODS };
const BREAK = `mutation ($ods: String!, $reason: String = "incident 12: which rows a faulty feed wrote") {
  breakGlass(odsCode: $ods, reason: $reason) { id kind state standing } }`;
const CONFIRM = "mutation ($id: ID!) { confirmBreakGlass(id: $id) { id standing } }";
const END = 'mutation ($id: ID!) { endRegistration(id: $id, reason: "not needed any more") { id standing } }';
const ATTEST = "mutation ($ids: [ID!]!) { attestRegistrations(ids: $ids) { id } }";
const NOTICES = "{ viewer { breakGlass { id evidence standing requestedBy decidedBy } } }";
const GUARDIANS = "{ guardians { nodes { kind } } }";
const SUBMIT = "mutation ($input: SubmitRecordsInput!) { submitRecords(input: $input) { id } }";
const PATIENT = "query ($nhsNumber: String!) { patientRecord(nhsNumber: $nhsNumber) { patient { surname } } }";
const LOG = `query ($nhsNumber: String!) { accessLog(nhsNumber: $nhsNumber) {
  nodes { type agentRole agentOds purpose identity breakGlassId } } }`;
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
    expect((await people.ask("guardian-1", GUARDIANS)).data, "no Guardian").toEqual({
      guardians: { nodes: [{ kind: "GUARDIAN" }] },
    });
    expect(codes(await people.ask("admin-b", ATTEST, { ids: [id] })), "not to be hidden").toEqual(["FORBIDDEN"]);
    await seeAll();
    expect((await people.ask("admin-b", CONFIRM, { id })).data).toEqual({ confirmBreakGlass: { id, standing: "IN_FORCE" } });
    expect((await people.ask("guardian-1", NOTICES)).data, "news again").toMatchObject({ viewer: { breakGlass: [{ id }] } });
    expect((await people.ask("admin-b", END, { id })).data, "any administrator ends it").toMatchObject({
      endRegistration: { id },
    });
    expect(await roleOf("admin-a")).toBe("AUDIT_ADMIN");
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

  it("stands in the organisation's log with each thing that was read by it, and leads to the reason", async () => {
    await register(people, ODS, "guardian-1", "sender");
    const record = recordOf(1, { sourceRecordId: "broken-1", patient: person(1, { surname: "Canaryname" }) });
    const sourceSystem = { vendor: "Test", product: "Break-glass", version: "1" };
    const options = { idempotencyKey: crypto.randomUUID(), programmeCode: "CR-QUAY-RQQ01", sourceSystem };
    idOf(await people.ask("sender", SUBMIT, { input: { options, records: [record] } }));
    const id = await broken();
    const { nhsNumber } = named(1);
    const read = await people.ask("admin-a", PATIENT, { nhsNumber }, THERE);
    expect(read).toMatchObject({ errors: [], data: { patientRecord: { patient: { surname: "Canaryname" } } } });
    expect((await people.ask("guardian-1", LOG, { nhsNumber })).data).toMatchObject({
      accessLog: {
        nodes: [
          {
            type: "READ_RECORD",
            agentRole: "CLINICAL_TEAM",
            agentOds: ODS,
            purpose: "BREAK_GLASS",
            identity: true,
            breakGlassId: id,
          },
          { type: "SUBMIT", breakGlassId: null },
        ],
      },
    });
    const acts = await people.database.query("select type from audit.event where ods = $1 and entity_id = $2 order by at", [
      ODS,
      id,
    ]);
    expect(acts).toEqual([{ type: "ASK_BREAK_GLASS" }, { type: "CONFIRM_BREAK_GLASS" }]);
    await people.ask("guardian-1", END, { id });
    expect(await roleOf("admin-a"), "the Guardian ended it").toBe("AUDIT_ADMIN");
    await seeAll();
    expect((await people.ask("guardian-1", NOTICES)).data).toEqual({ viewer: { breakGlass: [] } });
  });

  it("is not confirmed a day later, and is worth nothing to whoever is no administrator any more", async () => {
    const late = idOf(await people.ask("admin-a", BREAK, { ods: ODS }));
    expect(idOf(await people.ask("admin-a", BREAK, { ods: ODS })), "the same is answered again").toBe(late);
    expect(idOf(await people.ask("admin-a", BREAK, { ods: ODS, reason: "incident 13" })), "another reason").not.toBe(late);
    await rewind(late, "requested_at", 25 * 60);
    expect(codes(await people.ask("admin-b", CONFIRM, { id: late }))).toEqual(["CONFLICT"]);
    const anew = idOf(await people.ask("admin-a", BREAK, { ods: ODS }));
    expect(anew).not.toBe(late);
    await people.ask("admin-b", CONFIRM, { id: anew });
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
