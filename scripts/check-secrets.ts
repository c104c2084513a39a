/**
 * No secret in a file that is, or would be, committed: known forms (private keys, tokens, passwords in addresses) and long texts too
 * random to be words. Names the place, never the secret. Exits with 1 where it finds one.
 *
 * A false alarm is answered by a text that does not look like a secret (a test builds its own at run time), not by a list of exceptions.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

interface SecretForm {
  readonly name: string;
  readonly pattern: RegExp;
}

const FORMS: readonly SecretForm[] = [
  { name: "private key", pattern: /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/ },
  { name: "private key as JWK", pattern: /"d"\s*:\s*"[A-Za-z0-9_-]{40,}"/ },
  { name: "signed token", pattern: /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/ },
  { name: "AWS key", pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/ },
  { name: "GitHub token", pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{50,})/ },
  { name: "npm token", pattern: /\bnpm_[A-Za-z0-9]{36}\b|_authToken\s*=\s*\S/ },
  { name: "Slack token", pattern: /\bxox[abeprs]-[A-Za-z0-9-]{10,}/ },
  { name: "Google key", pattern: /\bAIza[A-Za-z0-9_-]{35}\b/ },
  // A placeholder (`<password>`, `${password}`, `password`, `…`) is none.
  { name: "password in an address", pattern: /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@"'`<>]+:(?!password@)[^\s/@"'`<>${}…]+@/i },
  {
    name: "assigned secret",
    pattern:
      /\b(?:password|passwd|secret|api_?key|access_?token|client_?secret)["']?\s*[:=]\s*["'][A-Za-z0-9+/_.!#%^&*-]{12,}["']/i,
  },
];

/** Long runs of base64 or hexadecimal characters. */
const RUN = /[A-Za-z0-9+/_-]{32,}={0,2}/g;
/** Bits a character; English identifiers of this length stay below, 24 random bytes in base64 are above. */
const RANDOM_BITS = 4.3;
const RANDOM_HEX_BITS = 3.2;
/** Long and meaningless, but public: the address of a page, and a version that names the commit it was built from. */
const PUBLIC_TEXT = /https?:\/\/[^\s?"'`<>()]+|\b\d+\.\d+\.\d+-[\w.-]+/g;
/** A lockfile is digests from one end to the other; scripts/check-lockfile.ts reads it. */
const WITHOUT_ENTROPY = /(^|\/)package-lock\.json$/;

export interface SecretFinding {
  readonly line: number;
  readonly form: string;
}

/** Every line that holds what looks like a secret, each with the first form it matches. */
export function findSecrets(path: string, text: string): readonly SecretFinding[] {
  return text.split("\n").flatMap((content, index) => {
    const form = FORMS.find(({ pattern }) => pattern.test(content))?.name ?? randomFormOf(path, content);
    return form === null ? [] : [{ line: index + 1, form }];
  });
}

function randomFormOf(path: string, content: string): string | null {
  if (WITHOUT_ENTROPY.test(path)) return null;
  return (content.replaceAll(PUBLIC_TEXT, " ").match(RUN) ?? []).some(isRandom) ? "random text" : null;
}

/** Paths and names are made of words: they have separators or hardly a digit. A UUID has 36 characters and is an id, not a key. */
function isRandom(run: string): boolean {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(run)) return false;
  if (/^[0-9a-f]+$/i.test(run)) return /\d/.test(run) && /[a-f]/i.test(run) && entropyOf(run) > RANDOM_HEX_BITS;
  const mixed = /\d/.test(run) && /[a-z]/.test(run) && /[A-Z]/.test(run);
  return mixed && entropyOf(run) > RANDOM_BITS;
}

/** Shannon entropy in bits for each character. */
function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((bits, count) => bits - (count / text.length) * Math.log2(count / text.length), 0);
}

/** Files that git keeps or would add. A file that was deleted and not yet committed is left out, and so are binary ones. */
function readCandidates(): readonly { readonly path: string; readonly text: string }[] {
  const listed = execFileSync("git", ["ls-files", "-coz", "--exclude-standard", "--deduplicate"], { encoding: "utf8" });
  const deleted = new Set(execFileSync("git", ["ls-files", "-dz"], { encoding: "utf8" }).split("\0"));
  return listed
    .split("\0")
    .filter((path) => path !== "" && !deleted.has(path))
    .map((path) => ({ path, text: readFileSync(path, "utf8") }))
    .filter(({ text }) => !text.includes("\0"));
}

if (import.meta.main) {
  const findings = readCandidates().flatMap(({ path, text }) =>
    findSecrets(path, text).map(({ line, form }) => `${path}:${line}: looks like a secret (${form})`),
  );
  for (const finding of findings) console.error(finding);
  process.exitCode = findings.length === 0 ? 0 : 1;
}
