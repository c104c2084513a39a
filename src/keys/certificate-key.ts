/** The key that destruction certificates are signed with: Ed25519, one for the installation, made from a data key of its own. */
import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";
import { deriveKey } from "./digest-keys.ts";

export interface CertificateKey {
  /** The beginning of the public key's SHA-256, as hexadecimal text. */
  readonly id: string;
  /** SPKI, PEM. */
  readonly publicKey: string;
  /** Base64, over the text's UTF-8. */
  sign(text: string): string;
}

/** What stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410). */
const PKCS8_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");
const ID_LENGTH = 16;

export function createCertificateKey(dataKey: Buffer): CertificateKey {
  const seed = deriveKey(dataKey, "certificate");
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: "der", type: "pkcs8" });
  const publicKey = createPublicKey(key);
  const id = createHash("sha256")
    .update(publicKey.export({ format: "der", type: "spki" }))
    .digest("hex");
  return {
    id: id.slice(0, ID_LENGTH),
    publicKey: publicKey.export({ format: "pem", type: "spki" }).toString(),
    sign: (text) => sign(null, Buffer.from(text, "utf8"), key).toString("base64"),
  };
}
