/**
 * Secrets among the variables: each may come from a file instead (`DATABASE_URL_FILE`), and none may be one that anybody knows. Problems
 * name the variable, never its value.
 */
import { type PrivateFile, readPrivateFile } from "../lib/private-file.ts";

type Variables = Readonly<Record<string, string | undefined>>;

const SECRET_VARIABLES = ["DATABASE_URL", "NACR_S3_SECRET"] as const;

export interface StatedSecrets {
  /** The variables, with what stands in files. */
  readonly env: Variables;
  readonly problems: readonly string[];
}

/** @param read of a file that only its owner may read */
export function readSecretFiles(env: Variables, read: (file: string) => PrivateFile = readPrivateFile): StatedSecrets {
  const taken: Record<string, string> = {};
  const problems: string[] = [];
  for (const name of SECRET_VARIABLES) {
    const file = env[`${name}_FILE`];
    if (file === undefined) continue;
    const found = read(file);
    if (env[name] !== undefined) problems.push(`${name}_FILE: ${name} is set as well, and only one of them can be meant`);
    else if (!found.ok) problems.push(`${name}_FILE: ${found.problem}`);
    else if (found.bytes.toString("utf8").trim() === "") problems.push(`${name}_FILE: names an empty file`);
    else taken[name] = found.bytes.toString("utf8").trim();
  }
  return { env: { ...env, ...taken }, problems };
}

/** Passwords of the first lists that anybody tries, and of examples and images. */
const KNOWN_PASSWORDS: ReadonlySet<string> = new Set([
  "postgres",
  "postgresql",
  "password",
  "passw0rd",
  "p@ssw0rd",
  "admin",
  "administrator",
  "root",
  "secret",
  "changeme",
  "change-me",
  "change_me",
  "changeit",
  "default",
  "example",
  "guest",
  "test",
  "user",
  "nacr",
  "minioadmin",
  "minio123",
  "12345",
  "123456",
  "12345678",
  "123456789",
  "qwerty",
  "letmein",
  "welcome",
]);

/** Anything else is refused where the variables are read. */
const POSTGRES = /^postgres(ql)?:\/\//;
const LOOPBACK = new Set(["127.0.0.1", "[::1]", "localhost", ""]);

const isKnown = (password: string, user: string): boolean =>
  KNOWN_PASSWORDS.has(password.toLowerCase()) || (user !== "" && password.toLowerCase() === user.toLowerCase());

/** A private key as PEM, or as JWK. */
const PRIVATE_KEY = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----|"d"\s*:\s*"[\w-]{20,}"/;
/** What such a variable holds would be a secret, and nothing reads it. */
const SECRET_NAME = /KEY|SECRET|PASSWORD|PASSPHRASE|TOKEN/;

/**
 * @param env with what stands in files
 * @param known the variables that are read
 */
export function secretProblems(env: Variables, known: ReadonlySet<string>): readonly string[] {
  return [...databaseProblems(env.DATABASE_URL), ...bucketProblems(env), ...keysInEnvironment(env, known)];
}

function databaseProblems(text: string | undefined): readonly string[] {
  if (text === undefined || !POSTGRES.test(text)) return [];
  if (!URL.canParse(text)) return ["DATABASE_URL: is no address that can be read"];
  const url = new URL(text);
  const password = decode(url.password) || (url.searchParams.get("password") ?? "");
  const host = url.searchParams.get("host") ?? url.hostname;
  if (password !== "")
    return isKnown(password, decode(url.username))
      ? ["DATABASE_URL: has a password that anybody tries first. Choose another one"]
      : [];
  const isLocal = LOOPBACK.has(host) || host.startsWith("/") || host.startsWith("%2F");
  return isLocal || url.searchParams.has("sslcert")
    ? []
    : ["DATABASE_URL: has no password, and the database is not on this machine"];
}

/** Text that is no encoding stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function bucketProblems({ NACR_S3_SECRET: secret, NACR_S3_ACCESS_KEY: user = "" }: Variables): readonly string[] {
  return secret !== undefined && isKnown(secret, user)
    ? ["NACR_S3_SECRET: is one that anybody tries first. Choose another one"]
    : [];
}

/** An environment is inherited, and stands in the dumps of whatever fails: keys are read from files alone. */
function keysInEnvironment(env: Variables, known: ReadonlySet<string>): readonly string[] {
  return Object.entries(env).flatMap(([name, value = ""]) => {
    if (!name.startsWith("NACR_") && !known.has(name)) return [];
    if (PRIVATE_KEY.test(value)) return [`${name}: holds a private key. Keys are read from files, never from the environment`];
    return !known.has(name) && SECRET_NAME.test(name)
      ? [`${name}: is not read, and looks like a secret. Keys are read from files, never from the environment`]
      : [];
  });
}
