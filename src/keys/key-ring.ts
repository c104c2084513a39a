/**
 * The data keys in use. Each organisation has its own: a key it seals with, which is replaced now and then, and one for digests, which is
 * not (docs/keys.md). They are made at their first use and kept wrapped. HKDF derives a key for each purpose of a digest, so that a digest
 * of one purpose says nothing about another.
 * Measured on one busy core: 160,000 digests of a short text a second; deriving a key takes 26 µs, once for each purpose.
 */
import { randomBytes } from "node:crypto";
import { type AgreementKeys, PSEUDONYM_PURPOSE, toAgreementKeys } from "./agreement-keys.ts";
import { type CertificateKey, createCertificateKey } from "./certificate-key.ts";
import { createDigests, createMac, deriveKey, KEY_BYTES, type Mac, makeDigestKey, separateDigestKey } from "./digest-keys.ts";
import type { ErasureKeys } from "./erasure-keys.ts";
import { type DataKeyStore, KeyError, type KeyManagement, type WrappedKey } from "./key-management.ts";
import { type OrganisationKeys, toOrganisationKeys, toSealingKeys } from "./organisation-keys.ts";
import { VersionedKeys } from "./versioned-keys.ts";

const LINK_SCOPE = "link";
/** The scope of what access tokens are signed with. */
export const TOKENS_SCOPE = "tokens";
const CERTIFICATES_SCOPE = "certificates";
const AUDIT_SCOPE = "audit";
const FIRST = 1;
/** Without a refresh for so long, keys are read again before they are given out: the database was away, and others may have gone on. */
const STALE_MS = 15_000;

const SEALING = "organisation:";
/** The scope of what an organisation seals with: `keys.data_key`. */
export const sealingScope = (ods: string): string => `${SEALING}${ods}`;
/** Whose keys a scope is of; null: no organisation's sealing key. */
export const organisationOf = (scope: string): string | null => (scope.startsWith(SEALING) ? scope.slice(SEALING.length) : null);
const digestScope = (ods: string): string => `digest:${ods}`;

/** Keyed digests by which a person is recognised in every organisation: one national key, hence used for nothing else. */
export interface LinkKey {
  readonly version: number;
  /** HMAC-SHA-256 of an NHS number (`nhs`), an ISO date of birth (`dob`), or folded name and postcode (`name`), as hexadecimal text. */
  mac(purpose: "nhs" | "dob" | "name", text: string): string;
}

/** Pseudonyms for one purpose or one agreement: the same person has others under any other, and nobody can join the two. */
export interface PseudonymKey {
  readonly version: number;
  /** HMAC-SHA-256 as hexadecimal text. */
  mac(text: string): string;
}

/** What access tokens are signed with, the same in every process of the installation. A token names the version it was signed with. */
export interface TokenSecrets {
  /** 32 bytes. */
  newest(): { readonly version: number; readonly secret: Buffer };
  /** Null for a version that is not (any more). */
  find(version: number): Buffer | null;
}

/** Keyed digests of the audit trail: a key of its own, which nothing else is told. */
export interface TrailKey {
  /** HMAC-SHA-256 as hexadecimal text. */
  mac(use: "chain" | "anchor" | "checkpoint", text: string): string;
}

export interface KeyRing {
  /** The secrets that are destroyed one by one. */
  readonly erasure: ErasureKeys;
  /** @throws KeyError when the stored key cannot be unwrapped; what the store throws */
  organisation(ods: string): Promise<OrganisationKeys>;
  link(): Promise<LinkKey>;
  /** `purpose`: `national`, or an agreement's id. Made at its first use. */
  pseudonyms(purpose: string): Promise<PseudonymKey>;
  /** Null where it was never made (by `pseudonyms`), and from the moment it was destroyed: read anew each time. */
  agreement(agreementId: string): Promise<AgreementKeys | null>;
  tokenSecrets(): Promise<TokenSecrets>;
  /** What destruction certificates are signed with. */
  certificateKey(): Promise<CertificateKey>;
  audit(): Promise<TrailKey>;
  /** Reads what became of the keys in use: new versions, destroyed ones. One statement. @throws as `organisation` */
  refresh(): Promise<void>;
}

