/** What the database itself lets the role of journeys see and write, whatever statement is run under it. */
import { beforeAll, describe, expect, it } from "vitest";
import { constantSql } from "../../../src/persistence/database/constant-sql.ts";
import type { UnitSettings } from "../../../src/persistence/database/unit.ts";
import { newId } from "../../support/clinical-rows.ts";
import { provideDatabase } from "../../support/database.ts";
import { linkPatients, type PlacedPatient, placePair, placePatient } from "./journey-fixture.ts";

const testDatabase = provideDatabase();
let own: PlacedPatient;
let linked: PlacedPatient;
let foreign: PlacedPatient;

beforeAll(async () => {
  own = await placePatient(testDatabase(), "RAA");
  linked = await placePatient(testDatabase(), "RBB");
  foreign = await placePatient(testDatabase(), "RBB");
  await linkPatients(testDatabase(), [own, linked]);
});

const run = (role: UnitSettings["role"], ods: string, statement: string, values: readonly unknown[] = []) =>
  testDatabase().database.withRole({ role, ods, programmes: ["CR-CANARY-RAA", "CR-CANARY-RBB"] }, (tx) =>
    tx.$queryRaw<Record<string, unknown>[]>(constantSql(statement)(values)),
  );
const asReader = (statement: string, values?: readonly unknown[]) => run("nacr_journey", "RAA", statement, values);
const DENIED = { state: "42501" };

describe("the role of journeys", () => {
  it("sees own rows, granted rows and nothing else", async () => {
    const patients = await asReader("select ods, id::text as id, gender from public.patient order by ods");
    expect(patients).toEqual([
      { ods: "RAA", id: own.id, gender: "MALE" },
      { ods: "RBB", id: linked.id, gender: "MALE" },
    ]);
    const events = await asReader("select id::text as id from public.initiating_event order by ods");
    expect(events.map(({ id }) => id)).toEqual([own.events[0]?.id, linked.events[0]?.id]);
    const treatments = await asReader("select id::text as id from public.treatment order by ods");
    expect(treatments.map(({ id }) => id)).toEqual([own.events[0]?.treatmentId, linked.events[0]?.treatmentId]);
    expect(await run("nacr_journey", "RCC", "select id from public.patient")).toEqual([]);
  });

  it.each([
    "select version from public.patient",
    "select year_of_birth from public.patient",
    "select programme_code from public.patient",
    "select submission_id from public.patient",
    "select discharge_date from public.initiating_event",
    "select referral_date from public.initiating_event",
    "select programme_code from public.initiating_event",
    "select * from public.treatment",
    "select id from public.rehabilitation",
    "select id from public.assessment",
    "select id from public.comorbidity",
    "select id from public.previous_event",
    "select id from public.submission",
    "select record_id from public.record_change",
    "select patient_id from identity.patient_identity",
    "select record_id from identity.source_id",
    "update public.patient set gender = 'FEMALE' where ods = 'RBB'",
    "delete from public.initiating_event",
    "insert into link.link_grant values ('RAA', 'RBB', 'PATIENT', gen_random_uuid(), gen_random_uuid())",
    "delete from link.person_member",
  ])("is refused: %s", async (statement) => {
    await expect(asReader(statement)).rejects.toMatchObject(DENIED);
  });

  it("sees the episode of a granted event and links between shown records, and no other line", async () => {
    const [mine, theirs, unseen] = [own.events[0]?.id ?? "", linked.events[0]?.id ?? "", foreign.events[0]?.id ?? ""];
    const shown = await placePair(testDatabase(), { ods: "RAA", id: mine }, { ods: "RBB", id: theirs });
    await placePair(testDatabase(), { ods: "RBB", id: theirs }, { ods: "RBB", id: unseen });
    expect(await asReader("select id::text as id from link.pair")).toEqual([{ id: shown }]);
    const members = await asReader("select event_id::text as id from link.episode_member order by ods");
    expect(members.map(({ id }) => id)).toEqual([mine, theirs]);
    expect(await asReader("select patient_id::text as id from link.person_member")).toEqual([{ id: own.id }]);
    expect(
      await run("nacr_journey", "RCC", "select id from link.pair union all select event_id from link.episode_member"),
    ).toEqual([]);
  });

  it("would show more if a grant stood for it (control)", async () => {
    await testDatabase().query("insert into link.link_grant values ('RAA', 'RBB', 'PATIENT', $1::uuid, gen_random_uuid())", [
      foreign.id,
    ]);
    expect(await asReader("select id from public.patient where ods = 'RBB'")).toHaveLength(2);
    await testDatabase().query("delete from link.link_grant where record_id = $1::uuid", [foreign.id]);
    expect(await asReader("select id from public.patient where ods = 'RBB'")).toHaveLength(1);
  });

  it("leaves what everybody else sees as it was: a grant shows the application's role nothing", async () => {
    expect(
      await run("nacr_app", "RAA", "select ods from public.patient union all select ods from public.initiating_event"),
    ).toEqual([{ ods: "RAA" }, { ods: "RAA" }]);
    expect(await run("nacr_app", "RAA", "select ods from link.episode_member")).toEqual([{ ods: "RAA" }]);
  });
});

describe("access lines", () => {
  const insert = (role: UnitSettings["role"], ods: string, reader: string) =>
    run(
      role,
      ods,
      `insert into audit.event (ods, id, patient_ids, agent_ods, agent_id, agent_role, action, type, outcome)
       values ('RBB', $1::uuid, array[$1::uuid], $2, 'c', 'CLINICAL_TEAM', 'R', 'READ_JOURNEY', 'DONE')`,
      [newId(), reader],
    );

  it("are written of oneself only, into whosever log, and read in the own log only", async () => {
    await insert("nacr_journey", "RAA", "RAA");
    await expect(insert("nacr_journey", "RAA", "RBB")).rejects.toMatchObject(DENIED);
    await expect(insert("nacr_app", "RCC", "RAA")).rejects.toMatchObject(DENIED);
    const reading = "select agent_ods from audit.event";
    expect(await run("nacr_app", "RAA", reading)).toEqual([]);
    expect(await asReader(reading)).toEqual([]);
    expect(await run("nacr_app", "RBB", reading)).toEqual([{ agent_ods: "RAA" }]);
  });

  it.each(["nacr_app", "nacr_journey", "nacr_worker", "nacr_access", "nacr_linker"] as const)(
    "are neither changed nor removed by %s",
    async (role) => {
      for (const statement of ["update audit.event set type = 'NOTHING'", "delete from audit.event", "truncate audit.event"])
        await expect(run(role, "RBB", statement)).rejects.toMatchObject(DENIED);
    },
  );
});
