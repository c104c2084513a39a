import { beforeAll, describe, expect, it } from "vitest";
import { provideDatabase } from "../../support/database.ts";

const testDatabase = provideDatabase();
const asAccess = { role: "nacr_access" } as const;

beforeAll(async () => {
  const { prisma } = testDatabase().database;
  for (const odsCode of ["RAA", "RBB", "RCC"])
    await prisma.organisation.create({ data: { odsCode, name: "A Trust", nation: "ENGLAND" } });
  await testDatabase().database.withRole(asAccess, (tx) =>
    tx.client.create({ data: { id: "client", name: "A system", active: true } }),
  );
});

const delegate = (odsCode: string, more: { programmes?: string[] }) =>
  testDatabase().database.withRole(asAccess, (tx) =>
    tx.clientOrganisation.create({ data: { clientId: "client", odsCode, role: "SUBMITTER", scopes: ["submit"], ...more } }),
  );

describe("the programmes of a client in an organisation", () => {
  it("are all of them (read as an empty list) where none is named", async () => {
    await delegate("RAA", {});
    expect(
      (await testDatabase().database.prisma.clientOrganisation.findFirst({ where: { odsCode: "RAA" } }))?.programmes,
    ).toEqual([]);
    expect(await testDatabase().query("select programmes from access.client_organisation where ods_code = 'RAA'")).toEqual([
      { programmes: null },
    ]);
  });

  it("are the named ones", async () => {
    expect((await delegate("RBB", { programmes: ["P1"] })).programmes).toEqual(["P1"]);
  });

  it("cannot be stored as an empty list, which would be read as all", async () => {
    await expect(delegate("RCC", { programmes: [] })).rejects.toMatchObject({ name: "DatabaseFault" });
  });
});

describe("an assertion", () => {
  it("is used once: its second use is a conflict", async () => {
    const use = () =>
      testDatabase().database.withRole(asAccess, (tx) =>
        tx.usedAssertion.create({ data: { clientId: "client", jti: "1", expiresAt: new Date("2026-01-05T10:05:00Z") } }),
      );
    await use();
    await expect(use()).rejects.toMatchObject({ name: "DatabaseFault", state: "23505" });
  });
});
