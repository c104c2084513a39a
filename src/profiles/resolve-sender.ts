/**
 * Which profile reads an input, and with which site codes: the name in the request, else what is saved for (organisation, vendor,
 * product), else the format's default (interop 1.7 (14)). What an organisation has saved is read once and kept for half a minute, so a
 * change counts everywhere within that; an organisation that has saved nothing costs a look into a map.
 */
import type { CompiledProfile } from "../../mappings/files/profile-compile.ts";
import type { Dictionary } from "../dataset/dictionary.ts";
import { GatewayError } from "../errors/gateway-error.ts";
import type { Clock } from "../submission/ports.ts";
import type { ResolveSender, Sender, SenderQuestion } from "../submission/sender-ports.ts";
import type { SavedProfile, ShippedProfile } from "./profile.ts";
import type { ProfileReader, ProfileStore, SiteCodeStore } from "./profile-ports.ts";
import { indexSiteCodes, type SiteCodeIndex } from "./site-code-index.ts";

export interface ResolverDependencies {
  readonly profiles: Pick<ProfileStore, "saved" | "version">;
  readonly siteCodes: Pick<SiteCodeStore, "approved">;
  readonly reader: ProfileReader;
  readonly shipped: readonly ShippedProfile[];
  readonly clock: Clock;
}

export interface SenderResolver {
  readonly resolve: ResolveSender;
  /** To be called where something was saved: the next question is answered from the store. */
  forget(ods: string): void;
}

/** What is kept of an organisation. */
interface Kept {
  readonly loadedAt: number;
  readonly profiles: readonly SavedProfile[];
  readonly siteCodes: SiteCodeIndex;
}

const KEPT_MS = 30_000;
/** A name that is not known may have been saved a moment ago, by another process. */
const LOOK_AGAIN_MS = 1_000;
/** Organisations kept; the one that was read longest ago makes room. */
const MOST_KEPT = 500;
/** The importer's own layout, by name. */
export const IMPORTER = "importer";
const IMPORTER_ONLY = { profile: IMPORTER, columns: null, pinned: IMPORTER };
const PINNED = /^(?<name>[a-z0-9-]+)@(?<version>\d{1,7})$/;

export function createSenderResolver(dependencies: ResolverDependencies): SenderResolver {
  const resolver = new Resolver(dependencies);
  return { resolve: (question) => resolver.resolve(question), forget: (ods) => resolver.forget(ods) };
}

class Resolver {
  readonly #dependencies: ResolverDependencies;
  readonly #kept = new Map<string, Promise<Kept>>();
  readonly #compiled = new WeakMap<Dictionary, WeakMap<object, CompiledProfile>>();

  constructor(dependencies: ResolverDependencies) {
    this.#dependencies = dependencies;
  }

  forget(ods: string): void {
    this.#kept.delete(ods);
  }

  async resolve(question: SenderQuestion): Promise<Sender | null> {
    const { profile, format, ods } = question;
    if (format === "RECORDS") return { profile, columns: null, siteCodes: undefined, pinned: profile };
    const kept = await this.#keptOf(ods, KEPT_MS);
    const found = profile === null ? this.#automatic(question, kept) : await this.#named(question, profile, kept);
    if (found === null) return null;
    const { clock } = this.#dependencies;
    return { ...found, siteCodes: kept.siteCodes(question.vendor, question.product, clock.today()) };
  }

