/** The FHIR servers an operator names: a JSON file, so that they can be kept and reviewed like other configuration. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { readPrivateFile } from "../lib/private-file.ts";

const auth = z.strictObject({
  clientId: z.string().min(1),
  tokenUrl: z.url().nullable().default(null),
  scope: z.string().min(1).default("system/*.read"),
  algorithm: z.enum(["ES384", "RS384"]).default("ES384"),
  /** A private key as JWK, in a file of its own; a relative path is taken from the folder of the list. */
  keyFile: z.string().min(1),
});

const source = z.strictObject({
  ods: z.string().min(1),
  programmeCode: z.string().min(1),
  name: z.string().min(1),
  baseUrl: z.url(),
  sourceSystem: z.strictObject({ vendor: z.string(), product: z.string(), version: z.string() }),
  profile: z.string().nullable().default(null),
  mode: z.enum(["AUTO", "SEARCH", "BULK"]).default("AUTO"),
  /** Null: every type the mapping reads. */
  types: z.array(z.string()).nullable().default(null),
  cohort: z.array(z.string()).default([]),
  groupId: z.string().nullable().default(null),
  fileOrigins: z.array(z.string()).default([]),
  intervalMinutes: z.number().int().nullable().default(null),
  auth: auth.nullable().default(null),
});
const privateKey = z.looseObject({ kty: z.string(), d: z.string() });

type Listed = z.infer<typeof source>;
export interface FileSource extends Omit<Listed, "auth"> {
  readonly auth: (Omit<NonNullable<Listed["auth"]>, "keyFile"> & { readonly key: z.infer<typeof privateKey> }) | null;
}

export type LoadedSources =
  | { readonly ok: true; readonly sources: readonly FileSource[] }
  /** Names members and files, never a key. */
  | { readonly ok: false; readonly problem: string };

/** Reads the list and the keys it names. */
export function loadFhirSources(file: string): LoadedSources {
  const parsed = z.array(source).safeParse(readJson(file));
  if (!parsed.success) {
    const places = parsed.error.issues.map(({ path: place, message }) => `${place.join(".") || "the file"}: ${message}`);
    return { ok: false, problem: `NACR_FHIR_SOURCES: ${places.join("; ")}` };
  }
  const sources: FileSource[] = [];
  for (const { auth: stated, ...rest } of parsed.data) {
    if (stated === null) {
      sources.push({ ...rest, auth: null });
      continue;
    }
    const { keyFile, ...named } = stated;
    const found = readPrivateFile(path.resolve(path.dirname(file), keyFile));
    if (!found.ok) return { ok: false, problem: `NACR_FHIR_SOURCES: ${rest.name}: keyFile ${found.problem}` };
    const key = privateKey.safeParse(parseJson(found.bytes.toString("utf8")));
    if (!key.success) return { ok: false, problem: `NACR_FHIR_SOURCES: ${rest.name}: keyFile is no private key as JWK` };
    sources.push({ ...rest, auth: { ...named, key: key.data } });
  }
  return { ok: true, sources };
}

/** Undefined, which no form takes, for what cannot be read. */
function readJson(file: string): unknown {
  try {
    return parseJson(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/** Undefined for what is none. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
