/** D2: what is sealed opens in its own place, whole, for its own organisation, and nowhere else. */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type DataKeyStore, KeyError, type WrappedKey } from "../../../src/keys/key-management.ts";
import { createKeyRing } from "../../../src/keys/key-ring.ts";
import { createForgettingKeyManagement } from "../../../src/keys/local-key-file.ts";
import { createSeededRandom } from "../../../src/lib/seeded-random.ts";

const store = (): DataKeyStore => {
  const rows: WrappedKey[] = [];
  return {
    read: async (scopes) => rows.filter(({ scope }) => scopes.includes(scope)),
    insertFirst: async (scope, wrap) => {
      if (!rows.some((row) => row.scope === scope)) rows.push({ scope, version: 1, wrapped: await wrap(), seals: true });
    },
  };
};
const ring = createKeyRing(createForgettingKeyManagement(), store());
const TRIALS = 1_000;
const ORGANISATIONS = ["RAA", "RBB", "RCC"];
const COLUMNS = ["", "/1", "/2", "/1/tombstone", "/withdrawal", "/envelope/0", "/decision"];

const random = createSeededRandom(20_261_126);

interface Place {
  readonly ods: string;
  readonly row: string;
  readonly column: string;
  readonly unit: string | undefined;
}

const anyPlace = (): Place => ({
  ods: random.pick(ORGANISATIONS),
  row: `row-${random.integer(0, 49)}`,
  column: random.pick(COLUMNS),
  unit: random.next() < 0.5 ? undefined : `unit-${random.integer(0, 49)}`,
});
const aadOf = ({ ods, row, column }: Place): string => `${ods}/${row}${column}`;
const isSame = (a: Place, b: Place): boolean => a.ods === b.ods && aadOf(a) === aadOf(b);

async function isRefused(box: Uint8Array, place: Place): Promise<boolean> {
  try {
    (await ring.organisation(place.ods)).open(box, aadOf(place));
    return false;
  } catch (error) {
    if (!(error instanceof KeyError)) throw error;
    return true;
  }
}

const sealAt = async (place: Place): Promise<Buffer> =>
  (await ring.organisation(place.ods)).seal(`content of ${aadOf(place)}`, aadOf(place), place.unit);

describe("a sealed box", () => {
  it(`is refused ${TRIALS} of ${TRIALS} times in another row, another column, or another organisation's table`, async () => {
    let refused = 0;
    for (let trial = 0; trial < TRIALS; trial++) {
      const place = anyPlace();
      let other = anyPlace();
      while (isSame(place, other)) other = anyPlace();
      const box = await sealAt(place);
      expect(await isRefused(box, place)).toBe(false);
      if (await isRefused(box, other)) refused++;
    }
    expect(refused).toBe(TRIALS);
  });

  it(`is refused ${TRIALS} of ${TRIALS} times with one bit changed, of each of its bytes`, async () => {
    let [refused, trials] = [0, 0];
    while (trials < TRIALS) {
      const place = anyPlace();
      const box = await sealAt(place);
      for (const position of box.keys()) {
        const altered = Buffer.from(box);
        altered.writeUInt8(altered.readUInt8(position) ^ (1 << random.integer(0, 7)), position);
        trials++;
        if (await isRefused(altered, place)) refused++;
      }
    }
    expect(refused).toBe(trials);
  });

  it("would open anywhere if it were not bound to its place (control)", () => {
    const key = randomBytes(32);
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", key, nonce);
    const body = Buffer.concat([cipher.update("content of RAA/row-1"), cipher.final()]);
    // The row it was moved to has the organisation's key as well, and nothing else to tell it by.
    const decipher = createDecipheriv("aes-256-gcm", key, nonce);
    decipher.setAuthTag(cipher.getAuthTag());
    expect(Buffer.concat([decipher.update(body), decipher.final()]).toString()).toBe("content of RAA/row-1");
  });
});
