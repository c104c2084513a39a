/** The file of `NACR_IDENTITY_PROVIDERS`: every issuer with all it needs, every problem named at once. docs/registration.md explains it. */
import { z } from "zod";

const word = z
  .string()
  .min(1)
  .max(500)
  .regex(/^[^\p{Cc}\s]+$/u, "must hold neither spaces nor control characters");
const address = z.url({ protocol: /^https?$/ }).max(500);

const provider = z.strictObject({
  /** As the tokens' `iss` has it, letter by letter. */
  issuer: address,
  /** What the tokens' `aud` has to be, alone. */
  audience: word,
  /** Where its keys are; absent: where its discovery document says. */
  jwksUri: address.optional(),
  subjectClaim: word.default("sub"),
  acrClaim: word.default("acr"),
  /** Sign-ins that are strong enough, as the issuer names them: multi-factor ones. */
  acrValues: z.array(word).min(1).max(20),
  tokenTypes: z
    .array(word.transform((type) => type.toLowerCase().replace(/^application\//, "")))
    .min(1)
    .max(5)
    .default(["at+jwt", "jwt"]),
  maxLifetimeSeconds: z.number().int().min(60).max(43_200).default(3_600),
  clockToleranceSeconds: z.number().int().min(0).max(60).default(5),
});

const file = z.strictObject({ providers: z.array(provider).min(1).max(20) }).superRefine(({ providers }, context) => {
  for (const [index, { issuer }] of providers.entries())
    if (providers.findIndex((other) => other.issuer === issuer) < index)
      context.addIssue({ code: "custom", path: ["providers", index, "issuer"], message: "stands in the list twice" });
});

export type ConfiguredProvider = z.infer<typeof provider>;

export type ReadProviders =
  | { readonly ok: true; readonly providers: readonly ConfiguredProvider[] }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Pure: the file's text in, the issuers or what is wrong with them out. */
export function readIdentityProviders(text: string): ReadProviders {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return { ok: false, problems: ["it is not JSON"] };
  }
  const parsed = file.safeParse(content);
  if (parsed.success) return { ok: true, providers: parsed.data.providers };
  return { ok: false, problems: parsed.error.issues.map(({ path, message }) => `${path.join(".") || "the file"}: ${message}`) };
}
