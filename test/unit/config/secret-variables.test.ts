import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { format, inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LoadedConfig, loadConfig, Secret } from "../../../src/config/load-config.ts";
import { StartRefused } from "../../../src/errors/start-refused.ts";
import { createLogger, describeFailure } from "../../../src/observability/logger.ts";

/** Stands in every value that is to be refused: no message may repeat any of them. */
const CANARY = "canary-7f3a";
const url = (user: string, password: string, host = "db.internal") => `postgresql://${user}:${password}@${host}/${CANARY}`;
const GOOD_URL = url("gateway", "correct-horse-battery");

let folder: string;
const file = (name: string): string => join(folder, name);

function write(name: string, content: string, mode: number): string {
  writeFileSync(file(name), content, { mode: 0o600 });
  chmodSync(file(name), mode);
  return file(name);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), `${CANARY}-`));
});
afterAll(() => rmSync(folder, { recursive: true }));

const problemsOf = (loaded: LoadedConfig): readonly string[] => (loaded.ok ? [] : loaded.problems);
const LABEL = "PRIVATE KEY-----";
const PEM = `-----BEGIN ${LABEL}\n${CANARY}\n-----END ${LABEL}`;
const JWK = JSON.stringify({ kty: "EC", d: `${CANARY}abcdefghijklmnopqrstuvwxyz` });
const BUCKET = { NACR_UPLOAD_STORE: "s3", NACR_S3_BUCKET: "trust-uploads", NACR_S3_ACCESS_KEY: "upload-writer" };

const KNOWN = ["postgres", "password", "Password", "admin", "changeme", "secret", "root", "nacr", "minioadmin", "123456"];

type Case = readonly [name: string, env: () => Readonly<Record<string, string>>, variable: string];
const REFUSED: readonly Case[] = [
  ...KNOWN.map((word): Case => [`the password "${word}"`, () => ({ DATABASE_URL: url("gateway", word) }), "DATABASE_URL"]),
  ["a known password on this machine", () => ({ DATABASE_URL: url("x", "postgres", "localhost") }), "DATABASE_URL"],
  ["the user's name as its password", () => ({ DATABASE_URL: url(CANARY, CANARY) }), "DATABASE_URL"],
  ["a known password, encoded", () => ({ DATABASE_URL: url("x", "%70ostgres") }), "DATABASE_URL"],
  [
    "a known password behind the address",
    () => ({ DATABASE_URL: `${GOOD_URL.replace(":correct-horse-battery", "")}?password=admin` }),
    "DATABASE_URL",
  ],
  ["no password for another machine", () => ({ DATABASE_URL: `postgresql://${CANARY}@db.internal/nacr` }), "DATABASE_URL"],
  ["an address that cannot be read", () => ({ DATABASE_URL: url(CANARY, "x", "[::") }), "DATABASE_URL"],
  ["a known secret of the bucket", () => ({ ...BUCKET, NACR_S3_SECRET: "minioadmin" }), "NACR_S3_SECRET"],
  ["the access key as the secret", () => ({ ...BUCKET, NACR_S3_SECRET: "upload-writer" }), "NACR_S3_SECRET"],
  ["a secret in a file that all may read", () => ({ DATABASE_URL_FILE: write("u1", GOOD_URL, 0o644) }), "DATABASE_URL_FILE"],
  [
    "a secret in a file that the group may read",
    () => ({ DATABASE_URL_FILE: write("u2", GOOD_URL, 0o640) }),
    "DATABASE_URL_FILE",
  ],
  ["a secret in a file that all may write", () => ({ DATABASE_URL_FILE: write("u3", GOOD_URL, 0o602) }), "DATABASE_URL_FILE"],
  ["an empty file", () => ({ DATABASE_URL_FILE: write("u4", "\n", 0o600) }), "DATABASE_URL_FILE"],
  ["a file that is not there", () => ({ DATABASE_URL_FILE: file("nothing") }), "DATABASE_URL_FILE"],
  ["a folder in the place of a file", () => ({ DATABASE_URL_FILE: folder }), "DATABASE_URL_FILE"],
  ["the secret itself where its file is meant", () => ({ DATABASE_URL_FILE: url("gateway", CANARY) }), "DATABASE_URL_FILE"],
  [
    "the file and the secret both",
    () => ({ DATABASE_URL_FILE: write("u5", GOOD_URL, 0o600), DATABASE_URL: GOOD_URL }),
    "DATABASE_URL_FILE",
  ],
  ["a known password in a good file", () => ({ DATABASE_URL_FILE: write("u6", url("x", "postgres"), 0o600) }), "DATABASE_URL"],
  [
    "a file in a folder that all may write into",
    () => {
      mkdirSync(file("open"));
      const path = write("open/u7", GOOD_URL, 0o600);
      chmodSync(file("open"), 0o777);
      return { DATABASE_URL_FILE: path };
    },
    "DATABASE_URL_FILE",
  ],
  [
    "a loose file of the bucket's secret",
    () => ({ ...BUCKET, NACR_S3_SECRET_FILE: write("s1", CANARY, 0o604) }),
    "NACR_S3_SECRET_FILE",
  ],
  ["a private key as PEM", () => ({ NACR_FHIR_SOURCES: PEM }), "NACR_FHIR_SOURCES"],
  ["a private key as JWK", () => ({ NACR_MLLP_LISTENERS: JWK }), "NACR_MLLP_LISTENERS"],
  ["a private key in a variable that nobody reads", () => ({ NACR_SIGNING: PEM }), "NACR_SIGNING"],
  ["a master key", () => ({ NACR_MASTER_KEY: CANARY }), "NACR_MASTER_KEY"],
  ["a token secret", () => ({ NACR_TOKEN_SECRET: CANARY }), "NACR_TOKEN_SECRET"],
  ["a password of its own", () => ({ NACR_DB_PASSWORD: CANARY }), "NACR_DB_PASSWORD"],
  [
    "production by plain HTTP over a network",
    () => ({ DATABASE_URL: GOOD_URL, NACR_PUBLIC_URL: `http://${CANARY}.nhs.example` }),
    "NACR_PUBLIC_URL",
  ],
  ["production on all addresses without a public one", () => ({ DATABASE_URL: GOOD_URL, HOST: "0.0.0.0" }), "NACR_PUBLIC_URL"],
];

