import { generateKeyPairSync, type JsonWebKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type KeyProblem, readKeySet, readPublicKey, readPublishedSet } from "../../../src/access/public-keys.ts";

const jwkOf = (key: { export(options: { format: "jwk" }): JsonWebKey }): JsonWebKey => key.export({ format: "jwk" });
const rsa = generateKeyPairSync("rsa", { modulusLength: 2_048 });
const shortRsa = generateKeyPairSync("rsa", { modulusLength: 1_024 });
const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" });
const p256 = generateKeyPairSync("ec", { namedCurve: "P-256" });
const ed = generateKeyPairSync("ed25519");
const RSA = { ...jwkOf(rsa.publicKey), kid: "rsa-1" };
const EC = { ...jwkOf(p384.publicKey), kid: "ec-1" };

describe("a public key", () => {
  it("is kept without anything that does not make the key", () => {
    const { n, e } = RSA;
    expect(readPublicKey({ ...RSA, alg: "RS512", use: "sig", key_ops: ["verify"], x5c: ["AAAA"], note: "x" })).toEqual({
      kid: "rsa-1",
      jwk: { kty: "RSA", n, e, kid: "rsa-1", alg: "RS512" },
    });
    expect(readPublicKey(EC)).toEqual({ kid: "ec-1", jwk: EC });
  });

  it.each<readonly [string, unknown, KeyProblem]>([
    ["is no object", "RSA", "NOT_A_KEY"],
    ["is a list", [RSA], "NOT_A_KEY"],
    ["is private, of RSA", { ...jwkOf(rsa.privateKey), kid: "k" }, "PRIVATE_KEY"],
    ["is private, of a curve", { ...jwkOf(p384.privateKey), kid: "k" }, "PRIVATE_KEY"],
    ["has one private member, whatever it holds", { ...RSA, dp: null }, "PRIVATE_KEY"],
    ["is a shared secret", { kty: "oct", k: "c2VjcmV0", kid: "k" }, "PRIVATE_KEY"],
    ["has no kid", jwkOf(rsa.publicKey), "NO_KEY_ID"],
    ["has a kid with a space", { ...RSA, kid: "a b" }, "NO_KEY_ID"],
    ["is for encryption", { ...RSA, use: "enc" }, "NOT_FOR_SIGNATURES"],
    ["may sign", { ...RSA, key_ops: ["sign", "verify"] }, "NOT_FOR_SIGNATURES"],
    ["is for RS256", { ...RSA, alg: "RS256" }, "WRONG_ALGORITHM"],
    ["is for a shared secret by its algorithm", { ...RSA, alg: "HS512" }, "WRONG_ALGORITHM"],
    ["is for the other kind's algorithm", { ...EC, alg: "RS512" }, "WRONG_ALGORITHM"],
    ["is on another curve", { ...jwkOf(p256.publicKey), kid: "k" }, "WRONG_ALGORITHM"],
    ["is of Edwards", { ...jwkOf(ed.publicKey), kid: "k" }, "WRONG_ALGORITHM"],
    ["is short", { ...jwkOf(shortRsa.publicKey), kid: "k" }, "TOO_SHORT"],
    ["has the exponent 1, so that anybody can sign", { ...RSA, e: "AQ" }, "TOO_SHORT"],
    ["has the exponent 3", { ...RSA, e: "Aw" }, "TOO_SHORT"],
    ["is no point of its curve", { ...EC, x: EC.y }, "NOT_A_KEY"],
    ["holds text that is no base64url", { ...RSA, n: "not a number!" }, "NOT_A_KEY"],
  ])("that %s is refused", (_what, jwk, problem) => {
    expect(readPublicKey(jwk)).toBe(problem);
  });
});

describe("a key set", () => {
  it("that a client hands in is refused for one bad key, too many, or two of one name", () => {
    expect(readKeySet({ keys: [RSA, EC] }, 2)).toHaveLength(2);
    expect(readKeySet({ keys: [RSA, { ...EC, use: "enc" }] }, 2)).toBe("NOT_FOR_SIGNATURES");
    expect(readKeySet({ keys: [RSA, EC, { ...EC, kid: "third" }] }, 2)).toBe("TOO_MANY");
    expect(readKeySet({ keys: [RSA, { ...EC, kid: "rsa-1" }] }, 2)).toBe("SAME_KEY_ID");
    for (const none of [{ keys: [] }, {}, [], null, RSA]) expect(readKeySet(none, 2)).toBe("NOT_A_KEY");
  });

  it("that a client publishes gives those of its keys that can be used, and none where it is no set or too large a one", () => {
    const published = { keys: [RSA, { ...EC, use: "enc" }, { ...jwkOf(p384.privateKey), kid: "oops" }] };
    expect(readPublishedSet(JSON.stringify(published), 5)?.map(({ kid }) => kid)).toEqual(["rsa-1"]);
    expect(readPublishedSet(JSON.stringify({ keys: Array(6).fill(RSA) }), 5)).toBeNull();
    expect(readPublishedSet(JSON.stringify({ keys: [RSA, RSA] }), 5)).toBeNull();
    for (const none of ["", "<html>", "[]", '{"keys":1}']) expect(readPublishedSet(none, 5)).toBeNull();
  });
});
