/** The approved site codes of an organisation, ready to be asked by a mapping. */
import type { SiteCode, SiteCodes } from "../../mappings/support/site-codes.ts";
import type { SiteCodeEntry } from "./profile.ts";

/** Undefined: there are none for this product on that day, and a mapping need not ask. */
export type SiteCodeIndex = (vendor: string, product: string, today: string) => SiteCodes | undefined;

/** Case and spacing do not count, as in code maps. */
const fold = (text: string): string => text.trim().replaceAll(/\s+/g, " ").toLowerCase();
const keyOf = (...parts: readonly string[]): string => parts.map(fold).join("\n");

export function indexSiteCodes(entries: readonly SiteCodeEntry[]): SiteCodeIndex {
  const bySender = Map.groupBy(entries, ({ vendor, product }) => keyOf(vendor, product));
  const ready = new Map<string, SiteCodes | undefined>();
  return (vendor, product, today) => {
    const own = bySender.get(keyOf(vendor, product));
    if (own === undefined) return undefined;
    const key = keyOf(vendor, product, today);
    if (!ready.has(key)) ready.set(key, toLookUp(own.filter((entry) => isInForce(entry, today))));
    return ready.get(key);
  };
}

const isInForce = ({ effectiveFrom, effectiveTo }: SiteCodeEntry, today: string): boolean =>
  effectiveFrom <= today && (effectiveTo === null || today <= effectiveTo);

/** Of several for one code the one that came into force last, of these the last that was proposed. */
function toLookUp(entries: readonly SiteCodeEntry[]): SiteCodes | undefined {
  if (entries.length === 0) return undefined;
  const sorted = entries.toSorted((a, b) => a.effectiveFrom.localeCompare(b.effectiveFrom) || a.version - b.version);
  const codes = new Map<string, SiteCode>(
    sorted.map(({ system, code, target, override, version }) => [keyOf(system, code), { target, override, version }]),
  );
  return (system, code) => codes.get(keyOf(system, code)) ?? null;
}
