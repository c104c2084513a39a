import { gzipSync } from "node:zlib";
import { exportJWK, generateKeyPair } from "jose";
import { afterEach, describe, expect, it } from "vitest";
import type { PatientResources } from "../../../src/pull/pull-ports.ts";
import { type FixtureServer, madeUpPatient, send } from "../../support/fhir-server.ts";
import { closeServers, inSession, reasonOf, settingsOf, startServer } from "./fhir-session.ts";

const TYPES = ["Patient", "Encounter", "Condition"];
afterEach(closeServers);

const namesOf = (patient: PatientResources | null): readonly unknown[] =>
  patient?.own.map(({ resourceType, id }) => `${resourceType}/${id}`) ?? [];

describe("a FHIR server", () => {
  it("is searched page after page", async () => {
    const server = await startServer({ pageSize: 2 }, 5);
    const { ids } = await inSession(server.base, (session) => session.findPatients(settingsOf(), TYPES, null));
    expect(ids).toEqual(["p1", "p2", "p3", "p4", "p5"]);
    expect(server.count(/^\/page/)).toBe(2);
  });

  it("is asked for those of whom anything changed, of the cohort only", async () => {
    const server = await startServer();
    server.resources.push({ ...madeUpPatient(2, "2", "2026-02-20T10:00:00Z")[2], id: "c2b", resourceType: "Condition" });
    server.resources.push({ ...madeUpPatient(3, "2", "2026-02-20T10:00:00Z")[2], id: "c3b", resourceType: "Condition" });
    server.resources.push({ resourceType: "Group", id: "g", member: [{ entity: { reference: "Patient/p2" } }] });
    const changed = (groupId: string | null) =>
      inSession(server.base, (session) => session.findPatients(settingsOf({ groupId }), TYPES, "2026-02-01T00:00:00Z"));
    expect((await changed(null)).ids).toEqual(["p2", "p3"]);
    expect((await changed("g")).ids).toEqual(["p2"]);
  });

  it("gives a patient by $everything, or type by type, and the same resources either way", async () => {
    for (const everything of [true, false]) {
      const server = await startServer({ everything });
      const patient = await inSession(server.base, (session) => session.readPatient("p2", TYPES, everything));
      expect(namesOf(patient).toSorted()).toEqual(["Condition/c2", "Encounter/e2", "Patient/p2"]);
      expect(server.count(/everything/)).toBe(everything ? 1 : 0);
    }
  });

  it("is searched by POST, so that no address names a patient, and by GET only where it has no other", async () => {
    const server = await startServer();
    await inSession(server.base, (session) => session.readPatient("p1", TYPES, false));
    expect(server.asked.filter(({ path }) => path.includes("?")).map(({ path }) => path)).toEqual([]);
    const old = await startServer({ postSearch: false });
    expect(namesOf(await inSession(old.base, (session) => session.readPatient("p1", TYPES, false)))).toHaveLength(3);
    const named = await startServer({ postSearch: false });
    named.resources.push({ resourceType: "Patient", id: "9990000018" });
    // Each type is refused rather than asked for with a number in the address.
    const patient = await inSession(named.base, (session) => session.readPatient("9990000018", TYPES, false));
    expect(patient?.refused).toEqual(["Encounter", "Condition"]);
    expect(named.asked.some(({ path }) => path.includes("?") && path.includes("9990000018"))).toBe(false);
  });

  it("is read with what its patients refer to, each practice once", async () => {
    const server = await startServer();
    server.resources.push({ resourceType: "Organization", id: "gp", name: "Practice" });
    for (const [index, one] of server.resources.entries())
      if (one.resourceType === "Patient")
        server.resources[index] = { ...one, generalPractitioner: [{ reference: "Organization/gp" }] };
    await inSession(server.base, async (session) => {
      const first = await session.readPatient("p1", TYPES, false);
      const second = await session.readPatient("p2", TYPES, false);
      expect([first, second].map((patient) => patient?.shared.map(({ id }) => id))).toEqual([["gp"], ["gp"]]);
    });
    expect(server.count(/^\/Organization\/gp/)).toBe(1);
  });

  it("is not believed where it has more than it gives and no link to the rest", async () => {
    const server = await startServer();
    server.instead = (_asked, response) => {
      send(response, 200, { resourceType: "Bundle", total: 3, entry: [{ resource: { resourceType: "Patient", id: "p1" } }] });
      return true;
    };
    expect(await reasonOf(inSession(server.base, (session) => session.findPatients(settingsOf(), TYPES, null)))).toBe(
      "INCOMPLETE",
    );
  });
});

