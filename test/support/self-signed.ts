/** Certificates for names, signed by their own key or by an authority made for a test, so that no private key has to lie in the repository. */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

const SHORT_FORM = 128;

/** One element of DER: tag, length, content. */
function der(tag: number, ...parts: readonly (Buffer | readonly number[])[]): Buffer {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const size = content.length;
  const length = size < SHORT_FORM ? [size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts);
const utcTime = (date: Date): Buffer => der(0x17, Buffer.from(`${date.toISOString().replace(/[-:T]/g, "").slice(2, 14)}Z`));
const ECDSA_WITH_SHA256 = sequence(der(0x06, [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]));
const COMMON_NAME = der(0x06, [0x55, 0x04, 0x03]);
const SUBJECT_ALT_NAME = der(0x06, [0x55, 0x1d, 0x11]);
const DAY_MS = 86_400_000;

const BASIC_CONSTRAINTS = der(0x06, [0x55, 0x1d, 0x13]);
const IS_AUTHORITY = sequence(BASIC_CONSTRAINTS, der(0x01, [0xff]), der(0x04, sequence(der(0x01, [0xff]))));

export interface Certified {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
}

interface Signer {
  readonly subject: Buffer;
  readonly privateKey: KeyObject;
}

interface Wish {
  readonly name: string;
  /** Null: its own key signs. */
  readonly issuer: Signer | null;
  /** Its last day, counted from today. */
  readonly untilDays: number;
  readonly extension: Buffer;
}

const altNameOf = (name: string): Buffer => sequence(SUBJECT_ALT_NAME, der(0x04, sequence(der(0x82, Buffer.from(name)))));

function certify({ name, issuer, untilDays, extension }: Wish): Certified & { readonly signer: Signer } {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const subject = sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(name)))));
  const signer = issuer ?? { subject, privateKey };
  const until = Date.now() + untilDays * DAY_MS;
  const certified = sequence(
    der(0xa0, der(0x02, [2])),
    der(0x02, [1], randomBytes(8)),
    ECDSA_WITH_SHA256,
    signer.subject,
    sequence(utcTime(new Date(Math.min(Date.now(), until) - DAY_MS)), utcTime(new Date(until))),
    subject,
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(extension)),
  );
  const certificate = sequence(certified, ECDSA_WITH_SHA256, der(0x03, [0], sign("sha256", certified, signer.privateKey)));
  const pem = (certificate.toString("base64").match(/.{1,64}/g) ?? []).join("\n");
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${pem}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    signer: { subject, privateKey },
  };
}

/** Valid from yesterday until tomorrow. @returns certificate and key as PEM */
export function createSelfSigned(name: string): Certified {
  const { cert, key } = certify({ name, issuer: null, untilDays: 1, extension: altNameOf(name) });
  return { cert, key };
}

export interface Authority {
  readonly cert: string;
  /** For a common name and DNS name. `untilDays` below 0: it has expired. */
  issue(name: string, untilDays?: number): Certified;
}

/** An authority of its own, valid from yesterday until tomorrow. */
export function createAuthority(name: string): Authority {
  const { cert, signer } = certify({ name, issuer: null, untilDays: 1, extension: IS_AUTHORITY });
  return {
    cert,
    issue: (issued, untilDays = 1) => certify({ name: issued, issuer: signer, untilDays, extension: altNameOf(issued) }),
  };
}
