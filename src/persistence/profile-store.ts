/** Mapping profiles as their organisation saves them, under row-level security. A version is written once. */
import { columnProfileSchema } from "../../mappings/files/profile-schema.ts";
import type { MappingProfile } from "../generated/prisma/client.ts";
import type { SavedProfile } from "../profiles/profile.ts";
import type { ProfileStore, ProfileToSave, SaveRefusal } from "../profiles/profile-ports.ts";
import { PROFILE_FORMATS } from "../submission/sender-ports.ts";
import type { Database } from "./database/database.ts";
import type { Transaction } from "./database/unit.ts";
import { LOCK_PROFILES } from "./sql/profile-queries.ts";

export function createProfileStore(database: Database): ProfileStore {
  const unit = <T>(ods: string, work: (tx: Transaction) => Promise<T>): Promise<T> =>
    database.withRole({ role: "nacr_app", ods }, work);
  return {
    saved: (ods) => unit(ods, (tx) => readSaved(tx, ods)),
    version: (ods, name, version) =>
      unit(ods, async (tx) => {
        const row = await tx.mappingProfile.findFirst({ where: { ods, name, version } });
        return row === null ? null : toSaved(row);
      }),
    save: ({ ods, clientId }, profile, most) =>
      unit(ods, async (tx) => {
        await tx.$executeRaw(LOCK_PROFILES([ods]));
        const refusal = findRefusal(await readSaved(tx, ods), profile, most);
        if (refusal !== null) return refusal;
        const last = await tx.mappingProfile.aggregate({ where: { ods, name: profile.name }, _max: { version: true } });
        const version = (last._max.version ?? 0) + 1;
        // The document carries its own version, because reports name it.
        const columns = profile.columns === null ? null : { ...profile.columns, version };
        const data = {
          ...profile,
          ods,
          version,
          createdBy: clientId,
          effectiveFrom: new Date(profile.effectiveFrom),
          columns: undefined,
        };
        const row = await tx.mappingProfile.create({ data: columns === null ? data : { ...data, columns } });
        return toSaved(row);
      }),
    retire: ({ ods, clientId }, name, retiredAt) =>
      unit(ods, async (tx) => {
        await tx.$executeRaw(LOCK_PROFILES([ods]));
        const versions = (await readSaved(tx, ods)).filter((profile) => profile.name === name);
        const last = versions.at(-1);
        if (last === undefined) return null;
        await tx.mappingProfile.updateMany({ where: { ods, name, retiredAt: null }, data: { retiredAt, retiredBy: clientId } });
        return { ...last, retiredAt };
      }),
  };
}

async function readSaved(tx: Transaction, ods: string): Promise<readonly SavedProfile[]> {
  const rows = await tx.mappingProfile.findMany({
    where: { ods, retiredAt: null },
    orderBy: [{ name: "asc" }, { version: "asc" }],
  });
  return rows.map(toSaved);
}

function findRefusal(saved: readonly SavedProfile[], profile: ProfileToSave, most: number): SaveRefusal | null {
  const own = saved.filter(({ name }) => name === profile.name);
  if (own.some(({ format }) => format !== profile.format)) return { refused: "OTHER_FORMAT" };
  if (own.length === 0 && new Set(saved.map(({ name }) => name)).size >= most) return { refused: "FULL" };
  const other = profile.automatic ? saved.find((known) => isRival(known, profile)) : undefined;
  return other === undefined ? null : { refused: "AUTOMATIC", name: other.name };
}

const fold = (text: string): string => text.trim().toLowerCase();

const isRival = (known: SavedProfile, { name, format, vendor, product }: ProfileToSave): boolean =>
  known.automatic &&
  known.name !== name &&
  known.format === format &&
  fold(known.vendor) === fold(vendor) &&
  fold(known.product) === fold(product);

function toSaved(row: MappingProfile): SavedProfile {
  const format = PROFILE_FORMATS.find((known) => known === row.format);
  if (format === undefined) throw new Error("A saved profile has a format that is not known.");
  return {
    id: row.id,
    name: row.name,
    version: row.version,
    vendor: row.vendor,
    product: row.product,
    format,
    automatic: row.automatic,
    senderProfile: row.senderProfile,
    columns: row.columns === null ? null : columnProfileSchema.parse(row.columns),
    effectiveFrom: row.effectiveFrom.toISOString().slice(0, "YYYY-MM-DD".length),
    createdAt: row.createdAt.toISOString(),
    retiredAt: row.retiredAt?.toISOString() ?? null,
  };
}
