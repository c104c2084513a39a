/** What the roles of linking can see and write, asked of the database itself. */
import { beforeAll, describe, expect, it } from "vitest";
import { constantSql } from "../../../src/persistence/database/constant-sql.ts";
import type { UnitSettings } from "../../../src/persistence/database/unit.ts";
import { event, journey, person, recordOf } from "../../support/journey-records.ts";
import { city, coast, NORTH, provideBench, SOUTH } from "../submission/submission-bench.ts";
import { createLinkBench } from "./link-bench.ts";

const bench = provideBench();

/** North and South know patient 1; patient 2 is North's alone. */
let shared = "";
let alone = "";
beforeAll(async () => {
  const sent = await bench().send(city, [journey(1), journey(2)]);
  shared = sent.only("PATIENT", 0).recordId ?? "";
  alone = sent.only("PATIENT", 1).recordId ?? "";
  await bench().send(coast, [recordOf(1, { patient: person(1), initiatingEvents: [event()] })]);
  await createLinkBench(bench().test).workOff();
});

const ask = (settings: UnitSettings, sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> =>
  bench().test.database.withRole(settings, (tx) => tx.$queryRaw<Readonly<Record<string, unknown>>[]>(constantSql(sql)([])));
const countOf = async (settings: UnitSettings, from: string): Promise<unknown> =>
  (await ask(settings, `select count(*)::integer as n from ${from}`))[0]?.n;
/** PostgreSQL's word for a missing privilege, or for a row that a policy does not take. */
const REFUSED = { name: "DatabaseFault", state: "42501" };

const journeyOf = (ods: string): UnitSettings => ({ role: "nacr_journey", ods });
const ofNorth = `where ods = '${NORTH}'`;

describe("the role that reads over a link", () => {
  it("sees another organisation's patient, event and treatments where there is a grant, and no other row", async () => {
    expect(await ask(journeyOf(SOUTH), `select id::text as id, gender from public.patient ${ofNorth}`)).toEqual([
      { id: shared, gender: "MALE" },
    ]);
    expect(await countOf(journeyOf(SOUTH), `public.initiating_event ${ofNorth}`)).toBe(1);
    expect(await countOf(journeyOf(SOUTH), `public.treatment ${ofNorth}`)).toBe(1);
    expect(await countOf(journeyOf("RELSEWHERE"), "public.patient")).toBe(0);
    expect(await countOf(journeyOf("RELSEWHERE"), "public.initiating_event")).toBe(0);
    expect(await countOf({ role: "nacr_journey" }, "public.patient")).toBe(0);
  });

  it("sees its own rows and those granted to it of the links themselves", async () => {
    expect(await countOf(journeyOf(SOUTH), "link.person_member")).toBe(1);
    expect(await countOf(journeyOf(SOUTH), "link.episode_member")).toBe(2);
    expect(await ask(journeyOf(SOUTH), "select distinct reader_ods from link.link_grant")).toEqual([{ reader_ods: SOUTH }]);
  });

  it.each([
    ["year_of_birth", "public.patient"],
    ["programme_code", "public.patient"],
    ["discharge_date", "public.initiating_event"],
    ["submission_id", "public.treatment"],
    ["sealed", "identity.patient_identity"],
    ["id", "public.rehabilitation"],
    ["id", "public.assessment"],
  ])("cannot read %s of %s", async (column, table) => {
    await expect(ask(journeyOf(SOUTH), `select ${column} from ${table}`)).rejects.toMatchObject(REFUSED);
  });
});

describe("the linker", () => {
  const linker: UnitSettings = { role: "nacr_linker" };

  it("sees the digests of every organisation", async () => {
    expect(
      await ask(linker, "select ods, count(nhs_hmac)::integer as n from identity.patient_identity group by ods order by 1"),
    ).toEqual([
      { ods: NORTH, n: 2 },
      { ods: SOUTH, n: 1 },
    ]);
  });

  it.each([
    ["sealed", "identity.patient_identity"],
    ["hospital_hmac", "identity.patient_identity"],
    ["gender", "public.patient"],
    ["risk_level", "public.initiating_event"],
    ["sealed", "link.decision"],
    ["id", "public.rehabilitation"],
    ["id", "public.assessment"],
    ["id", "public.submission"],
  ])("cannot read %s of %s", async (column, table) => {
    await expect(ask(linker, `select ${column} from ${table}`)).rejects.toMatchObject(REFUSED);
  });

  it("cannot write what links follow from", async () => {
    await expect(ask(linker, "update public.initiating_event set event_date = event_date")).rejects.toMatchObject(REFUSED);
    await expect(ask(linker, "delete from link.decision")).rejects.toMatchObject(REFUSED);
  });
});

describe("the role that submits", () => {
  const app: UnitSettings = { role: "nacr_app", ods: NORTH };

  it("cannot write links, or give itself a grant", async () => {
    await expect(ask(app, "delete from link.pair")).rejects.toMatchObject(REFUSED);
    await expect(ask(app, "update link.person_member set person_id = person_id")).rejects.toMatchObject(REFUSED);
    await expect(
      ask(
        app,
        `insert into link.link_grant (reader_ods, owner_ods, record_type, record_id, person_id)
         values ('${NORTH}', '${SOUTH}', 'PATIENT', '${alone}', '${alone}')`,
      ),
    ).rejects.toMatchObject(REFUSED);
  });

  it("cannot decide in another organisation's name, nor make its patients due", async () => {
    const pair = `'PERSON', '${NORTH}', '${shared}', '${SOUTH}', '${alone}', 'CONFIRMED'`;
    const decide = `insert into link.decision (id, kind, a_ods, a_id, b_ods, b_id, decision, decided_by_ods, decided_at, sealed)`;
    await expect(ask(app, `${decide} values ('${alone}', ${pair}, '${SOUTH}', now(), '\\x00')`)).rejects.toMatchObject(REFUSED);
    await expect(ask(app, `insert into link.due (ods, patient_id) values ('${SOUTH}', '${alone}')`)).rejects.toMatchObject(
      REFUSED,
    );
  });

  it("sees no other organisation's rows, linked or not", async () => {
    expect(await countOf({ role: "nacr_app", ods: SOUTH, programmes: ["S-COAST"] }, `public.patient ${ofNorth}`)).toBe(0);
    expect(await countOf({ role: "nacr_app", ods: SOUTH }, "link.person_member")).toBe(1);
  });
});
