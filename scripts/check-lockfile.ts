/**
 * The lockfile installs the same bytes on every machine: each package carries its integrity digest, and none names a host but the
 * public registry. Also: every package that ships has a licence this project may use. Prints what is wrong and exits with 1.
 */
import { readFileSync } from "node:fs";
import { z } from "zod";

const REGISTRY = "https://registry.npmjs.org/";
/** Permissive licences: none asks anything of the gateway's own code but to keep the notice. */
const ALLOWED_LICENCES: ReadonlySet<string> = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "ISC",
  "MIT",
  "Python-2.0",
  "Zlib",
]);

const lockfileSchema = z.object({
  lockfileVersion: z.literal(3),
  packages: z.record(
    z.string(),
    z.object({
      resolved: z.string().optional(),
      integrity: z.string().optional(),
      license: z.string().optional(),
      /** Packed inside the package that depends on it, whose digest covers it. */
      inBundle: z.boolean().optional(),
      link: z.boolean().optional(),
      dev: z.boolean().optional(),
      devOptional: z.boolean().optional(),
    }),
  ),
});

type Lockfile = z.infer<typeof lockfileSchema>;
type LockedPackage = Lockfile["packages"][string];

/** One line for each fault; empty for a sound lockfile. @throws ZodError for what is no lockfile of version 3 */
export function findLockfileFaults(text: string): readonly string[] {
  const { packages } = lockfileSchema.parse(JSON.parse(text));
  return Object.entries(packages).flatMap(([path, locked]) =>
    path === "" ? [] : faultsOf(locked).map((fault) => `${path}: ${fault}`),
  );
}

function faultsOf(locked: LockedPackage): readonly string[] {
  const { resolved, integrity, inBundle, link } = locked;
  const faults: string[] = [];
  if (link) faults.push("is a link to a folder, not a package");
  // The address itself is not printed: it may hold credentials.
  if (resolved !== undefined && !resolved.startsWith(REGISTRY)) faults.push(`"resolved" is not an address of ${REGISTRY}`);
  if (!link && !inBundle && !/^sha512-/.test(integrity ?? "")) faults.push("has no sha512 integrity digest");
  return [...faults, ...licenceFaults(locked)];
}

/** Packages that are only used to develop are not passed on, so their licences bind nobody else. */
function licenceFaults({ license, dev, devOptional, inBundle }: LockedPackage): readonly string[] {
  if (dev || devOptional || inBundle) return [];
  return isAllowed(license ?? "") ? [] : [`licence ${license ?? "unknown"} is not on the list`];
}

/** `A`, `(A OR B)`: one must be allowed, `(A AND B)`: all must be. */
function isAllowed(expression: string): boolean {
  const bare = expression.replace(/^\((.*)\)$/, "$1");
  if (bare.includes(" OR ")) return bare.split(" OR ").some(isAllowed);
  return bare.split(" AND ").every((licence) => ALLOWED_LICENCES.has(licence));
}

if (import.meta.main) {
  const faults = findLockfileFaults(readFileSync("package-lock.json", "utf8"));
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