describe("a hostile FHIR server", () => {
  const searched = (server: FixtureServer) =>
    inSession(server.base, (session) => session.findPatients(settingsOf(), TYPES, null));

  it.each([
    ["another server", (thief: string) => `${thief}/fhir/page?of=0`],
    ["the same server outside its base", (_thief: string, own: string) => `${own}/admin`],
    ["outside its base by dots", (_thief: string, own: string) => `${own}/fhir/../admin`],
    ["outside its base by encoded dots", (_thief: string, own: string) => `${own}/fhir/%2e%2e/admin`],
    ["a server whose address begins like its own", (_thief: string, own: string) => `${own}.evil.test/fhir/page`],
    ["credentials", (_thief: string, own: string) => own.replace("//", "//user:secret@").concat("/fhir/page")],
    ["no web server", () => "file:///etc/passwd"],
  ])("does not lead to %s by a link", async (_where, link) => {
    const [thief, server] = [await startServer(), await startServer({ pageSize: 1 })];
    server.instead = (_asked, response) => {
      const url = link(thief.origin, server.origin);
      send(response, 200, { resourceType: "Bundle", link: [{ relation: "next", url }], entry: [] });
      return true;
    };
    expect(await reasonOf(searched(server))).toBe("LINK_ELSEWHERE");
    expect(thief.asked).toEqual([]);
    expect(server.asked).toHaveLength(1);
  });

  it("does not lead elsewhere by a redirect", async () => {
    const [thief, server] = [await startServer(), await startServer()];
    server.instead = (_asked, response) => {
      response.writeHead(307, { location: `${thief.base}/Patient` }).end();
      return true;
    };
    expect(await reasonOf(searched(server))).toBe("REDIRECT");
    expect(thief.asked).toEqual([]);
  });

  it("does not go on for ever by a page that leads to itself", async () => {
    const server = await startServer();
    server.instead = (_asked, response) => {
      send(response, 200, { resourceType: "Bundle", link: [{ relation: "next", url: `${server.base}/page?of=0` }], entry: [] });
      return true;
    };
    expect(await reasonOf(searched(server))).toBe("BAD_ANSWER");
  });

  it("is cut off where it sends more than a limit, packed or not", async () => {
    const server = await startServer();
    const limits = { answerBytes: 1024 * 1024 };
    server.instead = (_asked, response) => {
      response.writeHead(200, { "content-type": "application/fhir+json" }).end(Buffer.alloc(10 * 1024 * 1024, "x"));
      return true;
    };
    expect(await reasonOf(inSession(server.base, (one) => one.findPatients(settingsOf(), TYPES, null), { limits }))).toBe(
      "TOO_LARGE",
    );
    server.instead = (_asked, response) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(Buffer.alloc(10 * 1024 * 1024, " ")));
      return true;
    };
    expect(await reasonOf(inSession(server.base, (one) => one.findPatients(settingsOf(), TYPES, null), { limits }))).toBe(
      "BAD_ANSWER",
    );
  });

  it.each(["null", '"text"', "[1]", "<html>", '{"resourceType":"OperationOutcome"}', ""])(
    "is not believed with %s",
    async (text) => {
      const server = await startServer();
      server.instead = (_asked, response) => {
        response.writeHead(200, { "content-type": "application/fhir+json" }).end(text);
        return true;
      };
      expect(await reasonOf(searched(server))).toBe("BAD_ANSWER");
    },
  );

  it("that hangs is given up, and its circuit opens after five calls", async () => {
    const server = await startServer();
    server.instead = () => true;
    const began = performance.now();
    const reason = await reasonOf(
      inSession(server.base, (one) => one.findPatients(settingsOf(), TYPES, null), { limits: { wholeMs: 100 } }),
    );
    expect(reason).toBe("TIMEOUT");
    expect(server.asked).toHaveLength(5);
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it("that failed before is tried once", async () => {
    const server = await startServer();
    server.instead = (_asked, response) => {
      send(response, 500, {});
      return true;
    };
    expect(
      await reasonOf(inSession(server.base, (one) => one.findPatients(settingsOf(), TYPES, null), { isOnTrial: true })),
    ).toBe("SERVER_ERROR");
    expect(server.asked).toHaveLength(1);
  });

  it("ends at once where the caller's signal says so, also while it waits", async () => {
    const server = await startServer();
    server.instead = (_asked, response) => {
      send(response, 429, {}, { "retry-after": "2" });
      return true;
    };
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error("stopped on purpose")), 50);
    const began = performance.now();
    const work = inSession(server.base, (one) => one.findPatients(settingsOf(), TYPES, null), { signal: stop.signal });
    await expect(work).rejects.toThrow("stopped on purpose");
    expect(performance.now() - began).toBeLessThan(1_500);
  });

  it("keeps what it says out of the failure: no address, no number, no text of its own", async () => {
    const server = await startServer();
    server.instead = (_asked, response) => {
      send(response, 403, { issue: [{ diagnostics: "canary 9990000018" }] });
      return true;
    };
    const failure: unknown = await inSession(server.base, (one) => one.readPatient("p1", TYPES, false)).catch(
      (error: unknown) => error,
    );
    expect(String(failure) + JSON.stringify(failure)).not.toMatch(/canary|9990000018|127\.0\.0\.1|Patient/);
  });
});

