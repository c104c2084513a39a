/**
 * D8: patients are destroyed and certified, then yesterday's backup of the database is opened beside today's key folder. Always on the
 * embedded database, whose backup is a copy of its folder; what is proven lies in the boxes and the key file, not in the server.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDestroyPatient, type DestructionDependencies, destroyReturned } from "../../../src/destruction/destroy-patient.ts";
import { bindErasureKeys } from "../../../src/keys/erasure-binding.ts";
import { ERASURE_FILE } from "../../../src/keys/erasure-file.ts";
import { DestroyedError } from "../../../src/keys/key-management.ts";
import { createKeyRing, type KeyRing } from "../../../src/keys/key-ring.ts";
import { openLocalKeyFile } from "../../../src/keys/local-key-file.ts";
import { constantSql } from "../../../src/persistence/database/constant-sql.ts";
import { createDataKeyStore } from "../../../src/persistence/database/data-key-store.ts";
import { type Database, openDatabase } from "../../../src/persistence/database/database.ts";
import { createDestructionStore } from "../../../src/persistence/destruction-store.ts";
import { bytesOf, numberOf, type SqlRow, textOf } from "../../../src/persistence/sql-row.ts";
import { createSubmissionStore } from "../../../src/persistence/submission-store.ts";
import { actorOf, dictionary, newId, wholeTree, writeSet } from "../stores/store-fixture.ts";

const PATIENTS = 20;
const actor = { ...actorOf("RAA", "P1"), role: "CALDICOTT_GUARDIAN" } as const;
const root = mkdtempSync(join(tmpdir(), "nacr-restore-"));
const [live, backup, keyFolder, oldKeys] = ["live", "backup", "keys", "old-keys"].map((name) => join(root, name));
afterAll(() => rmSync(root, { recursive: true }));

interface Opened {
  readonly database: Database;
  readonly keys: KeyRing;
}

async function withDatabase<T>(dataDir = "", folder = "", work: (opened: Opened) => Promise<T>): Promise<T> {
  const database = await openDatabase({ url: null, dataDir });
  try {
    const store = createDataKeyStore(database);
    const management = await openLocalKeyFile(folder);
    await bindErasureKeys(management, store);
    return await work({ database, keys: createKeyRing(management, store) });
  } finally {
    await database.close();
  }
}

const BOXES = constantSql(`
  select 'identity' as kind, patient_id::text as patient, ods || '/' || patient_id as place, sealed from identity.patient_identity
  union all select 'page', null, submission_id || '/' || page, sealed from public.submission_report
  union all select 'envelope', null, submission_id || '/envelope/' || chunk, sealed from public.submission_envelope`);

const STORED = constantSql("select count(*)::integer as n from public.patient where id = any($1::uuid[])");

interface Found {
  readonly opened: ReadonlySet<string>;
  readonly destroyed: ReadonlySet<string>;
}

/** Every patient's identity, and every page and input, tried with the keys of the folder. */
async function tryAll({ database, keys }: Opened): Promise<Found> {
  const organisation = await keys.organisation(actor.ods);
  const [opened, destroyed] = [new Set<string>(), new Set<string>()];
  for (const row of await database.prisma.$queryRaw<SqlRow[]>(BOXES([]))) {
    const name = row.patient === null ? textOf(row, "place") : textOf(row, "patient");
    try {
      organisation.open(bytesOf(row, "sealed"), textOf(row, "place"));
      opened.add(name);
    } catch (error) {
      if (!(error instanceof DestroyedError)) throw error;
      destroyed.add(name);
    }
  }
  return { opened, destroyed };
}

const dependenciesOf = ({ database, keys }: Opened): DestructionDependencies => ({
  store: createDestructionStore({ database, keys, dictionary, newId }),
  keys: {
    destroy: async (leaves) => {
      await keys.erasure.destroy(leaves);
      return keys.erasure.generation;
    },
    sign: async () => ({ document: "{}", signature: "" }),
  },
  clock: { now: () => "2026-04-01T00:00:00.000Z", today: () => "2026-04-01" },
  newId,
});

