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
        dataDir: path.resolve(".nacr"),
        databaseUrl: null,
        poolSize: 10,
        logLevel: "info",
        publicUrl: "http://127.0.0.1:4000",
      },
    });
  });

  it("with a database is production, unless demo mode is named", () => {
    expect(loadConfig({ DATABASE_URL: POSTGRES, HOST: "0.0.0.0" })).toMatchObject({ ok: true, config: { mode: "production" } });
    expect(loadConfig({ DATABASE_URL: POSTGRES, NACR_MODE: "demo" })).toMatchObject({ ok: true, config: { mode: "demo" } });
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
