import path from "node:path";
import { describe, expect, it } from "vitest";
import { type LoadedConfig, loadConfig, Secret } from "../../../src/config/load-config.ts";

const PASSWORD = "hunter2";
const POSTGRES = `postgresql://gateway:${PASSWORD}@db.internal/nacr`;
const problemsOf = (loaded: LoadedConfig): readonly string[] => (loaded.ok ? [] : loaded.problems);

describe("the configuration", () => {
  it("without any variable is a demo on loopback with the embedded database", () => {
    expect(loadConfig({})).toEqual({
      ok: true,
      config: {
        host: "127.0.0.1",
        port: 4000,
        mode: "demo",
        roles: new Set(["api", "worker"]),
        dataDir: path.resolve(".nacr"),
        databaseUrl: null,
        poolSize: 10,
        logLevel: "info",
        publicUrl: "http://127.0.0.1:4000",
        outboundAllow: [],
        uploadStore: { kind: "folder", folder: path.resolve(".nacr/uploads") },
        envelopeDays: 400,
        fhirSourcesFile: null,
        identityProvidersFile: null,
        trustDelayHours: 24,
        demoJourneys: 20_000,
        mllp: { demoPort: null, listenersFile: null },
        codesDir: null,
        tls: null,
        budget: { requestsPerMinute: 30_000, costPerMinute: 600_000 },
        auditAnchorFile: path.resolve(".nacr/audit-anchor.ndjson"),
        extractDays: 90,
        auditYears: 8,
        consent: {
          ledgerFile: path.resolve(".nacr/objections.ledger"),
          ndo: { applyAt: "BOTH", cacheDays: 7 },
          mesh: null,
        },
      },
    });
  });

  it("with a database is production, unless demo mode is named", () => {
    expect(loadConfig({ DATABASE_URL: POSTGRES, HOST: "0.0.0.0", NACR_PUBLIC_URL: "https://gw.example" })).toMatchObject({
      ok: true,
      config: { mode: "production" },
    });
    expect(loadConfig({ DATABASE_URL: POSTGRES, NACR_MODE: "demo" })).toMatchObject({ ok: true, config: { mode: "demo" } });
  });

  it.each(["api", "worker"] as const)("takes %s alone where the database is not its own", (role) => {
    expect(loadConfig({ NACR_ROLES: role, DATABASE_URL: POSTGRES })).toMatchObject({
      ok: true,
      config: { roles: new Set([role]) },
    });
    expect(problemsOf(loadConfig({ NACR_ROLES: role }))).toEqual([expect.stringContaining("NACR_ROLES: the embedded database")]);
  });

  it("takes networks that webhooks may call, and refuses what is none without repeating it", () => {
    expect(loadConfig({ NACR_OUTBOUND_ALLOW: "10.20.0.0/16, fd12:3456::/48" })).toMatchObject({
      config: { outboundAllow: ["10.20.0.0/16", "fd12:3456::/48"] },
    });
    for (const wrong of ["10.20.0.0", "receiver.internal", "10.0.0.0/40", "10.0.0.0/8,"]) {
      const [problem = ""] = problemsOf(loadConfig({ NACR_OUTBOUND_ALLOW: wrong }));
      expect(problem).toContain("NACR_OUTBOUND_ALLOW: must be networks");
      expect(problem).not.toContain(wrong);
    }
  });

  it("takes an empty variable for an absent one, and an address without its last slash", () => {
    expect(loadConfig({ DATABASE_URL: "", PORT: "" })).toEqual(loadConfig({}));
    expect(loadConfig({ NACR_PUBLIC_URL: "https://nacr.example/" })).toMatchObject({
      config: { publicUrl: "https://nacr.example" },
    });
  });

  it.each([
    ["demo mode on every address", { HOST: "0.0.0.0" }, "HOST"],
    ["demo mode on an address of the network", { HOST: "10.0.0.4", NACR_MODE: "demo", DATABASE_URL: POSTGRES }, "HOST"],
    ["demo mode on a name that begins like loopback", { HOST: "localhost.example" }, "HOST"],
    ["a mode there is not", { NACR_MODE: "test" }, "NACR_MODE"],
    ["a role there is not", { NACR_ROLES: "api,sender" }, "NACR_ROLES"],
    ["a port that is no number", { PORT: "http" }, "PORT"],
    ["a port there is not", { PORT: "65536" }, "PORT"],
    ["a database of another kind", { DATABASE_URL: "mysql://db/nacr" }, "DATABASE_URL"],
    ["a pool of nothing", { NACR_POOL_SIZE: "0" }, "NACR_POOL_SIZE"],
    ["a public address that is none", { NACR_PUBLIC_URL: "nacr" }, "NACR_PUBLIC_URL"],
  ])("refuses %s and names the variable", (_name, env, variable) => {
    const problems = problemsOf(loadConfig(env));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${variable}[.:]`));
  });

  const S3 = { NACR_UPLOAD_STORE: "s3", NACR_S3_BUCKET: "files", NACR_S3_ACCESS_KEY: "key", NACR_S3_SECRET: PASSWORD };

  it("puts uploads into the data folder, or into a bucket, never showing the secret", () => {
    expect(loadConfig({ NACR_DATA_DIR: "/srv/nacr" })).toMatchObject({
      config: { uploadStore: { kind: "folder", folder: "/srv/nacr/uploads" } },
    });
    const loaded = loadConfig({ ...S3, NACR_S3_ENDPOINT: "https://store.internal" });
    expect(loaded).toMatchObject({
      config: {
        uploadStore: { kind: "s3", endpoint: "https://store.internal", bucket: "files", region: "eu-west-2", accessKey: "key" },
      },
    });
    expect(JSON.stringify(loaded)).not.toContain(PASSWORD);
  });

  it("names everything that a bucket needs and does not have, and what is said of a bucket that nobody uses", () => {
    expect(problemsOf(loadConfig({ NACR_UPLOAD_STORE: "s3" })).map((problem) => problem.split(":")[0])).toEqual([
      "NACR_S3_BUCKET",
      "NACR_S3_ACCESS_KEY",
      "NACR_S3_SECRET",
    ]);
    const { NACR_UPLOAD_STORE: _store, ...rest } = S3;
    expect(problemsOf(loadConfig(rest))).toHaveLength(3);
    expect(problemsOf(loadConfig({ ...S3, NACR_S3_ENDPOINT: "ftp://store" }))).toHaveLength(1);
  });

  it("names all problems at once, and none of the values", () => {
    const problems = problemsOf(loadConfig({ PORT: "canary1", NACR_MODE: "canary2", DATABASE_URL: "canary3://h/d" }));
    expect(problems).toHaveLength(3);
    expect(problems.join()).not.toMatch(/canary/);
  });
});

describe("a secret", () => {
  it("is shown by no way of printing, and read by one", () => {
    const secret = new Secret("hunter2");
    const printed = [
      String(secret),
      `${secret}`,
      JSON.stringify({ secret }),
      Object.values(secret).join(),
      Object.keys(secret).join(),
    ];
    expect(printed.join()).not.toContain("hunter2");
    expect(secret.reveal()).toBe("hunter2");
    expect(JSON.stringify(loadConfig({ DATABASE_URL: POSTGRES }))).not.toContain("hunter2");
  });
});

describe("TLS of the gateway's own", () => {
  const TLS = { DATABASE_URL: POSTGRES, NACR_TLS_CERT: "/etc/nacr/cert.pem", NACR_TLS_KEY: "/etc/nacr/key.pem" };

  it("has a certificate, a key and, where callers need certificates, their authorities; its address is https", () => {
    expect(loadConfig({ ...TLS, NACR_TLS_CLIENT_CA: "ca.pem" })).toMatchObject({
      ok: true,
      config: {
        tls: { certFile: "/etc/nacr/cert.pem", keyFile: "/etc/nacr/key.pem", clientCaFile: path.resolve("ca.pem") },
        publicUrl: "https://127.0.0.1:4000",
      },
    });
    expect(loadConfig(TLS)).toMatchObject({ ok: true, config: { tls: { clientCaFile: null } } });
  });

  it.each<readonly [string, Readonly<Record<string, string | undefined>>, string]>([
    ["a certificate without its key", { ...TLS, NACR_TLS_KEY: undefined }, "need each other"],
    ["a key without its certificate", { ...TLS, NACR_TLS_CERT: undefined }, "need each other"],
    ["authorities alone", { DATABASE_URL: POSTGRES, NACR_TLS_CLIENT_CA: "ca.pem" }, "NACR_TLS_CLIENT_CA: needs"],
    ["demo mode", { ...TLS, NACR_MODE: "demo" }, "plain HTTP"],
  ])("is refused with %s", (_what, env, problem) => {
    expect(problemsOf(loadConfig(env))).toEqual([expect.stringContaining(problem)]);
  });
});
