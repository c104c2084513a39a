/** The file of `NACR_MLLP_LISTENERS`: every listener with all it needs, every problem named at once. docs/mllp.md explains it. */
import { z } from "zod";

const LOOPBACK = new Set(["127.0.0.1", "::1", "localhost"]);
/** What ends up in a submission's options has the same form there. */
const name = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}]+$/u, "must not hold control characters");
/** In log lines, answers and certificates: nothing that needs a quotation mark. */
const listenerName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, "must be letters, digits, dots, dashes");

const tls = z.strictObject({
  /** PEM files: the listener's own certificate with its chain, and its key. */
  certificate: z.string().min(1),
  key: z.string().min(1),
  clientAuthority: z.string().min(1).optional(),
  clientNames: z.array(name).min(1).optional(),
});

const listener = z
  .strictObject({
    name: listenerName,
    host: z.string().min(1).default("127.0.0.1"),
    port: z.number().int().min(0).max(65_535),
    organisation: name,
    programme: name,
    client: name,
    sourceSystem: z.strictObject({ vendor: name, product: name, version: name }),
    profile: name.optional(),
    senders: z.array(z.strictObject({ application: name.optional(), facility: name })).min(1),
    processingIds: z
      .array(z.enum(["P", "T", "D"]))
      .min(1)
      .default(["P"]),
    tls: tls.optional(),
  })
  .refine(
    ({ host, tls: configured }) =>
      LOOPBACK.has(host) || (configured?.clientAuthority !== undefined && configured.clientNames !== undefined),
    { path: ["tls"], message: "a listener that is not on loopback needs TLS with clientAuthority and clientNames" },
  )
  .refine(({ tls: configured }) => (configured?.clientAuthority === undefined) === (configured?.clientNames === undefined), {
    path: ["tls"],
    message: "clientAuthority and clientNames belong together",
  });

const file = z.strictObject({ listeners: z.array(listener).min(1) }).superRefine(({ listeners }, context) => {
  const seen = new Set<string>();
  for (const [index, { name: listed, organisation }] of listeners.entries()) {
    const key = `${organisation}/${listed}`;
    if (seen.has(key))
      context.addIssue({ code: "custom", path: ["listeners", index, "name"], message: "names another listener too" });
    seen.add(key);
  }
});

export type ConfiguredListener = z.infer<typeof listener>;

export type ReadListeners =
  | { readonly ok: true; readonly listeners: readonly ConfiguredListener[] }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Paths in it are taken from the file's own folder, by whoever reads them. */
export function readMllpListeners(text: string): ReadListeners {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { ok: false, problems: ["is not JSON"] };
  }
  const parsed = file.safeParse(json);
  if (parsed.success) return { ok: true, listeners: parsed.data.listeners };
  return { ok: false, problems: parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`) };
}