export const makeDataKey = (): Buffer => randomBytes(KEY_BYTES);

const PSEUDONYMS = "pseudonym:";
/** The scope of the pseudonyms for a purpose: `keys.data_key`. That of an agreement is destroyed with it. */
export const pseudonymScope = (purpose: string): string => `${PSEUDONYMS}${purpose}`;

/** Keeps a promise for each key; a failed one is forgotten, so that the next caller tries again. */
function remember<T>(make: (name: string) => Promise<T>, kept = new Map<string, Promise<T>>()): (name: string) => Promise<T> {
  return (name) => {
    const known = kept.get(name);
    if (known !== undefined) return known;
    const made = make(name);
    kept.set(name, made);
    made.catch(() => kept.delete(name));
    return made;
  };
}

/** Makes the ring; keys are read (and created) when they are first asked for. */
export const createKeyRing = (management: KeyManagement, store: DataKeyStore): KeyRing => new Ring(management, store);

/** The key of a scope with a single version; the first one where there are several. */
const firstOf = (rows: readonly WrappedKey[], scope: string): WrappedKey | undefined => rows.find((row) => row.scope === scope);

class Ring implements KeyRing {
  readonly erasure: ErasureKeys;
  readonly #management: KeyManagement;
  readonly #store: DataKeyStore;
  /** By scope: what `refresh` brings up to date. */
  readonly #versioned = new Map<string, VersionedKeys<unknown>>();
  /** By purpose: what `refresh` forgets once it was destroyed. */
  readonly #pseudonymKeys = new Map<string, Promise<PseudonymKey>>();
  /** By two clocks: one of them stands still while the machine sleeps, the other may be put back. */
  #freshUntil = { steady: Number.POSITIVE_INFINITY, wall: Number.POSITIVE_INFINITY };
  #refreshing: Promise<void> | null = null;

  constructor(management: KeyManagement, store: DataKeyStore) {
    this.erasure = management.erasure;
    this.#management = management;
    this.#store = store;
  }

  async organisation(ods: string): Promise<OrganisationKeys> {
    const { steady, wall } = this.#freshUntil;
    if (performance.now() > steady || Date.now() > wall) await this.refresh();
    return await this.#organisation(ods);
  }

  link = (): Promise<LinkKey> => this.#link(LINK_SCOPE);
  tokenSecrets = (): Promise<TokenSecrets> => this.#tokens(TOKENS_SCOPE);
  certificateKey = (): Promise<CertificateKey> => this.#certificates(CERTIFICATES_SCOPE);
  pseudonyms = (purpose: string): Promise<PseudonymKey> => this.#pseudonyms(purpose);
  audit = (): Promise<TrailKey> => this.#trail(AUDIT_SCOPE);