describe("the address of a FHIR server", () => {
  const find = (base: string, options: Parameters<typeof inSession>[2]) =>
    reasonOf(inSession(base, (session) => session.findPatients(settingsOf(), TYPES, null), options));

  it.each([
    "http://127.0.0.1:8080/fhir",
    "https://10.0.0.1/fhir",
    "https://[::1]/fhir",
    "https://169.254.169.254/fhir",
    "http://2130706433/fhir",
  ])("is refused where it is private: %s", async (base) => {
    expect(await find(base, { allow: [] })).toBe("REFUSED_ADDRESS");
  });

  it("is refused where one of the addresses of its name is private", async () => {
    const resolve = async () => [
      { address: "93.184.216.34", family: 4 },
      { address: "192.168.0.1", family: 4 },
    ];
    expect(await find("https://hospital.test/fhir", { allow: [], resolve })).toBe("REFUSED_ADDRESS");
  });

  it("is resolved once: a name that points elsewhere later gains nothing", async () => {
    const server = await startServer({ pageSize: 1 });
    let asked = 0;
    const resolve = async () => {
      asked += 1;
      return [{ address: asked === 1 ? "127.0.0.1" : "127.0.0.2", family: 4 }];
    };
    const base = server.base.replace("127.0.0.1", "hospital.test");
    server.instead = ({ headers }, response) => {
      if (headers.host?.startsWith("hospital.test") !== true) send(response, 400, {});
      return headers.host?.startsWith("hospital.test") !== true;
    };
    // Its pages name the address instead of the name, which is another origin.
    expect(await find(base, { resolve })).toBe("LINK_ELSEWHERE");
    expect(asked).toBe(1);
  });
});

