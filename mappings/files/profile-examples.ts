/**
 * Column profiles shipped as examples to be edited. The layouts of these products are not public, so no column name in them is confirmed:
 * each shows how such an export can be described, in one of the shapes that are met.
 */
import { type ColumnProfile, readProfile } from "./profile-schema.ts";
import dendrite from "./profiles/dendrite-example.json" with { type: "json" };
import pats from "./profiles/pats-example.json" with { type: "json" };
import solus from "./profiles/solus-example.json" with { type: "json" };
import systmOne from "./profiles/systmone-example.json" with { type: "json" };

/** @throws Error for an example that is none: a mistake of ours, found when the process starts */
function requireProfile(document: unknown): ColumnProfile {
  const { profile, problems } = readProfile(document);
  if (profile === null) throw new Error(`An example profile cannot be read: ${problems.map(({ path }) => path).join(", ")}`);
  return profile;
}

export const EXAMPLE_PROFILES: readonly ColumnProfile[] = [solus, pats, dendrite, systmOne].map(requireProfile);