const patients: string[] = [];
const submissions: string[] = [];
/** Every second one. */
const gone = (): readonly string[] => patients.filter((_, n) => n % 2 === 0);

beforeAll(async () => {
  for (const folder of [backup, keyFolder, oldKeys]) mkdirSync(folder ?? "", { mode: 0o700 });
  await withDatabase(live, keyFolder, async ({ database, keys }) => {
    const store = createSubmissionStore({ database, keys, dictionary });
    for (let seed = 1; seed <= PATIENTS; seed += 1) {
      const tree = wholeTree(seed, "P1");
      patients.push(tree[0]?.id ?? "");
      const set = writeSet(actor, { created: tree });
      submissions.push(set.submission.header.id);
      await store.transaction(actor, (unit) => unit.write(set));
    }
  });
  cpSync(live ?? "", backup ?? "", { recursive: true });
  cpSync(keyFolder ?? "", oldKeys ?? "", { recursive: true });
  await withDatabase(live, keyFolder, async ({ database, keys }) => {
    const destroyPatient = createDestroyPatient(dependenciesOf({ database, keys }));
    for (const id of gone()) await destroyPatient(actor, id, "Retention is over");
  });
}, 240_000);

const namesOf = (ids: readonly string[]): readonly string[] => [...ids].sort();
const submissionsOf = (places: ReadonlySet<string>): readonly string[] =>
  [...new Set([...places].filter((place) => place.includes("/")).map((place) => place.split("/")[0] ?? ""))].sort();

describe("yesterday's database beside today's key folder", () => {
  it("gives back the identity, the answers and the input of no destroyed patient, and of every other one", async () => {
    const { opened, destroyed } = await withDatabase(backup, keyFolder, tryAll);
    const kept = patients.filter((id) => !gone().includes(id));
    expect(namesOf(patients.filter((id) => destroyed.has(id)))).toEqual(namesOf(gone()));
    expect(namesOf(patients.filter((id) => opened.has(id)))).toEqual(namesOf(kept));
    expect(submissionsOf(destroyed)).toEqual(namesOf(submissions.filter((_, n) => n % 2 === 0)));
    expect(submissionsOf(opened)).toEqual(namesOf(submissions.filter((_, n) => n % 2 === 1)));
  });

  it("control: beside yesterday's erasure.key everything opens, so it is the file that destroys", async () => {
    const { opened, destroyed } = await withDatabase(backup, oldKeys, tryAll);
    expect([patients.filter((id) => opened.has(id)).length, destroyed.size]).toEqual([PATIENTS, 0]);
  });

  it("has their other rows, too, until the gateway destroys again what came back; the others stay, and nothing is left to be done", async () => {
    await withDatabase(backup, keyFolder, async (opened) => {
      const count = async (ids: readonly string[]): Promise<number> => {
        const [row] = await opened.database.prisma.$queryRaw<SqlRow[]>(STORED([`{${ids.join(",")}}`]));
        return row === undefined ? -1 : numberOf(row, "n");
      };
      await opened.database.prisma.$executeRaw(
        constantSql("insert into public.organisation (ods_code, name, nation) values ($1, 'Trust', 'ENGLAND')")([actor.ods]),
      );
      const kept = patients.filter((id) => !gone().includes(id));
      expect([await count(gone()), await count(kept)]).toEqual([PATIENTS / 2, PATIENTS / 2]);
      expect(await destroyReturned(dependenciesOf(opened))).toBe(PATIENTS / 2);
      expect([await count(gone()), await count(kept)]).toEqual([0, PATIENTS / 2]);
      expect(await destroyReturned(dependenciesOf(opened))).toBe(0);
      const { opened: open, destroyed } = await tryAll(opened);
      expect([patients.filter((id) => open.has(id)), destroyed.size]).toEqual([kept, 0]);
    });
  });

  it("is refused beside the erasure.key of another installation", async () => {
    rmSync(join(oldKeys ?? "", ERASURE_FILE));
    await expect(withDatabase(backup, oldKeys, tryAll)).rejects.toThrow("belongs to another database");
  });
});
