/** A directory of postcodes in the database: how it replaces another, what the national feed makes of it, and who can do what. */
import { beforeAll, describe, expect, it } from "vitest";
import { type GeographyReport, loadGeography } from "../../../src/geography/load-geography.ts";
import type { GeographyFile } from "../../../src/geography/read-deprivation.ts";
import { createUuid7 } from "../../../src/lib/uuid7.ts";
import { constantSql } from "../../../src/persistence/database/constant-sql.ts";
import type { UnitSettings } from "../../../src/persistence/database/unit.ts";
import { createGeographyStore } from "../../../src/persistence/geography-store.ts";
import { prepareQuintiles } from "../../../src/persistence/patient-quintiles.ts";
import { generatePatientRecords, generatePopulation } from "../../../src/population/generate-population.ts";
import { layOutProgrammes } from "../../../src/population/programmes.ts";
import { SAMPLE_GEOGRAPHY } from "../../../src/population/sample-geography.ts";
import { event, person, recordOf, rehabilitation } from "../../support/journey-records.ts";
import { createLinkBench, type LinkBench } from "../links/link-bench.ts";
import { createNationalBench, type NationalBench } from "../national/national-bench.ts";
import { city, coast, provideBench } from "../submission/submission-bench.ts";

const bench = provideBench();
let link: LinkBench;
let national: NationalBench;
beforeAll(() => {
  link = createLinkBench(bench().test);
  national = createNationalBench(bench().test, bench().stores.keys);
});

const fileOf = (name: string, lines: readonly string[]): GeographyFile => ({
  name,
  lines: {
    async *[Symbol.asyncIterator]() {
      yield* lines;
    },
  },
});
const openStore = () =>
  createGeographyStore({ database: bench().test.database, keys: bench().stores.keys, newId: createUuid7() });
/** Postcodes by their quintile; organisations by their region. */
async function load(
  quintiles: Readonly<Record<string, number>>,
  regions: Readonly<Record<string, string>> | null = null,
): Promise<GeographyReport> {
  const areas = [1, 2, 3, 4, 5].map((quintile) => `E0100000${quintile},${quintile}`);
  return await loadGeography(
    {
      directory: fileOf("d", ["pcds,lsoa21cd", ...Object.entries(quintiles).map(([postcode, q]) => `${postcode},E0100000${q}`)]),
      deprivation: [fileOf("i", ["LSOA code (2021),Index of Multiple Deprivation (IMD) Quintile", ...areas])],
      organisations:
        regions === null ? null : fileOf("o", ["code,region", ...Object.entries(regions).map((pair) => pair.join())]),
    },
    await openStore(),
  );
}
async function journeys(): Promise<readonly Readonly<Record<string, unknown>>[]> {
  await link.workOff();
  await national.workOff();
  return national.table("journey");
}
const full = (n: number, postcode?: string) =>
  recordOf(n, {
    patient: person(n, { postcode }),
    initiatingEvents: [event({ rehabilitations: [rehabilitation()] })],
  });
/** Region and quintile of each journey, in their order. */
const places = async (): Promise<readonly string[]> =>
  (await journeys()).map(({ region, imd_quintile: quintile }) => `${region ?? "none"} ${quintile ?? "none"}`).toSorted();
const count = async (table: string): Promise<number> =>
  Number((await bench().test.query(`select count(*) as n from ${table}`))[0]?.n);

