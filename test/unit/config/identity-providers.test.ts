import { describe, expect, it } from "vitest";
import { readIdentityProviders } from "../../../src/config/identity-providers.ts";

const GOOD = { issuer: "https://login.test/realm", audience: "https://gateway.test", acrValues: ["mfa"] };
const read = (...providers: readonly unknown[]) => readIdentityProviders(JSON.stringify({ providers }));

describe("the file of identity providers", () => {
  it("needs an issuer, an audience and strong sign-ins; the rest has defaults", () => {
    expect(read(GOOD)).toEqual({
      ok: true,
      providers: [
        {
          ...GOOD,
          subjectClaim: "sub",
          acrClaim: "acr",
          tokenTypes: ["at+jwt", "jwt"],
          maxLifetimeSeconds: 3_600,
          clockToleranceSeconds: 5,
        },
      ],
    });
    expect(read({ ...GOOD, tokenTypes: ["application/AT+JWT"] })).toMatchObject({ providers: [{ tokenTypes: ["at+jwt"] }] });
  });

  it("is told all that is wrong with it at once", () => {
    const answer = read({ ...GOOD, acrValues: [], maxLifetimeSeconds: 86_400 }, { ...GOOD, issuer: "ftp://x.test", secret: "s" });
    if (answer.ok) throw new Error("it was taken");
    expect(answer.problems.map((problem) => problem.split(":")[0])).toEqual([
      "providers.0.acrValues",
      "providers.0.maxLifetimeSeconds",
      "providers.1.issuer",
      "providers.1",
    ]);
  });

  it.each<readonly [string, string]>([
    ["no JSON", "{"],
    ["an empty list", '{"providers":[]}'],
    ["a list by itself", "[]"],
    ["one issuer twice", JSON.stringify({ providers: [GOOD, GOOD] })],
  ])("is refused as %s", (_name, text) => {
    expect(readIdentityProviders(text).ok).toBe(false);
  });
});
