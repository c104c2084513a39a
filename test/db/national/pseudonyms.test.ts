/** D4: what two holders of pseudonyms can find out by putting them side by side, and what one can rely on. */
import { describe, expect, it } from "vitest";
import { createKeyRing } from "../../../src/keys/key-ring.ts";
import { createForgettingKeyManagement } from "../../../src/keys/local-key-file.ts";
import { createDataKeyStore } from "../../../src/persistence/database/data-key-store.ts";
import { provideDatabase } from "../../support/database.ts";

const testDatabase = provideDatabase();
const PEOPLE = Array.from({ length: 10_000 }, (_, index) => `nhs/${index.toString(16).padStart(64, "0")}`);

/** How many of one list stand in the other, as they are, or by any part of them that is long enough to tell people apart. */
function countLinks(one: readonly string[], other: readonly string[]): number {
  const parts = (text: string): readonly string[] => [text, text.slice(0, 16), text.slice(-16)];
  const known = new Set(other.flatMap(parts));
  return one.filter((text) => parts(text).some((part) => known.has(part))).length;
}

describe("pseudonyms of 10,000 people", () => {
  const management = createForgettingKeyManagement();
  const ring = () => createKeyRing(management, createDataKeyStore(testDatabase().database));

  it("are others under each agreement, and under none of them what the national side has", async () => {
    const keys = ring();
    const [national, one, other] = [
      await keys.pseudonyms("national"),
      await keys.pseudonyms("DSA-1"),
      await keys.pseudonyms("DSA-2"),
    ];
    const lists = [national, one, other].map((key) => PEOPLE.map((person) => key.mac(person)));
    const [a = [], b = [], c = []] = lists;
    expect([countLinks(a, b), countLinks(a, c), countLinks(b, c)]).toEqual([0, 0, 0]);
    expect(lists.map((list) => new Set(list).size)).toEqual([10_000, 10_000, 10_000]);
    // The pseudonyms of one agreement made from those of another would be no join either: they are made from the person.
    expect(
      countLinks(
        b.map((pseudonym) => other.mac(pseudonym)),
        c,
      ),
    ).toBe(0);
  });

  it("are found where one key serves two agreements (control)", async () => {
    const key = await ring().pseudonyms("DSA-1");
    const list = PEOPLE.map((person) => key.mac(person));
    expect(countLinks(list, [...list].reverse())).toBe(10_000);
  });

  it("are the same for one purpose after its key was wrapped anew", async () => {
    const before = (await ring().pseudonyms("national")).mac;
    const { query } = testDatabase();
    const [stored] = await query("select version, wrapped from keys.data_key where scope = 'pseudonym:national'");
    if (!(stored?.wrapped instanceof Uint8Array)) throw new Error("the key is stored");
    const plain = await management.unwrap(Buffer.from(stored.wrapped), "pseudonym:national");
    const wrappedAnew = await management.wrap(plain, "pseudonym:national");
    await query("update keys.data_key set wrapped = $1 where scope = 'pseudonym:national'", [wrappedAnew]);
    expect(Buffer.compare(wrappedAnew, stored.wrapped)).not.toBe(0);
    const after = (await ring().pseudonyms("national")).mac;
    expect(PEOPLE.filter((person) => before(person) === after(person))).toHaveLength(10_000);
  });

  it("join by nothing that is stored: not to each other, not to the national rows, not to the digests hospitals have", async () => {
    const { query } = testDatabase();
    const [national, one, other] = [
      await ring().pseudonyms("national"),
      await ring().pseudonyms("DSA-1"),
      await ring().pseudonyms("DSA-2"),
    ];
    const held = {
      hospitals: PEOPLE.map((person) => person.slice("nhs/".length)),
      national: PEOPLE.map(national.mac),
      one: PEOPLE.map(one.mac),
      other: PEOPLE.map(other.mac),
    };
    for (const [name, digests] of Object.entries(held))
      await query(`create table public.held_${name} as select decode(x, 'hex') as digest from unnest($1::text[]) x`, [
        `{${digests.join()}}`,
      ]);
    const countJoined = async (a: string, b: string) =>
      (await query(`select count(*)::int as joined from public.held_${a} a join public.held_${b} b using (digest)`))[0]?.joined;
    const names = Object.keys(held);
    const pairs = names.flatMap((a, index) => names.slice(index + 1).map((b) => [a, b] as const));
    const joined: unknown[] = [];
    for (const [a, b] of pairs) joined.push(await countJoined(a, b));
    expect(joined).toEqual(pairs.map(() => 0));
    // The control: what is one list joins whole.
    expect(await countJoined("one", "one")).toBe(10_000);
  });
});
