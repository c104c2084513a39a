import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { KeyError, type ReplaceableKey } from "../../../src/keys/key-management.ts";
import { createKeyRing } from "../../../src/keys/key-ring.ts";
import { openLocalKeyFile } from "../../../src/keys/local-key-file.ts";
import { createUuid7 } from "../../../src/lib/uuid7.ts";
import { createDataKeyStore } from "../../../src/persistence/database/data-key-store.ts";
import { replaceMasterKey } from "../../../src/persistence/key-rotation.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";

const ORGANISATIONS = Array.from({ length: 20 }, (_, index) => `R${String(index).padStart(2, "0")}`);
/** Fewer than the pool has connections: what waits for one too long is refused as overload, which is not what is asked here. */
const MEANWHILE = 4;

let test: TestDatabase;
let folder: string;
beforeAll(async () => {
  test = await openTestDatabase();
});
afterAll(() => test.close());
beforeEach(async () => {
  await test.query("with gone as (delete from audit.event returning id) select count(*) from gone");
  await test.query("with gone as (delete from keys.data_key returning scope) select count(*) from gone");
  folder = await mkdtemp(join(tmpdir(), "nacr-master-"));
});
afterEach(() => rm(folder, { recursive: true }));

const file = () => join(folder, "master.key");
const open = () => openLocalKeyFile(folder);
const openRing = async () => createKeyRing(await open(), createDataKeyStore(test.database));
const rotateWith = (management: ReplaceableKey) =>
  replaceMasterKey({ database: test.database, newId: createUuid7() }, management);
const countEntries = async () => (await test.query("select id from audit.event where type = 'ROTATE_MASTER_KEY'")).length;

async function sealForAll(): Promise<Map<string, Buffer>> {
  const ring = await openRing();
  const boxes = new Map<string, Buffer>();
  for (const ods of ORGANISATIONS) boxes.set(ods, (await ring.organisation(ods)).seal(ods, "place"));
  return boxes;
}

/** A process that starts now opens what was sealed before. */
async function expectAllReadable(boxes: ReadonlyMap<string, Buffer>): Promise<void> {
  const ring = await openRing();
  for (const [ods, box] of boxes) expect((await ring.organisation(ods)).open(box, "place").toString()).toBe(ods);
}

describe("the master key", () => {
  it("is replaced in one step: everything is readable, and the old file opens nothing any more", async () => {
    const boxes = await sealForAll();
    await copyFile(file(), join(folder, "old.key"));
    const keys = await test.query("select scope from keys.data_key");
    expect(await rotateWith(await open())).toBe(keys.length);
    await expectAllReadable(boxes);
    expect(await countEntries()).toBe(1);
    await rm(file());
    await copyFile(join(folder, "old.key"), file());
    await expect((await openRing()).organisation("R00")).rejects.toThrow(/does not hold/);
  });

  it("is replaced again and again", async () => {
    const boxes = await sealForAll();
    for (let turn = 0; turn < 3; turn++) await rotateWith(await open());
    await expectAllReadable(boxes);
    expect(JSON.parse(await readFile(file(), "utf8")).keys).toMatchObject([{ version: 4 }]);
  });

  it("is replaced while other processes read, and make keys for new organisations, without one failure", async () => {
    const boxes = await sealForAll();
    const ring = await openRing();
    const made: Promise<unknown>[] = [];
    const rotated = rotateWith(await open());
    for (let index = 0; index < MEANWHILE; index++) {
      made.push(ring.organisation(`N${index}`).then((keys) => boxes.get("R00") && keys.seal("x", "p")));
      made.push(openRing().then((later) => later.organisation(ORGANISATIONS[index] ?? "R00")));
    }
    await Promise.all([rotated, ...made]);
    await expectAllReadable(boxes);
    const anew = await openRing();
    for (let index = 0; index < MEANWHILE; index++) await expect(anew.organisation(`N${index}`)).resolves.toBeDefined();
  });

  it("unwraps, in a process that runs on, what was wrapped after it had started", async () => {
    await sealForAll();
    const running = await openRing();
    await rotateWith(await open());
    await expect(running.organisation("R05")).resolves.toBeDefined();
    await expect(running.organisation("RNEW")).resolves.toBeDefined();
    await expect((await openRing()).organisation("RNEW")).resolves.toBeDefined();
  });
});

class Crash extends Error {}
const crash = (): never => {
  throw new Crash();
};

/** Ends the work at one step, as a process does that is killed there. */
const CRASHES: readonly (readonly [when: string, broken: (real: ReplaceableKey) => Partial<ReplaceableKey>])[] = [
  ["before the new key is written", () => ({ addNewer: async () => crash() })],
  [
    "after the new key is written",
    (real) => ({
      addNewer: async () => {
        await real.addNewer();
        crash();
      },
    }),
  ],
  [
    "while data keys are wrapped anew",
    (real) => {
      let wrapped = 0;
      return { wrap: (key, scope) => (wrapped++ === 7 ? crash() : real.wrap(key, scope)) };
    },
  ],
  ["after they were wrapped, before the old key is forgotten", () => ({ retireOlder: async () => crash() })],
  [
    "after the old key is forgotten",
    (real) => ({
      retireOlder: async () => {
        await real.retireOlder();
        crash();
      },
    }),
  ],
];

describe("a replacement of the master key that ended", () => {
  it.each(CRASHES)("%s leaves everything readable, and is done by calling it again", async (_when, broken) => {
    const boxes = await sealForAll();
    const real = await open();
    const bound: ReplaceableKey = {
      erasure: real.erasure,
      wrap: (key, scope) => real.wrap(key, scope),
      unwrap: (wrapped, scope) => real.unwrap(wrapped, scope),
      addNewer: () => real.addNewer(),
      isNewest: (wrapped) => real.isNewest(wrapped),
      retireOlder: () => real.retireOlder(),
      ...broken(real),
    };
    await expect(rotateWith(bound)).rejects.toThrow(Crash);
    await expectAllReadable(boxes);
    await rotateWith(await open());
    await expectAllReadable(boxes);
    expect(JSON.parse(await readFile(file(), "utf8")).keys).toHaveLength(1);
  });

  it("because a data key does not unwrap keeps the old key", async () => {
    const boxes = await sealForAll();
    await test.query(
      "update keys.data_key set wrapped = set_byte(wrapped, 20, 255 - get_byte(wrapped, 20)) where scope = 'organisation:R03'",
    );
    await expect(rotateWith(await open())).rejects.toThrow(KeyError);
    expect(JSON.parse(await readFile(file(), "utf8")).keys).toHaveLength(2);
    boxes.delete("R03");
    await expectAllReadable(boxes);
  });
});
