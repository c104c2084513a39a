/**
 * What a destruction is attested with: a text that names no patient, and a signature over it that anybody can check with the
 * installation's public key, without the gateway and without this code (docs/destruction.md).
 */
import { createPublicKey, verify } from "node:crypto";
import { z } from "zod";
import { canonicalJson } from "../lib/canonical-json.ts";
import type { Role } from "../records/actor.ts";

const CERTIFICATE_FORMAT = "nacr-destruction-certificate/1";
/** Of what was handed out under an agreement (docs/agreements.md): signed with the same key, checked by the same command. */
export const AGREEMENT_CERTIFICATE_FORMAT = "nacr-agreement-destruction/1";
/** Of a cut of the national side, which is signed with the same key, too (docs/cuts.md). */
export const CUT_MANIFEST_FORMAT = "nacr-cut/1";
/** Of an extract, with the digests of its files (docs/extracts.md). */
export const EXTRACT_MANIFEST_FORMAT = "nacr-extract/1";

/** The same in every certificate: how, and how to see that it was done. */
const METHOD =
  "Rows deleted. Sealed content destroyed in every copy and backup of the database: half of its keys stood outside the database, in a tree of secrets from which the leaves named here were removed for ever.";
const VERIFICATION =
  "query { destructionCertificate(id: ID) { secretsLeft rowsLeft } } gives 0 and 0; for a restored database, too, once it is opened beside the present key folder.";

/** How many of each kind were destroyed. Kinds are constants of the code. */
export type DestructionCounts = Readonly<Record<string, number>>;

export interface CertificateFacts {
  readonly id: string;
  readonly ods: string;
  /** Keyed digests of the patient's ids. */
  readonly subjects: readonly string[];
  readonly leaves: readonly string[];
  readonly counts: DestructionCounts;
  readonly authorisedBy: string;
  /** Null: the gateway itself. */
  readonly authorisedRole: Role | null;
  readonly auditEventId: string;
  /** ISO instants: when the rows were deleted, and when the secrets were. */
  readonly erasedAt: string;
  readonly certifiedAt: string;
}

/** Names of the keys in use; no key material. */
export interface CertificateKeys {
  /** Of the digests. */
  readonly digestKey: string;
  /** Of the tree of secrets. */
  readonly erasureKey: string;
  /** Of the signature. */
  readonly signingKey: string;
}

/** The text that is signed: canonical JSON, so that it is the same wherever it is written anew. */
export const writeCertificate = (facts: CertificateFacts, keys: CertificateKeys): string =>
  canonicalJson({ format: CERTIFICATE_FORMAT, ...facts, keys, method: METHOD, verification: VERIFICATION });

/** The file that is handed out. */
const certificateFile = z.strictObject({ document: z.string(), signature: z.base64() });
const head = { id: z.string(), certifiedAt: z.string() };
const documentHead = z.union([
  z
    .object({ ...head, format: z.literal(CERTIFICATE_FORMAT), ods: z.string(), counts: z.record(z.string(), z.number()) })
    .transform(({ id, certifiedAt, ods, counts }) => ({ id, certifiedAt, of: ods, counts })),
  z
    .object({ ...head, format: z.literal(AGREEMENT_CERTIFICATE_FORMAT), agreement: z.string() })
    .transform(({ id, certifiedAt, agreement }) => ({ id, certifiedAt, of: agreement, counts: {} })),
  z
    .object({ id: head.id, publishedAt: z.string(), format: z.literal(CUT_MANIFEST_FORMAT), number: z.int() })
    .transform(({ id, publishedAt, number }) => ({ id, certifiedAt: publishedAt, of: `cut ${number}`, counts: {} })),
  z
    .object({
      ...head,
      format: z.literal(EXTRACT_MANIFEST_FORMAT),
      agreement: z.string(),
      files: z.array(z.object({ name: z.string(), rows: z.number() })),
    })
    .transform(({ id, certifiedAt, agreement, files }) => ({
      id,
      certifiedAt,
      of: agreement,
      counts: Object.fromEntries(files.map(({ name, rows }) => [`rows of ${name}`, rows])),
    })),
]);

export interface CertificateHead {
  readonly id: string;
  readonly certifiedAt: string;
  /** The organisation whose patient it was, the agreement, or the cut. */
  readonly of: string;
  readonly counts: DestructionCounts;
}

export const toCertificateFile = (document: string, signature: string): string =>
  JSON.stringify({ document, signature }, null, 2);

export type CertificateCheck =
  | { readonly ok: true; readonly head: CertificateHead }
  | { readonly ok: false; readonly problem: string };

/** @param publicKey PEM, from a source other than the certificate's: one that brings its own key proves nothing */
export function checkCertificate(file: string, publicKey: string): CertificateCheck {
  const parsed = readJson(file);
  const certificate = certificateFile.safeParse(parsed);
  if (!certificate.success) return { ok: false, problem: "This is not a destruction certificate." };
  const { document, signature } = certificate.data;
  if (!isSigned(document, signature, publicKey))
    return { ok: false, problem: "The signature does not fit: the certificate was altered, or another installation signed it." };
  const head = documentHead.safeParse(readJson(document));
  return head.success
    ? { ok: true, head: head.data }
    : { ok: false, problem: "What was signed is not a destruction certificate." };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isSigned(document: string, signature: string, publicKey: string): boolean {
  try {
    return verify(null, Buffer.from(document, "utf8"), createPublicKey(publicKey), Buffer.from(signature, "base64"));
  } catch {
    return false;
  }
}
