import { mkdtempSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compactVerify, importJWK, SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { initClient } from "../../../src/cli/init-client.ts";

const jwk = z.looseObject({ kty: z.string() });
const folder = (): string => mkdtempSync(join(tmpdir(), "nacr-init-"));
const read = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));

describe("a new key pair of a client", () => {
  it("is two halves of one key, of which its user alone reads the private one", async () => {
    const place = folder();
    initClient(place);
    const { privateKey, alg } = z.object({ privateKey: jwk, alg: z.string() }).parse(read(join(place, "client.key.json")));
    const shared = jwk.parse(read(join(place, "client.jwk.json")));
    const signed = await new SignJWT({}).setProtectedHeader({ alg }).sign(await importJWK(privateKey, alg));
    await expect(compactVerify(signed, await importJWK(shared, alg))).resolves.toBeDefined();
    expect(statSync(join(place, "client.key.json")).mode & 0o777).toBe(0o600);
    expect(shared).not.toHaveProperty("d");
  });

  it("never takes the place of one that is there", () => {
    const place = folder();
    initClient(place);
    const before = readFileSync(join(place, "client.key.json"), "utf8");
    expect(() => initClient(place)).toThrow("is there already");
    expect(readFileSync(join(place, "client.key.json"), "utf8")).toBe(before);
    expect(() => initClient(join(place, "missing"))).toThrow("cannot be written");
  });
});