describe("a FHIR server that asks for time", () => {
  it("gets the time it asks for", async () => {
    const server = await startServer();
    let refusals = 2;
    server.instead = (_asked, response) => {
      if (refusals === 0) return false;
      refusals -= 1;
      send(response, refusals === 1 ? 429 : 503, {}, { "retry-after": "1" });
      return true;
    };
    const began = performance.now();
    const { ids } = await inSession(server.base, (one) => one.findPatients(settingsOf(), TYPES, null));
    expect(ids).toHaveLength(3);
    expect(performance.now() - began).toBeGreaterThan(1_950);
  });

  it("ends the session where it asks for more than anybody waits, and says how long", async () => {
    const server = await startServer();
    server.instead = (_asked, response) => {
      send(response, 429, {}, { "retry-after": "3600" });
      return true;
    };
    const work = inSession(server.base, (one) => one.findPatients(settingsOf(), TYPES, null));
    await expect(work).rejects.toMatchObject({ reason: "RATE_LIMITED", retryAfterMs: 3_600_000, isTransient: true });
    expect(server.asked).toHaveLength(1);
  });
});

describe("SMART Backend Services", () => {
  it.each(["ES384", "RS384"] as const)(
    "gives a token for an assertion by %s, a new one in time and when one is refused",
    async (algorithm) => {
      const keys = await generateKeyPair(algorithm, { extractable: true });
      const jwk = { ...(await exportJWK(keys.publicKey)), kid: "k1", alg: algorithm };
      const server = await startServer({ jwks: () => ({ keys: [jwk] }) });
      const auth = { clientId: "gateway", tokenUrl: null, scope: "system/*.read", algorithm };
      const secret = { ...(await exportJWK(keys.privateKey)), kid: "k1" };
      const options = { auth, secret };
      await inSession(
        server.base,
        async (session) => {
          await session.findPatients(settingsOf(), TYPES, null);
          expect(server.count(/^\/token/)).toBe(1);
          // The server forgets it, as one that was restarted does.
          server.instead = ({ headers }, response) => {
            if (headers.authorization !== "Bearer token-1") return false;
            send(response, 401, {});
            return true;
          };
          await session.findPatients(settingsOf(), TYPES, null);
          expect(server.count(/^\/token/)).toBe(2);
        },
        options,
      );
      const short = await startServer({ jwks: () => ({ keys: [jwk] }), tokenSeconds: 1 });
      await inSession(
        short.base,
        async (session) => {
          await session.findPatients(settingsOf(), TYPES, null);
          await session.findPatients(settingsOf(), TYPES, null);
        },
        options,
      );
      expect(short.count(/^\/token/)).toBe(2);
    },
  );

  it("is refused with another key, and tried no more than twice", async () => {
    const [known, other] = [await generateKeyPair("ES384"), await generateKeyPair("ES384", { extractable: true })];
    const jwk = { ...(await exportJWK(known.publicKey)), kid: "k1", alg: "ES384" };
    const server = await startServer({ jwks: () => ({ keys: [jwk] }) });
    const auth = { clientId: "gateway", tokenUrl: null, scope: "system/*.read", algorithm: "ES384" as const };
    const secret = { ...(await exportJWK(other.privateKey)), kid: "k1" };
    const work = inSession(server.base, (one) => one.findPatients(settingsOf(), TYPES, null), { auth, secret });
    expect(await reasonOf(work)).toBe("UNAUTHORISED");
    expect(server.count(/^\/token/)).toBe(2);
  });

  it("sends no assertion to a token endpoint on another server that only the server names", async () => {
    const [thief, server] = [await startServer(), await startServer()];
    const keys = await generateKeyPair("ES384", { extractable: true });
    server.instead = (_asked, response) => {
      send(response, 200, { token_endpoint: `${thief.origin}/token` });
      return true;
    };
    const auth = { clientId: "gateway", tokenUrl: null, scope: "system/*.read", algorithm: "ES384" as const };
    const secret = await exportJWK(keys.privateKey);
    const work = inSession(server.base, (one) => one.findPatients(settingsOf(), TYPES, null), { auth, secret });
    expect(await reasonOf(work)).toBe("LINK_ELSEWHERE");
    expect(thief.asked).toEqual([]);
  });
});
