import { beforeAll, describe, expect, it } from "vitest";
import type { UnitSettings } from "../../../src/persistence/database/unit.ts";
import { eventRow, patientRow, rehabilitationRow } from "../../support/clinical-rows.ts";
import { provideDatabase } from "../../support/database.ts";

const testDatabase = provideDatabase();

const ORGANISATIONS = ["RAA", "RBB", "RCC", "RDD", "REE"] as const;
const PATIENTS_EACH = 4;
/** Two programmes in each organisation, named after it. */
const programmesOf = (ods: string) => [`${ods}-1`, `${ods}-2`];
const as = (ods: string, programmes = programmesOf(ods)): UnitSettings => ({ role: "nacr_app", ods, programmes });

async function fill(ods: string): Promise<void> {
  const [first = "", second = ""] = programmesOf(ods);
  await testDatabase().database.withRole(as(ods), async (tx) => {
    for (let number = 0; number < PATIENTS_EACH; number += 1) {
      const patient = patientRow(ods, first);
      const event = eventRow(ods, first, patient.id);
      await tx.patient.create({ data: patient });
      await tx.initiatingEvent.create({ data: event });
      await tx.rehabilitation.create({ data: rehabilitationRow(ods, number % 2 === 0 ? first : second, event.id) });
    }
  });
}

beforeAll(async () => {
  for (const ods of ORGANISATIONS) await fill(ods);
});

/** Runs `count` reads over the organisations, `inFlight` at once, and counts answers that hold a row of somebody else. */
async function countForeignAnswers(
  count: number,
  inFlight: number,
  read: (ods: string, number: number) => Promise<readonly { ods: string }[]>,
) {
  let next = 0;
  let foreign = 0;
  let rows = 0;
  const reader = async () => {
    while (next < count) {
      const number = next++;
      const ods = ORGANISATIONS[(number * 7) % ORGANISATIONS.length] ?? "";
      const answer = await read(ods, number).catch(() => []);
      rows += answer.length;
      if (answer.some((row) => row.ods !== ods)) foreign += 1;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, reader));
  return { foreign, rows };
}

describe("units of work of different organisations", () => {
  it("see no row of another organisation over 400 interleaved transactions, a tenth of them aborted", async () => {
    const { foreign, rows } = await countForeignAnswers(400, 20, (ods, number) =>
      testDatabase().database.withRole(as(ods), async (tx) => {
        const patients = await tx.patient.findMany({ select: { ods: true } });
        if (number % 10 === 0) throw new Error("aborted on purpose");
        const events = await tx.initiatingEvent.findMany({ select: { ods: true } });
        return [...patients, ...events];
      }),
    );
    expect(foreign).toBe(0);
    expect(rows).toBe(360 * 2 * PATIENTS_EACH);
  });

  it("would be caught if the organisation were a setting of the session (control)", async () => {
    const { prisma } = testDatabase().database;
    const { foreign } = await countForeignAnswers(100, 20, async (ods) => {
      await prisma.$executeRaw`select set_config('role', 'nacr_app', false), set_config('app.ods', ${ods}, false)`;
      return prisma.patient.findMany({ select: { ods: true } });
    });
    // Every connection of the pool was changed for good: hold each a moment and put it right, as no unit of work would.
    const putRight = () =>
      prisma.$executeRaw`select set_config('role', 'none', false), set_config('app.ods', '', false), pg_sleep(0.05)`;
    await Promise.all(Array.from({ length: 20 }, putRight));
    expect(foreign).toBeGreaterThan(0);
  });

  it("leave nothing of role and organisation behind, whether they commit or abort", async () => {
    const { database } = testDatabase();
    await database.withRole(as("RAA"), (tx) => tx.patient.count());
    await expect(database.withRole(as("RAA"), async () => Promise.reject(new Error("aborted on purpose")))).rejects.toThrow(
      "aborted on purpose",
    );
    const settings = await Promise.all(
      Array.from({ length: 10 }, () =>
        testDatabase().query("select current_user = session_user as own, coalesce(current_setting('app.ods', true), '') as ods"),
      ),
    );
    expect(settings.flat()).toEqual(Array.from({ length: 10 }, () => ({ own: true, ods: "" })));
  });

  it("see nothing without an organisation", async () => {
    expect(await testDatabase().database.withRole({ role: "nacr_app" }, (tx) => tx.patient.count())).toBe(0);
  });

  it("see the organisation's patients but only their own programmes' rehabilitations", async () => {
    const [first = ""] = programmesOf("RAA");
    const counts = await testDatabase().database.withRole(as("RAA", [first]), async (tx) => [
      await tx.patient.count(),
      await tx.rehabilitation.count(),
    ]);
    expect(counts).toEqual([PATIENTS_EACH, PATIENTS_EACH / 2]);
    expect(await testDatabase().database.withRole(as("RAA", []), (tx) => tx.rehabilitation.count())).toBe(0);
  });

  it("are refused a row of another organisation or programme", async () => {
    const { database } = testDatabase();
    const foreignPatient = database.withRole(as("RAA"), (tx) => tx.patient.create({ data: patientRow("RBB", "RBB-1") }));
    await expect(foreignPatient).rejects.toMatchObject({ name: "DatabaseFault", state: "42501" });
    const event = await database.withRole(as("RAA"), (tx) => tx.initiatingEvent.findFirstOrThrow());
    const foreignProgramme = database.withRole(as("RAA", ["RAA-1"]), (tx) =>
      tx.rehabilitation.create({ data: rehabilitationRow("RAA", "RAA-2", event.id) }),
    );
    await expect(foreignProgramme).rejects.toMatchObject({ name: "DatabaseFault", state: "42501" });
  });

  it("get the same refusal for another organisation's patient as for one that does not exist", async () => {
    const { database } = testDatabase();
    const foreign = await database.withRole(as("RBB"), (tx) => tx.patient.findFirstOrThrow());
    const attach = (patientId: string) =>
      database
        .withRole(as("RAA"), (tx) => tx.initiatingEvent.create({ data: eventRow("RAA", "RAA-1", patientId) }))
        .catch((error: unknown) => error);
    const missing = await attach("01960000-0000-7000-8000-000000000000");
    expect(await attach(foreign.id)).toEqual(missing);
    expect(missing).toMatchObject({ state: "23503" });
  });

  it("may not change history", async () => {
    const change = testDatabase().database.withRole(as("RAA"), (tx) => tx.recordChange.deleteMany());
    await expect(change).rejects.toMatchObject({ name: "DatabaseFault", state: "42501" });
  });

  it("refuse a programme code that would read as two", async () => {
    const unit = testDatabase().database.withRole(as("RAA", ["RAA-1,RBB-1"]), (tx) => tx.patient.count());
    await expect(unit).rejects.toThrow(RangeError);
  });
});
