/** Site codes as their organisation proposes and reviews them, under row-level security. What was said is written once. */
import { z } from "zod";
import { RECORD_TYPE_NAMES } from "../dataset/define.ts";
import type { Prisma, SiteCode } from "../generated/prisma/client.ts";
import { SITE_CODE_STATES, type SiteCodeEntry } from "../profiles/profile.ts";
import type { SiteCodeFilter, SiteCodeStore } from "../profiles/profile-ports.ts";
import type { Database } from "./database/database.ts";
import type { Transaction } from "./database/unit.ts";
import { isUuid, readId, toCursor, toPage } from "./page-cursor.ts";
import { LOCK_SITE_CODES } from "./sql/profile-queries.ts";

const target = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("OPTION"), recordType: z.enum(RECORD_TYPE_NAMES), item: z.string(), key: z.string() }),
  z.strictObject({ kind: z.literal("ITEM"), recordType: z.enum(RECORD_TYPE_NAMES), item: z.string() }),
  z.strictObject({ kind: z.literal("CONCEPT"), system: z.enum(["ICD10", "OPCS4", "SNOMED"]), code: z.string() }),
]);

export function createSiteCodeStore(database: Database): SiteCodeStore {
  const unit = <T>(ods: string, work: (tx: Transaction) => Promise<T>): Promise<T> =>
    database.withRole({ role: "nacr_app", ods }, work);
  return {
    approved: (ods) =>
      unit(ods, async (tx) =>
        (await tx.siteCode.findMany({ where: { ods, state: "APPROVED" }, orderBy: { id: "asc" } })).map(toEntry),
      ),
    page: ({ ods }, filter, { first, after }) =>
      unit(ods, async (tx) => {
        const where = toWhere(ods, filter);
        const behind = after === null ? where : { AND: [where, { id: { gt: readId(after) } }] };
        const rows = await tx.siteCode.findMany({ where: behind, orderBy: { id: "asc" }, take: first + 1 });
        const page = toPage(rows, first, await tx.siteCode.count({ where }), ({ id }) => toCursor(id));
        return { ...page, nodes: page.nodes.map(({ cursor, node }) => ({ cursor, node: toEntry(node) })) };
      }),
    find: ({ ods }, id) => unit(ods, (tx) => findEntry(tx, ods, id)),
    propose: ({ ods, clientId }, { effectiveFrom, effectiveTo, ...entry }, most) =>
      unit(ods, async (tx) => {
        await tx.$executeRaw(LOCK_SITE_CODES([ods]));
        if ((await tx.siteCode.count({ where: { ods } })) >= most) return null;
        const { vendor, product, system, code } = entry;
        const last = await tx.siteCode.aggregate({ where: { ods, vendor, product, system, code }, _max: { version: true } });
        const dates = {
          effectiveFrom: new Date(effectiveFrom),
          effectiveTo: effectiveTo === null ? null : new Date(effectiveTo),
        };
        const own = { ods, version: (last._max.version ?? 0) + 1, state: "PROPOSED", proposedBy: clientId };
        return toEntry(await tx.siteCode.create({ data: { ...entry, ...dates, ...own } }));
      }),
    review: ({ ods, clientId }, id, review) =>
      unit(ods, async (tx) => {
        await tx.$executeRaw(LOCK_SITE_CODES([ods]));
        const row = await findRow(tx, ods, id);
        if (row === null) return null;
        if (row.state !== "PROPOSED") return "NOT_PROPOSED";
        if (row.proposedBy === clientId) return "OWN";
        await tx.siteCode.updateMany({ where: { ods, id }, data: { ...review, reviewedBy: clientId } });
        return await findEntry(tx, ods, id);
      }),
    retire: ({ ods, clientId }, id, retiredAt) =>
      unit(ods, async (tx) => {
        await tx.$executeRaw(LOCK_SITE_CODES([ods]));
        if ((await findRow(tx, ods, id)) === null) return null;
        const data = { state: "RETIRED", retiredAt, retiredBy: clientId };
        await tx.siteCode.updateMany({ where: { ods, id, state: { not: "RETIRED" } }, data });
        return await findEntry(tx, ods, id);
      }),
  };
}

const findRow = async (tx: Transaction, ods: string, id: string): Promise<SiteCode | null> =>
  isUuid(id) ? await tx.siteCode.findFirst({ where: { ods, id } }) : null;

async function findEntry(tx: Transaction, ods: string, id: string): Promise<SiteCodeEntry | null> {
  const row = await findRow(tx, ods, id);
  return row === null ? null : toEntry(row);
}

const toWhere = (ods: string, { states, vendor, product, system }: SiteCodeFilter): Prisma.SiteCodeWhereInput => ({
  ods,
  ...(states === null ? {} : { state: { in: [...states] } }),
  ...(vendor === null ? {} : { vendor }),
  ...(product === null ? {} : { product }),
  ...(system === null ? {} : { system }),
});

const toDate = (date: Date): string => date.toISOString().slice(0, "YYYY-MM-DD".length);

function toEntry(row: SiteCode): SiteCodeEntry {
  const state = SITE_CODE_STATES.find((known) => known === row.state);
  if (state === undefined) throw new Error("A site code has a state that is not known.");
  const { id, vendor, product, system, code, version, override, comment } = row;
  return {
    id,
    vendor,
    product,
    system,
    code,
    version,
    target: target.parse(row.target),
    override,
    comment,
    effectiveFrom: toDate(row.effectiveFrom),
    effectiveTo: row.effectiveTo === null ? null : toDate(row.effectiveTo),
    state,
    proposedAt: row.proposedAt.toISOString(),
    reviewedAt: row.reviewedAt?.toISOString() ?? null,
    retiredAt: row.retiredAt?.toISOString() ?? null,
  };
}
