import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createKeyRing, type KeyRing } from "../../../src/keys/key-ring.ts";
import { createForgettingKeyManagement } from "../../../src/keys/local-key-file.ts";
import type { OrganisationKeys } from "../../../src/keys/organisation-keys.ts";
import { keyVersionOf } from "../../../src/keys/sealed-box.ts";
import { createUuid7 } from "../../../src/lib/uuid7.ts";
import { createDataKeyStore } from "../../../src/persistence/database/data-key-store.ts";
import { destroyOlderKeys, findReplacedKeys, replaceDataKey, replaceTokenSecret } from "../../../src/persistence/key-rotation.ts";
import { isSealedAnew, resealOrganisation } from "../../../src/persistence/resealing/reseal-organisation.ts";
import { type BoxRow, SEALED_CONTENTS, type SealedContent } from "../../../src/persistence/resealing/sealed-columns.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { insertRows, tableOf, toBuried } from "./sealed-rows.ts";

const ODS = "RAA";
const ROWS_EACH = 30;
const management = createForgettingKeyManagement();
const always = (): boolean => true;

let test: TestDatabase;
let ring: KeyRing;
beforeAll(async () => {
  test = await openTestDatabase();
  ring = createKeyRing(management, createDataKeyStore(test.database));
});
afterAll(() => test.close());

const dependencies = () => ({ database: test.database, newId: createUuid7() });
/** As if the time had passed after which every process knows the new version. */
const letKeysSettle = () => test.query("update keys.data_key set seals_from = now() - interval '1 day' returning scope");
const versionsOf = (scope: string) => test.query("select version from keys.data_key where scope = $1 order by 1", [scope]);

/** The place of a box, asked of the list by handing it keys that only take note. */
function placeOf(content: SealedContent, row: BoxRow): string {
  const places: string[] = [];
  const keys = {
    version: 1,
    reseal: (box: Uint8Array, aad: string) => {
      places.push(aad);
      return Buffer.from(box);
    },
  };
  const cell = content.name.endsWith(".beside")
    ? JSON.stringify([{ patient_id: row.id, sealed: "\\x00", key_version: 1 }])
    : new Uint8Array(1);
  content.reseal({ content: cell }, row, keys as unknown as OrganisationKeys);
  return places[0] ?? "";
}

interface Kept {
  readonly content: SealedContent;
  readonly row: BoxRow;
  readonly plain: string;
}

async function fill(keys: OrganisationKeys, each: number): Promise<readonly Kept[]> {
  const kept: Kept[] = [];
  for (const content of SEALED_CONTENTS) {
    const table = tableOf(content);
    const rows = Array.from(
      { length: each },
      (_, index): BoxRow => ({
        ods: ODS,
        id: randomUUID(),
        part: table.part === null ? 0 : index,
      }),
    );
    const boxes = rows.map((row) => {
      const plain = `${content.name} ${row.id}`;
      kept.push({ content, row, plain });
      const box = keys.seal(plain, placeOf(content, row), row.id);
      return { ...row, content: table.column === "beside" ? toBuried(row.id, box, keys) : box };
    });
    await insertRows(test.database, table, ODS, boxes);
  }
  return kept;
}

/** The box of a row as it stands now. */
async function readBox({ content, row }: Kept): Promise<Buffer> {
  const { table, column, id, part } = tableOf(content);
  const cell = column === "beside" ? "(beside -> 'identity.patient_identity' -> 0 ->> 'sealed')::bytea" : column;
  const [found] = await test.query(
    `select ${cell} as box from ${table} where ${id} = $1::uuid and ${part ?? "0"} = $2::integer`,
    [row.id, row.part],
  );
  return Buffer.from(found?.box as Uint8Array);
}

