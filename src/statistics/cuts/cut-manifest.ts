/**
 * What is signed of a cut: enough to tell years later which rows and which rules its figures came from, and nothing of a person. The
 * installation's key, as of certificates: `nacr verify-certificate` checks it (docs/cuts.md).
 */
import { z } from "zod";
import type { WithholdingReason } from "../../consent/ports.ts";
import { CUT_MANIFEST_FORMAT } from "../../destruction/certificate.ts";
import { canonicalJson } from "../../lib/canonical-json.ts";
import { roundForDisclosure } from "../../national/disclosed-count.ts";
import { DECLARATION_VERSION } from "../cube/declaration.ts";
import { CUBE_RULES } from "../cube/disclosure-rules.ts";
import type { CutCube } from "./cut.ts";
import type { MadeYear } from "./make-year.ts";

/** Rounded to five; of one to seven it says so. */
type DisclosedCount = number | "1-7";

/** Patients of organisations who are not in the cut, and why. Everybody is asked for when the cut is frozen. */
export type WithheldCounts = Readonly<Record<WithholdingReason | "WITHDRAWN", number>>;

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.union([z.number(), z.literal("1-7")]);
const year = z.object({
  auditYear: z.int(),
  journeys: count,
  programmes: z.int(),
  rowsDigest: digest,
  /** The number of the cut whose publication of the year this one was held against; null: the first. */
  previousCut: z.int().nullable(),
  /** Null: the audit missed its target, and nothing is published of the year. */
  cube: z.object({ digest, cells: z.int(), published: z.int() }).nullable(),
});
const manifest = z.object({
  format: z.literal(CUT_MANIFEST_FORMAT),
  id: z.string(),
  number: z.int(),
  asOf: z.string(),
  publishedAt: z.string(),
  synthetic: z.boolean(),
  declaration: z.int(),
  rules: z.record(z.string(), z.unknown()),
  years: z.array(year),
  withheld: z.record(z.string(), count),
  signingKey: z.string(),
});
export type CutManifest = z.infer<typeof manifest>;

export interface ManifestFacts {
  readonly id: string;
  readonly number: number;
  /** ISO instants. */
  readonly asOf: string;
  readonly publishedAt: string;
  readonly isSynthetic: boolean;
  readonly years: readonly (MadeYear & { readonly previousCut: number | null })[];
  readonly withheld: WithheldCounts;
  readonly signingKey: string;
}

const disclose = (number: number): DisclosedCount => roundForDisclosure(number) ?? "1-7";

/** Canonical JSON. */
export function writeManifest({ years, withheld, isSynthetic, ...facts }: ManifestFacts): string {
  const written: CutManifest = {
    ...facts,
    format: CUT_MANIFEST_FORMAT,
    synthetic: isSynthetic,
    declaration: DECLARATION_VERSION,
    rules: { ...CUBE_RULES },
    years: years.map(({ auditYear, journeys, programmes, rowsDigest, previousCut, published, report }) => ({
      auditYear,
      journeys: disclose(journeys),
      programmes,
      rowsDigest,
      previousCut,
      cube: published === null ? null : { digest: published.digest, cells: report.cells, published: report.published },
    })),
    withheld: Object.fromEntries(Object.entries(withheld).map(([reason, number]) => [reason, disclose(number)])),
  };
  return canonicalJson(written);
}

/** @throws ZodError, SyntaxError for a text that is no manifest */
export const readManifest = (text: string): CutManifest => manifest.parse(JSON.parse(text));

export const cubesOf = ({ years }: CutManifest): readonly CutCube[] =>
  years.flatMap(({ auditYear, cube }) => (cube === null ? [] : [{ auditYear, ...cube }]));
