/** Whose certificate came with a connection (mutual TLS, RFC 8705). That it is a good one was checked by the handshake. */

export interface ClientCertificate {
  /** SHA-256 of the certificate, as base64url: `x5t#S256`. */
  readonly thumbprint: string;
  /** Common name and DNS names, in lower case. */
  readonly names: readonly string[];
}

/** The certificates that a client may come with: any that has one of the names, or is one of those. None named: there is no such rule. */
export interface CertificateRule {
  readonly names: readonly string[];
  readonly thumbprints: readonly string[];
}

export const hasCertificateRule = ({ names, thumbprints }: CertificateRule): boolean =>
  names.length > 0 || thumbprints.length > 0;

/** @param certificate null: the connection brought none */
export function mayComeWith(rule: CertificateRule, certificate: ClientCertificate | null): boolean {
  if (!hasCertificateRule(rule)) return true;
  if (certificate === null) return false;
  return rule.thumbprints.includes(certificate.thumbprint) || certificate.names.some((name) => rule.names.includes(name));
}
