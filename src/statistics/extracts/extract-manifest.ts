/** What goes with the files of an extract and is signed: of what they are, and the digest of each. */
import type { CertificateSigner } from "../../agreements/destruction-certificate.ts";
import { EXTRACT_MANIFEST_FORMAT, toCertificateFile } from "../../destruction/certificate.ts";
import { canonicalJson } from "../../lib/canonical-json.ts";
import type { Cut } from "../cuts/cut.ts";
import type { Extract, ExtractFile } from "./extract.ts";
import type { ExtractPeriod } from "./extract-period.ts";

export const MANIFEST_FILE = "manifest.json";

export interface ManifestFacts {
  readonly extract: Extract;
  readonly cut: Cut;
  readonly period: ExtractPeriod;
  /** Of exact tables; null: none was applied. */
  readonly profile: { readonly id: string; readonly version: number } | null;
  readonly files: readonly ExtractFile[];
  readonly madeAt: string;
}

/** As a file that `nacr verify-certificate` checks: a text and the signature over it. */
export function signManifest({ extract, cut, period, profile, files, madeAt }: ManifestFacts, signer: CertificateSigner): string {
  const { id, agreementId, version, product, purpose, location, format, fields, tables } = extract;
  const document = canonicalJson({
    format: EXTRACT_MANIFEST_FORMAT,
    id,
    certifiedAt: madeAt,
    agreement: agreementId,
    version,
    product,
    purpose,
    location,
    cut: { id: cut.id, number: cut.number, asOf: cut.asOf, isSynthetic: cut.isSynthetic },
    period,
    profile,
    fileFormat: format,
    fields,
    tables,
    files,
    signingKey: signer.id,
  });
  return toCertificateFile(document, signer.sign(document));
}