describe("the national rows", () => {
  it("have no quintile and no region before a directory is loaded", async () => {
    await bench().send(city, [full(1, "QD1 1AA")]);
    await bench().send(coast, [full(2, "QA5 1AA")]);
    await bench().send(coast, [full(3)]);
    expect(await places()).toEqual(["none none", "none none", "none none"]);
  });

  it("of everybody have both after it is loaded: the quintile by the patient's postcode, the region by the programme's trust", async () => {
    const report = await load({ "QD1 1AA": 1, "QA5 1AA": 5 }, { RNORTH: "Y63", RSOUTH: "Y56" });
    expect(report).toMatchObject({ outcome: "PUBLISHED", postcodes: 2, organisations: 2, findingCount: 0 });
    expect(await places()).toEqual(["Y56 5", "Y56 none", "Y63 1"]);
  });

  it("follow a patient who moved, at the next submission", async () => {
    await bench().send(city, [recordOf(1, { patient: person(1, { postcode: "qa5 1aa" }) })]);
    expect(await places()).toEqual(["Y56 5", "Y56 none", "Y63 5"]);
  });

  it("are renewed when another directory is loaded, and keep their regions where no organisations come with it", async () => {
    await load({ "QD1 1AA": 1, "QA5 1AA": 2 });
    expect(await places()).toEqual(["Y56 2", "Y56 none", "Y63 2"]);
    expect(await count("geography.release")).toBe(1);
    expect(await count("geography.postcode_quintile")).toBe(2);
  });

  it("stay as they are where the files are bad", async () => {
    const report = await loadGeography(
      { directory: fileOf("d", ["pcds", "QA5 1AA"]), deprivation: [fileOf("i", ["lsoa code,imd decile"])], organisations: null },
      await openStore(),
    );
    expect(report.outcome).toBe("TOO_BAD");
    expect(await count("national_feed.due")).toBe(0);
    expect((await journeys()).map((row) => row.imd_quintile).toSorted()).toEqual([2, 2, null]);
  });

  it("go with an objection, and nothing of a quintile is left anywhere else", async () => {
    const [patient] = await bench().test.query("select ods, id::text as id from public.patient where ods = 'RNORTH'");
    national.withheld.set(`RNORTH/${patient?.id}`, "OBJECTION");
    await national.markDue([{ ods: "RNORTH", patientId: String(patient?.id) }]);
    expect(await places()).toEqual(["Y56 2", "Y56 none"]);
    national.withheld.clear();
    const kept = await bench().test.query(`select table_schema || '.' || table_name as name from information_schema.columns
      where column_name like '%quintile%' and table_schema in ('public', 'identity', 'link', 'consent', 'national_feed', 'geography')`);
    expect(kept).toEqual([{ name: "geography.postcode_quintile" }]);
  });

  it("have one quintile of a person, by the later statement, where organisations do not agree", async () => {
    const before = await places();
    await bench().send(city, [full(9, "QD1 1AA")]);
    bench().now = "2026-06-30T10:00:00.000Z";
    await bench().send(coast, [full(9, "QA5 1AA")]);
    expect(await places()).toEqual([...before, "Y63 2"].toSorted());
  });

  it("have of synthetic people the quintile they were made with, and no other number than 1 to 5", async () => {
    const { postcodes, deprivation } = SAMPLE_GEOGRAPHY;
    const files = { directory: fileOf("d", postcodes), deprivation: [fileOf("i", deprivation)], organisations: null };
    await loadGeography(files, await openStore());
    await journeys();
    const before = await count("national.journey");
    const programmes = layOutProgrammes({ seed: 5, programmes: 1 }).map((programme) => ({ ...programme, code: "N-CITY" }));
    const options = { seed: 5, journeys: 60, programmes };
    await bench().send(
      city,
      [...generatePatientRecords(options)].map((record, n) => ({
        ...record,
        patient: { ...Object(record.patient), nhsNumber: person(5_000 + n).nhsNumber },
      })),
    );
    const made = [...generatePopulation(options)].map(({ person: { quintile } }) => quintile).toSorted();
    const rows = (await journeys()).slice(before);
    expect(rows.map((row) => row.imd_quintile).toSorted()).toEqual(made);
    expect(rows.every(({ imd_quintile: q }) => q === null || [1, 2, 3, 4, 5].includes(Number(q)))).toBe(true);
  });
});

describe("a directory that comes between the keys and the batch", () => {
  it("leaves the patients due, so that the next batch has their quintile", async () => {
    const { database, query } = bench().test;
    await query("update geography.release set in_force = false");
    const read = await prepareQuintiles(database, bench().stores.keys);
    await query("update geography.release set in_force = true");
    const patients = (await query("select ods, id::text as id from public.patient limit 2")).map(({ ods, id }) => ({
      ods: String(ods),
      id: String(id),
    }));
    const found = await database.withRole({ role: "nacr_feed" }, (tx) => read(tx, patients));
    expect(found.size).toBe(0);
    expect(await count("national_feed.due")).toBe(2);
  });
});

