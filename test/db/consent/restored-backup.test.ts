/** A database that is restored from an older copy knows nothing of what patients said since: the ledger does. On the embedded database. */
import { cp, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { createObjectionService } from "../../../src/consent/objection-service.ts";
import { createKeyRing, type KeyRing } from "../../../src/keys/key-ring.ts";
import { createForgettingKeyManagement } from "../../../src/keys/local-key-file.ts";
import { createUuid7 } from "../../../src/lib/uuid7.ts";
import { createDataKeyStore } from "../../../src/persistence/database/data-key-store.ts";
import { type Database, openDatabase } from "../../../src/persistence/database/database.ts";
import { DATABASE_FOLDER } from "../../../src/persistence/database/embedded-connection.ts";
import { seedOrganisations } from "../../../src/persistence/deployment.ts";
import { createLedgerKeeper } from "../../../src/persistence/ledger-keeper.ts";
import { createForgettingLedger, createLedgerFile } from "../../../src/persistence/objection-ledger.ts";
import { createObjectionStore } from "../../../src/persistence/objection-store.ts";
import { createReleaseGate } from "../../../src/persistence/release-gate.ts";
import type { OrganisationActor } from "../../../src/records/actor.ts";
import { nhsNumberAt } from "./consent-bench.ts";

const ODS = "RWALES";
const TEAM: OrganisationActor = { clientId: "team", role: "CLINICAL_TEAM", ods: ODS, programmes: ["W-1"], scopes: [] };
const clock = { now: () => "2026-06-30T09:00:00.000Z", today: () => "2026-06-30" };
const [BEFORE, AFTER, EVERYTHING] = [1, 2, 3].map(nhsNumberAt);
const newId = createUuid7();
const management = createForgettingKeyManagement();
const reportFault = (): undefined => undefined;

let folder = "";
const at = (name: string): string => join(folder, name);

interface Opened {
  readonly database: Database;
  readonly keys: KeyRing;
}

/** What a start does: the database is opened, and the ledger is replayed into it. */
async function start<T>(
  name: string,
  withLedger: boolean,
  work: (opened: Opened, service: ReturnType<typeof createObjectionService>) => Promise<T>,
): Promise<T> {
  const database = await openDatabase({ url: null, dataDir: at(name) });
  try {
    const keys = createKeyRing(management, createDataKeyStore(database));
    const { mac } = await keys.pseudonyms("ledger");
    const ledger = withLedger ? createLedgerFile(at("objections.ledger"), mac) : createForgettingLedger();
    const keeper = createLedgerKeeper({ database, ledger, newId });
    await keeper.replay();
    const store = createObjectionStore({ database, keys, newId });
    const service = createObjectionService({ store, ledger: keeper, carryOut: async () => 0, clock, newId, reportFault });
    return await work({ database, keys }, service);
  } finally {
    await database.close();
  }
}

/** Numbers that the gate withholds: of each an invented patient is stored for the question. */
async function judge({ database, keys }: Opened): Promise<readonly string[]> {
  const gate = await createReleaseGate({ keys, clock, applyAt: "NONE" });
  const link = await keys.link();
  const patients = [BEFORE, AFTER, EVERYTHING].map((number) => ({ number, id: newId(), mac: link.mac("nhs", number ?? "") }));
  for (const { id, mac } of patients) {
    await database.prisma.$executeRaw`insert into public.patient
      (ods, id, version, programme_code, submission_id, created_submission_id, source_time, updated_at, year_of_birth)
      values (${ODS}, ${id}::uuid, 1, 'W-1', ${id}::uuid, ${id}::uuid, now(), now(), 1950)`;
    await database.prisma.$executeRaw`insert into identity.patient_identity (ods, patient_id, nhs_hmac, key_version, sealed)
      values (${ODS}, ${id}::uuid, decode(${mac}, 'hex'), 1, '\\x00')`;
  }
  const asked = patients.map(({ id }) => ({ ods: ODS, patientId: id }));
  const withheld = await database.withRole({ role: "nacr_feed" }, (tx) => gate(tx, asked, "RELEASE", clock.today()));
  return patients.flatMap(({ id, number }) => (withheld.has(`${ODS}/${id}`) ? [number ?? ""] : []));
}

/** From the image of the run, where there is one: migrating takes seconds. */
async function unpackImage(): Promise<void> {
  const image = inject("memoryImage");
  if (image === undefined) return;
  await mkdir(at("live"), { recursive: true });
  const loadDataDir = new Blob([await readFile(image)]);
  await (await PGlite.create(join(at("live"), DATABASE_FOLDER), { loadDataDir })).close();
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nacr-restore-"));
  await unpackImage();
  const about = (nhsNumber: string | undefined, scope: "NATIONAL" | "ALL") =>
    ({ actor: TEAM, patient: { nhsNumber: nhsNumber ?? "" }, scope, reason: "said so", statedOn: null }) as const;
  const first = await start("live", true, async ({ database, keys }, service) => {
    await seedOrganisations(database, [{ odsCode: ODS, name: "W", programmes: [{ code: "W-1", name: "W" }] }]);
    await database.prisma.organisation.update({ where: { odsCode: ODS }, data: { nation: "NORTHERN_IRELAND" } });
    await keys.organisation(ODS);
    return await service.record(about(BEFORE, "NATIONAL"));
  });
  await cp(at("live"), at("backup"), { recursive: true });
  await cp(at("live"), at("control"), { recursive: true });
  await start("live", true, async (_opened, service) => {
    await service.withdraw(TEAM, first.id, "changed her mind");
    await service.record(about(AFTER, "NATIONAL"));
    await service.record(about(EVERYTHING, "ALL"));
  });
}, 240_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe("a database restored from a backup", () => {
  it("withholds whoever objected since, and nobody who withdrew the objection since", async () => {
    expect(await start("backup", true, judge)).toEqual([AFTER, EVERYTHING]);
  });

  it("knows of each objection what became of it, but for reasons that were given since, and records nothing twice", async () => {
    const listed = () =>
      start("backup", true, async (_opened, service) =>
        (await service.list(TEAM, { first: 10, after: null })).nodes.map(({ node }) => [
          node.scope,
          node.reason,
          node.withdrawnBy,
        ]),
      );
    const once = await listed();
    expect(once).toHaveLength(3);
    expect(once).toContainEqual(["NATIONAL", "said so", "team"]);
    expect(once).toContainEqual(["ALL", null, null]);
    expect(await listed()).toEqual(once);
  });

  it("without the ledger does as it did then (control)", async () => {
    expect(await start("control", false, judge)).toEqual([BEFORE]);
  });
});
