/** What the schema cut can hold, and who can reach what of it: from the catalogue, and by trying. */
import { beforeAll, describe, expect, it } from "vitest";
import { NATIONAL_TABLES } from "../../../src/national/national-columns.ts";
import { constantSql } from "../../../src/persistence/database/constant-sql.ts";
import type { UnitSettings } from "../../../src/persistence/database/unit.ts";
import { provideDatabase } from "../../support/database.ts";
import { type CutBench, createCutBench, journeysOf } from "./cut-bench.ts";

const testDatabase = provideDatabase();
const names = async (text: string): Promise<readonly string[]> =>
  (await testDatabase().query(text)).map(({ name }) => String(name));
const DENIED = { state: "42501" };
const run = (role: UnitSettings["role"], text: string) =>
  testDatabase().database.withRole({ role }, (tx) => tx.$executeRaw(constantSql(text)([])));
const countAs = async (role: UnitSettings["role"], table: string): Promise<number> => {
  const [row] = await testDatabase().database.withRole({ role }, (tx) =>
    tx.$queryRaw<{ n: number }[]>(constantSql(`select count(*)::integer as n from cut.${table}`)([])),
  );
  return row?.n ?? 0;
};

/** By column, its type and checks, whether it may be missing. */
const columnsOf = (schema: string) => `
  select format('%s.%s %s %s %s', c.relname, a.attname, format_type(a.atttypid, null), a.attnotnull,
    array(select pg_get_constraintdef(k.oid) from pg_constraint k
      where k.conrelid = c.oid and k.contype = 'c' and k.conkey = array[a.attnum] order by 1)) as name
  from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = '${schema}' and c.relname in (${Object.keys(NATIONAL_TABLES).map((table) => `'${table}'`)})
    and a.attnum > 0 and not a.attisdropped and a.attname not in ('subject', 'journey', 'cut_id') order by 1`;
const rightsOf = (role: string) => `
  select format('%s.%s: %s', table_schema, table_name, string_agg(distinct lower(privilege_type), ', ' order by lower(privilege_type))) as name
  from information_schema.column_privileges where grantee = '${role}' group by table_schema, table_name order by 1`;

let bench: CutBench;
beforeAll(async () => {
  bench = createCutBench(testDatabase());
  await bench.feed(journeysOf(3, 40));
  await bench.publish();
});

describe("the schema cut", () => {
  it("has rows of the national side's columns and checks: a text of a patient fits into none", async () => {
    const national = await names(columnsOf("national"));
    expect(await names(columnsOf("cut"))).toEqual(national);
    await testDatabase().query("alter table cut.journey add column remarks text");
    expect(await names(columnsOf("cut"))).not.toEqual(national);
    await testDatabase().query("alter table cut.journey drop column remarks");
  });

  it("shows analysts what is published, and neither a row nor what is kept for the next cut", async () => {
    expect((await names(rightsOf("nacr_analyst"))).filter((name) => name.startsWith("cut."))).toEqual([
      "cut.cube: select",
      "cut.cut: select",
    ]);
    expect(await countAs("nacr_analyst", "cube")).toBe(1);
    for (const table of [...Object.keys(NATIONAL_TABLES), "ledger", "publication"]) {
      await expect(countAs("nacr_analyst", table)).rejects.toMatchObject(DENIED);
      // The control: they are there.
      expect(await countAs("nacr_publisher", table)).toBeGreaterThanOrEqual(table === "acute_event" ? 0 : 1);
    }
  });

  it("shows extracts rows and no ledger", async () => {
    expect(await countAs("nacr_extractor", "journey")).toBe(40);
    for (const table of ["ledger", "cube", "publication"])
      await expect(countAs("nacr_extractor", table)).rejects.toMatchObject(DENIED);
    await expect(run("nacr_extractor", "delete from cut.journey")).rejects.toMatchObject(DENIED);
  });

  it("lets nobody change, add to or delete what was published", async () => {
    expect(await names(rightsOf("nacr_publisher"))).toEqual([
      "audit.event: insert",
      "cut.acute_event: insert, select",
      "cut.assessment: insert, select",
      "cut.cube: insert, select",
      "cut.cut: insert, select, update",
      "cut.drug_class: insert, select",
      "cut.journey: insert, select",
      "cut.ledger: insert, select",
      "cut.publication: insert, select, update",
      "national.acute_event: select",
      "national.assessment: select",
      "national.drug_class: select",
      "national.journey: select",
      "national_feed.member: select",
      "public.patient: select",
    ]);
    const refused = [
      "update cut.journey set age = 1",
      "update cut.cube set digest = digest",
      "update cut.cut set manifest = ''",
      "update cut.ledger set bytes = bytes",
      "delete from cut.cube",
      "delete from cut.cut",
      "insert into cut.acute_event (cut_id, journey, number) select id, 1, 99 from cut.cut",
    ];
    for (const statement of refused) await expect(run("nacr_publisher", statement)).rejects.toMatchObject(DENIED);
    // Deleting is for rows of no cut: of these there are none, so nothing goes.
    await run("nacr_publisher", "delete from cut.journey");
    expect(await countAs("nacr_publisher", "journey")).toBe(40);
    const unpublished =
      "insert into cut.acute_event (cut_id, journey, number) values ('01890000-0000-7000-8000-00000000dead', 1, 1)";
    expect(await run("nacr_publisher", unpublished)).toBe(1);
    expect(await run("nacr_publisher", "delete from cut.acute_event")).toBe(1);
  });

  it("shows rows and cubes of a withdrawn cut to nobody who answers from them", async () => {
    const cut = await bench.published.inForce();
    await bench.service.withdraw(
      { clientId: "a", role: "AUDIT_ADMIN", ods: null, programmes: [], scopes: [] },
      cut?.id ?? "",
      "Wrong",
    );
    expect([await countAs("nacr_extractor", "journey"), await countAs("nacr_analyst", "cube")]).toEqual([0, 0]);
    expect(await countAs("nacr_publisher", "journey")).toBe(40);
  });
});