  async agreement(agreementId: string): Promise<AgreementKeys | null> {
    const scope = pseudonymScope(agreementId);
    const rows = await this.#store.read([scope]);
    return rows.length === 0 ? null : toAgreementKeys(await this.#unwrapFirst(rows, scope), scope);
  }

  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async #refresh(): Promise<void> {
    const began = { steady: performance.now(), wall: Date.now() };
    const versioned = new Map(this.#versioned);
    const purposes = [...this.#pseudonymKeys.keys()];
    if (versioned.size + purposes.length > 0) {
      const rows = await this.#store.read([...versioned.keys(), ...purposes.map(pseudonymScope)]);
      await Promise.all([...versioned].map(([scope, keys]) => keys.adopt(rows.filter((row) => row.scope === scope))));
      const destroyed = purposes.filter((purpose) => firstOf(rows, pseudonymScope(purpose)) === undefined);
      for (const purpose of destroyed) this.#pseudonymKeys.delete(purpose);
    }
    this.#freshUntil = { steady: began.steady + STALE_MS, wall: began.wall + STALE_MS };
  }

  readonly #organisation = remember(async (ods: string) => {
    const [digests, sealing] = [digestScope(ods), sealingScope(ods)];
    let rows = await this.#store.read([digests, sealing]);
    // The digests' key first: an organisation that has a sealing key and none for digests is one from before the two stood apart.
    const missing = [digests, sealing].filter((scope) => firstOf(rows, scope) === undefined);
    for (const scope of missing)
      await this.#insert(scope, scope === digests ? await this.#makeDigestKey(ods, firstOf(rows, sealing)) : makeDataKey());
    if (missing.length > 0) rows = await this.#store.read([digests, sealing]);
    const mac = createDigests(await this.#unwrapFirst(rows, digests));
    const versions = await this.#keep(sealing, rows, toSealingKeys);
    return toOrganisationKeys(ods, { sealing: versions, erasure: this.erasure, mac });
  });

  async #makeDigestKey(ods: string, sealing: WrappedKey | undefined): Promise<Buffer> {
    if (sealing === undefined) return makeDigestKey();
    if (sealing.version !== FIRST) throw new KeyError(`The digest key of ${ods} is gone: its patients cannot be recognised.`);
    return separateDigestKey(await this.#management.unwrap(sealing.wrapped, sealing.scope));
  }

  readonly #link = remember(async (scope: string): Promise<LinkKey> => ({ version: FIRST, mac: await this.#fixedMac(scope) }));

  readonly #trail = remember(async (scope: string): Promise<TrailKey> => ({ mac: await this.#fixedMac(scope) }));

  readonly #pseudonyms = remember(async (purpose: string): Promise<PseudonymKey> => {
    const mac = await this.#fixedMac(pseudonymScope(purpose));
    return { version: FIRST, mac: (text) => mac(PSEUDONYM_PURPOSE, text) };
  }, this.#pseudonymKeys);

  readonly #certificates = remember(
    async (scope: string): Promise<CertificateKey> =>
      createCertificateKey(await this.#unwrapFirst(await this.#load(scope), scope)),
  );

  readonly #tokens = remember(async (scope: string): Promise<TokenSecrets> => {
    const secrets = await this.#keep(scope, await this.#load(scope), (key) => deriveKey(key, "access-token"));
    return {
      newest: () => ({ version: secrets.newest, secret: secrets.get(secrets.newest) }),
      find: (version) => secrets.find(version),
    };
  });

  /** Of a key that is never replaced. */
  async #fixedMac(scope: string): Promise<Mac> {
    return createMac(await this.#unwrapFirst(await this.#load(scope), scope));
  }

  async #load(scope: string): Promise<readonly WrappedKey[]> {
    const rows = await this.#store.read([scope]);
    if (rows.length > 0) return rows;
    await this.#insert(scope, makeDataKey());
    return await this.#store.read([scope]);
  }

  /** Two processes may create at once: the store keeps one, and both read back which. */
  #insert(scope: string, key: Buffer): Promise<void> {
    return this.#store.insertFirst(scope, () => this.#management.wrap(key, scope));
  }

  async #unwrapFirst(rows: readonly WrappedKey[], scope: string): Promise<Buffer> {
    const first = firstOf(rows, scope);
    if (first === undefined) throw new KeyError(`The data key ${scope} was not stored.`);
    return await this.#management.unwrap(first.wrapped, scope);
  }

  async #keep<T>(scope: string, rows: readonly WrappedKey[], toUsable: (key: Buffer) => T): Promise<VersionedKeys<T>> {
    const keys = new VersionedKeys(scope, this.#management, toUsable);
    await keys.adopt(rows.filter((row) => row.scope === scope));
    this.#versioned.set(scope, keys);
    return keys;
  }
}