const ACCEPTED: readonly Case[] = [
  ["a password of one's own", () => ({ DATABASE_URL: GOOD_URL }), ""],
  ["no password on this machine", () => ({ DATABASE_URL: "postgresql://postgres@127.0.0.1:5432/nacr" }), ""],
  ["no password on a socket", () => ({ DATABASE_URL: "postgresql:///nacr?host=/var/run/postgresql" }), ""],
  [
    "a client certificate in the place of a password",
    () => ({ DATABASE_URL: "postgresql://g@db.internal/nacr?sslcert=/c.pem" }),
    "",
  ],
  ["a secret in a file of one's own", () => ({ DATABASE_URL_FILE: write("g1", `${GOOD_URL}\n`, 0o400) }), ""],
  ["a bucket's secret in a file", () => ({ ...BUCKET, NACR_S3_SECRET_FILE: write("g2", "long-and-good", 0o600) }), ""],
  ["other programs' variables, whatever they hold", () => ({ CI_DEPLOY_KEY: PEM, GITHUB_TOKEN: CANARY }), ""],
  ["production behind a proxy with TLS", () => ({ DATABASE_URL: GOOD_URL, NACR_PUBLIC_URL: "https://gw.nhs.example" }), ""],
];

describe("the start", () => {
  it.each(REFUSED)("refuses %s, names the variable, and repeats no value", (_name, env, variable) => {
    const stated = env();
    const problems = problemsOf(loadConfig(stated));
    expect(problems[0]?.split(":")[0]).toBe(variable);
    for (const value of Object.values(stated).filter((text) => text !== "s3")) expect(problems.join()).not.toContain(value);
    expect(problems.join()).not.toContain(CANARY);
  });

  it.each(ACCEPTED)("accepts %s (control)", (_name, env) => {
    expect(problemsOf(loadConfig(env()))).toEqual([]);
  });

  it("reads from the file what would stand in the variable", () => {
    const loaded = loadConfig({ DATABASE_URL_FILE: write("r1", `${GOOD_URL}\n`, 0o600) });
    expect(loaded.ok && loaded.config.databaseUrl?.reveal()).toBe(GOOD_URL);
  });
});

/** Every way in which a value gets out of a program as text. */
function printed(value: unknown): string {
  const lines: string[] = [];
  const logger = createLogger("debug", { write: (line) => lines.push(line) });
  // What a caller passes beyond the closed list of fields is left out, whatever the compiler was told.
  const fields: object = { reason: value, code: value, host: value, secret: value };
  logger.log("error", "fault", fields);
  const refused = new StartRefused(`refused: ${String(value)}`);
  logger.log("error", "fault", describeFailure(refused));
  return [
    ...lines,
    String(value),
    JSON.stringify(value) ?? "",
    JSON.stringify({ value, list: [value] }),
    inspect(value, { depth: null, showHidden: true, getters: true }),
    format("%s %o %O %j", value, value, value, value),
    Object.entries(Object(value)).join(),
    refused.message,
    inspect(refused),
    JSON.stringify(structuredCloneOrNothing(value)),
  ].join("\n");
}

function structuredCloneOrNothing(value: unknown): unknown {
  try {
    return structuredClone(value);
  } catch {
    return null;
  }
}

describe("a secret", () => {
  it("gets out in no way of printing, of 500 secrets alone and inside a configuration", () => {
    for (let index = 0; index < 500; index++) {
      const text = `${CANARY}-${Math.floor(Math.random() * 2 ** 52).toString(36)}"'\\${index}`;
      expect(printed(new Secret(text))).not.toContain(CANARY);
      const loaded = loadConfig({ DATABASE_URL: `postgresql://g:${encodeURIComponent(text)}@db.internal/nacr` });
      expect(loaded.ok).toBe(true);
      expect(printed(loaded)).not.toContain(CANARY);
    }
  });

  it("would be found by the same search where it was a plain text (control)", () => {
    expect(printed({ databaseUrl: CANARY })).toContain(CANARY);
    expect(printed(CANARY)).toContain(CANARY);
  });
});
