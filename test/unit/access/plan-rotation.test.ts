import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { planRotation, type StoredKey } from "../../../src/access/plan-rotation.ts";

const jwk = (kid: string) => ({ ...generateKeyPairSync("ec", { namedCurve: "P-384" }).publicKey.export({ format: "jwk" }), kid });
const [A, B, C] = [jwk("a"), jwk("b"), jwk("c")];
const live = (key: { readonly kid: string }): StoredKey => ({ kid: key.kid, jwk: key, isLive: true });
const gone = (key: { readonly kid: string }): StoredKey => ({ ...live(key), isLive: false });
const plan = (asked: { add?: unknown; remove?: string }, keys: readonly StoredKey[]) => {
  const { add, remove } = planRotation({ add: asked.add ?? null, remove: asked.remove ?? null }, keys);
  return [add?.kid ?? null, remove];
};

describe("a rotation", () => {
  it("adds a second key, then removes the first; or both at once", () => {
    expect(plan({ add: B }, [live(A)])).toEqual(["b", null]);
    expect(plan({ remove: "a" }, [live(A), live(B)])).toEqual([null, "a"]);
    expect(plan({ add: C, remove: "a" }, [live(A), live(B)])).toEqual(["c", "a"]);
    expect(plan({ add: C }, [live(A), gone(B)])).toEqual(["c", null]);
  });

  it("that is asked for again changes nothing", () => {
    expect(plan({ add: B, remove: "a" }, [gone(A), live(B)])).toEqual([null, null]);
  });

  it.each<readonly [string, { add?: unknown; remove?: string }, readonly StoredKey[], string]>([
    ["to three keys", { add: C }, [live(A), live(B)], "at most 2 keys"],
    ["to none", { remove: "a" }, [live(A)], "last key"],
    ["of a key there is not", { remove: "x" }, [live(A)], "no key of this kid"],
    ["to a key that was removed once", { add: A }, [gone(A), live(B)], "of its own"],
    ["to another key of the same name", { add: { ...B, kid: "a" } }, [live(A)], "of its own"],
    ["to what is no key", { add: { kid: "z" } }, [live(A)], "not a public key"],
  ])("%s is refused", (_what, asked, keys, message) => {
    expect(() => plan(asked, keys)).toThrow(message);
  });

  it("to a private key is refused without a word of it", () => {
    const secret = {
      ...generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey.export({ format: "jwk" }),
      kid: "s3cret-kid",
    };
    try {
      plan({ add: secret }, [live(A)]);
      expect.unreachable();
    } catch (error) {
      const told = JSON.stringify([error, String(error)]);
      for (const value of Object.values(secret)) if (String(value).length > 5) expect(told).not.toContain(String(value));
      expect(String(error)).toContain("private half");
    }
  });
});