describe("loading", () => {
  it("stands in the audit trail by its counts", async () => {
    const entries = await bench().test.query(
      "select agent_id, details from audit.event where type = 'LOAD_GEOGRAPHY' order by id",
    );
    expect(entries[0]).toMatchObject({ agent_id: "operator", details: { postcodes: 2, organisations: 2 } });
  });

  it("takes away what a load that ended anywhere left behind", async () => {
    const store = await openStore();
    const unfinished = await store.begin();
    await store.add(unfinished, [{ postcode: "QA11AA", quintile: 1 }]);
    const before = await count("geography.release where in_force");
    expect(before).toBe(1);
    await load({ "QD1 1AA": 4 });
    expect(await count("geography.release")).toBe(1);
    expect(await count("geography.postcode_quintile")).toBe(1);
    await store.add(unfinished, [{ postcode: "QA11AA", quintile: 1 }]);
    expect(await count("geography.postcode_quintile")).toBe(1);
    expect(await store.publish(unfinished, null)).toBeNull();
    expect(await count("geography.postcode_quintile")).toBe(1);
  });

  it("writes no postcode into any table", async () => {
    const rows = await bench().test.query("select digest::text as digest from geography.postcode_quintile");
    expect(rows).toHaveLength(1);
    expect(String(rows[0]?.digest)).toMatch(/^[0-9a-f-]{36}$/);
    await load({ "QD1 1AA": 4 });
    expect(await bench().test.query("select digest::text as digest from geography.postcode_quintile")).toEqual(rows);
  });
});

const DENIED = { state: "42501" };
const run = (role: UnitSettings["role"], text: string) =>
  bench().test.database.withRole({ role }, (tx) => tx.$queryRaw(constantSql(text)([])));
const RIGHTS = (role: string) => `
  select table_schema || '.' || table_name || ': ' || string_agg(distinct lower(privilege_type), ', ' order by lower(privilege_type)) as name
  from information_schema.column_privileges where grantee = '${role}' group by table_schema, table_name
  union all select table_schema || '.' || table_name || ': delete' from information_schema.table_privileges
  where grantee = '${role}' and privilege_type = 'DELETE' order by 1`;

describe("the roles", () => {
  it("have a right on nothing but what they need", async () => {
    const rightsOf = async (role: string) => (await bench().test.query(RIGHTS(role))).map(({ name }) => name);
    expect(await rightsOf("nacr_placer")).toEqual([
      "geography.postcode_quintile: select",
      "geography.release: select",
      "identity.patient_identity: select",
    ]);
    expect(await rightsOf("nacr_geographer")).toEqual([
      "audit.event: insert",
      "geography.organisation_region: delete",
      "geography.organisation_region: insert, select",
      "geography.postcode_quintile: delete",
      "geography.postcode_quintile: insert, select",
      "geography.release: delete",
      "geography.release: insert, select, update",
      "national_feed.due: insert",
      "public.patient: select",
    ]);
  });

  it.each([
    ["nacr_placer", "select nhs_hmac from identity.patient_identity"],
    ["nacr_placer", "select id from public.patient"],
    ["nacr_placer", "delete from geography.postcode_quintile"],
    ["nacr_placer", "select * from national.journey"],
    ["nacr_placer", "select * from keys.data_key"],
    ["nacr_geographer", "select sealed from identity.patient_identity"],
    ["nacr_geographer", "select year_of_birth from public.patient"],
    ["nacr_geographer", "select * from national_feed.due"],
    ["nacr_geographer", "select * from national.journey"],
    ["nacr_feed", "select sealed from identity.patient_identity"],
    ["nacr_feed", "select * from geography.postcode_quintile"],
    ["nacr_national", "select * from geography.organisation_region"],
    ["nacr_app", "select * from geography.postcode_quintile"],
  ] as const)("%s is refused: %s", async (role, statement) => {
    await expect(run(role, statement)).rejects.toMatchObject(DENIED);
  });

  it("are bound by row-level security on every table, which is forced", async () => {
    const free =
      await bench().test.query(`select c.relname as name from pg_class c where c.relnamespace = 'geography'::regnamespace
      and c.relkind = 'r' and not (c.relrowsecurity and c.relforcerowsecurity)`);
    expect(free).toEqual([]);
  });
});
