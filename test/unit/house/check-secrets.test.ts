import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { findSecrets } from "../../../scripts/check-secrets.ts";

/** Made at run time, so that this file holds nothing that looks like a secret; a digest, so that every run sees the same. */
const random = (bytes: number, encoding: "base64url" | "hex") =>
  createHash("sha512").update("planted").digest().subarray(0, bytes).toString(encoding);
const planted: readonly (readonly [string, string])[] = [
  ["private key", `-----BEGIN ${"RSA PRIVATE"} KEY-----`],
  ["private key as JWK", `{"kty":"EC","d":"${random(40, "base64url")}"}`],
  ["signed token", ["eyJ", "hbGciOiJIUzUxMiJ9.", "eyJ", "zdWIiOiJkZW1vIn0.", random(32, "base64url")].join("")],
  ["AWS key", `AKIA${"ABCDEFGH23456789"}`],
  ["GitHub token", `ghp_${"a1B2c3D4e5F6".repeat(3)}`],
  ["npm token", `//registry.npmjs.org/:_auth${"Token"}=x`],
  ["password in an address", `postgresql://gateway:${random(6, "hex")}@db.example/nacr`],
  ["assigned secret", `const client${"Secret"} = "${"correct-horse-battery"}";`],
  ["random text", `key: ${random(32, "base64url")}`],
  ["random text", `salt = ${random(32, "hex")}`],
];

describe("the search for secrets", () => {
  it.each(planted)("finds a planted %s", (form, line) => {
    expect(findSecrets("src/planted.ts", `first line\n${line}\n`)).toEqual([{ line: 2, form }]);
  });

  it("never repeats what it found", () => {
    const secret = random(32, "base64url");
    expect(JSON.stringify(findSecrets("src/planted.ts", `key: ${secret}`))).not.toContain(secret);
  });

  it.each([
    "createSubmissionRecordConnectionResolverFactory",
    "test/unit/house/check-secrets.test.ts/and/some/more/folders",
    "https://www.example.org/a/servlet/ContentServer_siteID-1937-categoryID-571-dirID-110732",
    "019a4c1e-7d3b-7000-8a55-3f1d0c9b2e61",
    "postgresql://gateway:<password>@db.example/nacr",
    "postgresql://postgres@127.0.0.1:5432/postgres",
    `"@prisma/engine": "7.10.0-4.${"0edf323efd1d98336f3f".repeat(2)}"`,
  ])("takes %s for what it is", (line) => {
    expect(findSecrets("docs/page.md", line)).toEqual([]);
  });

  it("does not take the digests of a lockfile for secrets, but still knows the forms of tokens there", () => {
    expect(findSecrets("package-lock.json", `"integrity": "sha512-${random(64, "base64url")}"`)).toEqual([]);
    expect(findSecrets("package-lock.json", `"resolved": "https://user:${random(6, "hex")}@host.example/a.tgz"`)).toHaveLength(1);
  });
});