  #automatic({ vendor, product, format, dictionary }: SenderQuestion, { profiles }: Kept): Omit<Sender, "siteCodes"> {
    const own = profiles.filter(
      (saved) => saved.automatic && saved.format === format && isSame(saved.vendor, vendor) && isSame(saved.product, product),
    );
    const found = this.#inForce(own);
    if (found !== null) return this.#toSender(found, dictionary);
    return { profile: null, columns: null, pinned: format === "TABLES" ? IMPORTER : null };
  }

  async #named({ ods, format, dictionary }: SenderQuestion, name: string, kept: Kept): Promise<Omit<Sender, "siteCodes"> | null> {
    if (name === IMPORTER) return format === "TABLES" ? IMPORTER_ONLY : null;
    const shipped = this.#dependencies.shipped.find((profile) => profile.name === name.replace(/@\d+$/, ""));
    if (shipped !== undefined) return shipped.format === format ? this.#fromShipped(shipped, dictionary) : null;
    const saved = (await this.#pinned(ods, name)) ?? this.#savedUnder(name, kept);
    const found = saved ?? this.#savedUnder(name, await this.#keptOf(ods, LOOK_AGAIN_MS));
    return found?.format === format ? this.#toSender(found, dictionary) : null;
  }

  #savedUnder(name: string, { profiles }: Kept): SavedProfile | null {
    return this.#inForce(profiles.filter((profile) => profile.name === name));
  }

  /** A version by its number, also one that is retired: what was accepted under it is read by it. */
  async #pinned(ods: string, text: string): Promise<SavedProfile | null> {
    const { name, version } = PINNED.exec(text)?.groups ?? {};
    return name === undefined ? null : await this.#dependencies.profiles.version(ods, name, Number(version));
  }

  /** The latest of those whose day has come. */
  #inForce(profiles: readonly SavedProfile[]): SavedProfile | null {
    const today = this.#dependencies.clock.today();
    return profiles
      .filter(({ effectiveFrom }) => effectiveFrom <= today)
      .reduce<SavedProfile | null>((last, next) => (last === null || next.version > last.version ? next : last), null);
  }

  #fromShipped({ name, columns }: ShippedProfile, dictionary: Dictionary): Omit<Sender, "siteCodes"> {
    return columns === null
      ? { profile: name, columns: null, pinned: name }
      : { profile: null, columns: this.#compile(columns, dictionary), pinned: name };
  }

  #toSender({ name, version, senderProfile, columns }: SavedProfile, dictionary: Dictionary): Omit<Sender, "siteCodes"> {
    if (columns === null) return { profile: senderProfile, columns: null, pinned: senderProfile };
    return { profile: null, columns: this.#compile(columns, dictionary), pinned: `${name}@${version}` };
  }

  /** @throws GatewayError CONFLICT for a profile in the words of another version */
  #compile(columns: NonNullable<SavedProfile["columns"]>, dictionary: Dictionary): CompiledProfile {
    const compiled = this.#compiled.get(dictionary) ?? new WeakMap<object, CompiledProfile>();
    this.#compiled.set(dictionary, compiled);
    const known = compiled.get(columns);
    if (known !== undefined) return known;
    const { profile } = this.#dependencies.reader.compile(columns, dictionary);
    if (profile === null)
      throw new GatewayError(
        "CONFLICT",
        "The profile does not fit the dataset version of the submission: claim the one it fits.",
      );
    compiled.set(columns, profile);
    return profile;
  }

  async #keptOf(ods: string, maxAgeMs: number): Promise<Kept> {
    const known = this.#kept.get(ods);
    const now = Date.parse(this.#dependencies.clock.now());
    const kept = await known?.catch(() => null);
    if (kept && Math.abs(now - kept.loadedAt) < maxAgeMs) return kept;
    // Those who come meanwhile wait for the same answer.
    const loading = this.#kept.get(ods);
    if (loading !== undefined && loading !== known) return await loading;
    const fresh = this.#load(ods, now);
    this.#kept.delete(ods);
    this.#kept.set(ods, fresh);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    fresh.catch(() => {
      if (this.#kept.get(ods) === fresh) this.#kept.delete(ods);
    });
    return await fresh;
  }

  /** One after the other: the embedded database has one connection. */
  async #load(ods: string, loadedAt: number): Promise<Kept> {
    const profiles = await this.#dependencies.profiles.saved(ods);
    return { loadedAt, profiles, siteCodes: indexSiteCodes(await this.#dependencies.siteCodes.approved(ods)) };
  }
}

/** Senders write their own name in more than one way. */
const isSame = (one: string, other: string): boolean => one.trim().toLowerCase() === other.trim().toLowerCase();