describe("an organisation's data key", () => {
  let kept: readonly Kept[];
  let keys: OrganisationKeys;
  const digest = () => keys.mac("hospital", "A1");
  let digestBefore: string;

  beforeAll(async () => {
    keys = await ring.organisation(ODS);
    digestBefore = digest();
    kept = await fill(keys, ROWS_EACH);
  });

  it("is known to every process before the first of them seals with it", async () => {
    expect(await replaceDataKey(dependencies(), management, ODS)).toBe(2);
    await ring.refresh();
    expect(keys.version).toBe(1);
    await letKeysSettle();
    const other = await createKeyRing(management, createDataKeyStore(test.database)).organisation(ODS);
    const ahead = other.seal("early", "place");
    expect(keyVersionOf(ahead)).toBe(2);
    expect(keys.open(ahead, "place").toString()).toBe("early");
    await ring.refresh();
    expect(keys.version).toBe(2);
  });

  it("leaves what was sealed with the older one readable, and is not destroyed while any of it is left", async () => {
    for (const one of kept) expect(keys.open(await readBox(one), placeOf(one.content, one.row)).toString()).toBe(one.plain);
    expect(await isSealedAnew(test.database, ODS, 2)).toBe(false);
  });

  it("is put in the place of the older one in every table, in pieces, and again after a piece was the last", async () => {
    let pieces = 0;
    const first = await resealOrganisation(test.database, ODS, keys, () => pieces++ < 3);
    expect(first.boxes).toBe(3 * ROWS_EACH);
    const rest = await resealOrganisation(test.database, ODS, keys, always);
    expect(first.boxes + rest.boxes).toBe(kept.length);
    expect(await resealOrganisation(test.database, ODS, keys, always)).toEqual({ boxes: 0, unreadable: 0 });
    expect(await isSealedAnew(test.database, ODS, 2)).toBe(true);
    for (const one of kept) {
      const box = await readBox(one);
      expect(keyVersionOf(box), one.content.name).toBe(2);
      expect(keys.open(box, placeOf(one.content, one.row)).toString()).toBe(one.plain);
    }
    const versions = await test.query("select distinct key_version from identity.patient_identity where ods = $1", [ODS]);
    expect(versions).toEqual([{ key_version: 2 }]);
  });

  it("is the only one once the older is destroyed, which opens nothing any more; digests stay as they were", async () => {
    const [replaced] = await findReplacedKeys(test.database, 60);
    expect(replaced).toEqual({ scope: `organisation:${ODS}`, newest: 2, isSettled: true });
    const before = createKeyRing(management, createDataKeyStore(test.database));
    const old = await before.organisation(ODS);
    const [wrapped] = await test.query("select wrapped from keys.data_key where scope = $1 and version = 1", [replaced?.scope]);
    if (replaced === undefined) throw new Error("a key was replaced");
    expect(await destroyOlderKeys(dependencies(), replaced, ODS)).toBe(1);
    expect(await destroyOlderKeys(dependencies(), replaced, ODS)).toBe(0);
    expect(await versionsOf(replaced.scope)).toEqual([{ version: 2 }]);
    await before.refresh();
    const anew = await createKeyRing(management, createDataKeyStore(test.database)).organisation(ODS);
    expect(anew.mac("hospital", "A1")).toBe(digestBefore);
    expect(digest()).toBe(digestBefore);
    // A box that was sealed with it, and the key itself out of a back-up: the ring knows neither.
    const relic = Buffer.from(anew.seal("relic", "place"));
    relic.writeUInt8(1, 1);
    expect(() => old.open(relic, "place")).toThrow(/Version 1 .* is gone/);
    for (const one of kept) expect(await readBox(one)).not.toContain(Buffer.from(wrapped?.wrapped as Uint8Array));
  });

  it("does not count a box that was moved as sealed anew, and leaves it as it is", async () => {
    const content = SEALED_CONTENTS[0];
    if (content === undefined) throw new Error("the list is empty");
    const id = randomUUID();
    const moved = keys.seal("x", "another place");
    await insertRows(test.database, tableOf(content), ODS, [{ id, part: 0, content: moved }]);
    await replaceDataKey(dependencies(), management, ODS);
    await letKeysSettle();
    await ring.refresh();
    const { unreadable } = await resealOrganisation(test.database, ODS, keys, always);
    expect(unreadable).toBe(1);
    expect(await isSealedAnew(test.database, ODS, 3)).toBe(false);
    expect(await readBox({ content, row: { ods: ODS, id, part: 0 }, plain: "" })).toEqual(moved);
    await test.query("delete from identity.patient_identity where patient_id = $1::uuid", [id]);
  });

  it("is replaced with one entry in the audit trail, and so is its destruction told", async () => {
    const told = await test.query(
      "select type, ods, action, agent_id, details from audit.event where type like '%DATA_KEY' order by at",
    );
    expect(told).toEqual([
      { type: "ROTATE_DATA_KEY", ods: ODS, action: "U", agent_id: "operator", details: { version: 2 } },
      { type: "DESTROY_DATA_KEY", ods: ODS, action: "D", agent_id: "operator", details: { before: 2, count: 1 } },
      { type: "ROTATE_DATA_KEY", ods: ODS, action: "U", agent_id: "operator", details: { version: 3 } },
    ]);
  });

  it("is not replaced twice within a moment, nor where there is none", async () => {
    await replaceDataKey(dependencies(), management, ODS);
    await expect(replaceDataKey(dependencies(), management, ODS)).rejects.toThrow(/a moment ago/);
    await expect(replaceDataKey(dependencies(), management, "RZZ")).rejects.toThrow(/no data key/);
  });
});

describe("the secret of tokens", () => {
  it("is replaced while the older one stays good until it is destroyed", async () => {
    const secrets = await ring.tokenSecrets();
    const old = secrets.newest();
    await replaceTokenSecret(dependencies(), management);
    await letKeysSettle();
    await ring.refresh();
    expect(secrets.newest().version).toBe(2);
    expect(secrets.find(1)).toEqual(old.secret);
    expect(secrets.newest().secret).not.toEqual(old.secret);
    await destroyOlderKeys(dependencies(), { scope: "tokens", newest: 2, isSettled: true }, null);
    await ring.refresh();
    expect(secrets.find(1)).toBeNull();
  });
});
