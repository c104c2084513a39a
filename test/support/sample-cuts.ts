/** Cuts that were never published: cubes of made-up figures, for whatever asks one. */
import { CUT_MANIFEST_FORMAT } from "../../src/destruction/certificate.ts";
import type { Page } from "../../src/lib/page.ts";
import { countCellsOf, shapeTables } from "../../src/statistics/cube/cube-layout.ts";
import { DECLARATION_VERSION } from "../../src/statistics/cube/declaration.ts";
import { digestOfCube, encodeCube } from "../../src/statistics/cube/encode-cube.ts";
import { CubeReader } from "../../src/statistics/cube/look-up.ts";
import type { PublishedCube } from "../../src/statistics/cube/published-cube.ts";
import type { Cut } from "../../src/statistics/cuts/cut.ts";
import type { CutManifest } from "../../src/statistics/cuts/cut-manifest.ts";
import type { PublishedCuts } from "../../src/statistics/cuts/cut-ports.ts";
import type { TestDatabase } from "./database.ts";

const SAMPLE_YEARS = [2023, 2024] as const;

type Places = Pick<PublishedCube, "places" | "nations">;

/** `CR-1` and what is above it are in England. */
const TWO_OF_EACH: Places = {
  places: {
    UNITED_KINGDOM: ["UK"],
    nation: ["ENGLAND", "WALES"],
    region: ["Y56", "Y58"],
    trust: ["RAA", "RBB"],
    programme: ["CR-1", "CR-2"],
  },
  nations: {
    UNITED_KINGDOM: [""],
    nation: ["ENGLAND", "WALES"],
    region: ["ENGLAND", "WALES"],
    trust: ["ENGLAND", "WALES"],
    programme: ["ENGLAND", "WALES"],
  },
};

/** Every figure differs from its neighbours; of `seed` depends which are withheld. */
export function sampleCube(auditYear: number, seed = 7, { places, nations }: Places = TWO_OF_EACH): PublishedCube {
  const cells = countCellsOf(shapeTables((level) => places[level].length));
  const figures = Int32Array.from({ length: cells }, (_, cell) => (cell % seed === 0 ? -1 : 10 + cell * 5 + seed));
  const medians = new Int16Array(cells).fill(-1);
  return { declaration: DECLARATION_VERSION, auditYear, places, nations, figures, medians };
}

export const CUT_ID = "01890000-0000-7000-8000-0000000000c1";
export const WITHDRAWN_CUT_ID = "01890000-0000-7000-8000-0000000000c0";

const cutOf = (id: string, number: number, state: Cut["state"]): Cut => ({
  id,
  number,
  state,
  asOf: "2026-02-01T00:00:00.000Z",
  publishedAt: "2026-02-01T00:10:00.000Z",
  withdrawn: state === "WITHDRAWN" ? { at: "2026-02-02T00:00:00.000Z", reason: "A programme was counted twice" } : null,
  cubes: SAMPLE_YEARS.map((auditYear) => ({ auditYear, digest: "d".repeat(64), cells: 100, published: 80 })),
  isSynthetic: true,
});

/** The second in force, the first withdrawn. `isEmpty`: nothing was ever published. */
export function sampleCuts(seed = 7, isEmpty = false): PublishedCuts {
  const cuts = isEmpty ? [] : [cutOf(CUT_ID, 2, "IN_FORCE"), cutOf(WITHDRAWN_CUT_ID, 1, "WITHDRAWN")];
  const readers = new Map(SAMPLE_YEARS.map((year) => [year, new CubeReader(sampleCube(year, seed))] as const));
  return {
    page: async ({ first }): Promise<Page<Cut>> => ({
      nodes: cuts.slice(0, first).map((node) => ({ cursor: node.id, node })),
      hasNextPage: cuts.length > first,
      totalCount: cuts.length,
    }),
    find: async (id) => cuts.find((cut) => cut.id === id) ?? null,
    inForce: async () => cuts.find(({ state }) => state === "IN_FORCE") ?? null,
    reader: async (id, auditYear) => {
      const reader = [...readers].find(([year]) => year === auditYear)?.[1];
      return reader === undefined || !cuts.some((cut) => cut.id === id) ? null : { reader, digest: "d".repeat(64) };
    },
  };
}

/** In force from now on, in the tables of a gateway's database; its signature is none. */
export async function putSampleCut({ query }: Pick<TestDatabase, "query">, cube: PublishedCube): Promise<void> {
  const bytes = encodeCube(cube);
  const digest = digestOfCube(bytes);
  const at = "2026-02-01T00:00:00.000Z";
  const year = { auditYear: cube.auditYear, journeys: 100, programmes: 2, rowsDigest: digest, previousCut: null };
  const manifest: CutManifest = {
    format: CUT_MANIFEST_FORMAT,
    id: CUT_ID,
    number: 1,
    asOf: at,
    publishedAt: at,
    synthetic: true,
    declaration: cube.declaration,
    rules: {},
    years: [
      { ...year, cube: { digest, cells: cube.figures.length, published: cube.figures.filter((figure) => figure >= 0).length } },
    ],
    withheld: {},
    signingKey: "none",
  };
  await query(
    `insert into cut.cut (id, number, state, as_of, published_at, published_by, manifest, signature, synthetic)
     values ($1::uuid, 1, 'IN_FORCE', $2::timestamptz, $2::timestamptz, 'test', $3, 'none', true)`,
    [CUT_ID, at, JSON.stringify(manifest)],
  );
  await query("insert into cut.cube (cut_id, audit_year, digest, bytes) values ($1::uuid, $2::integer, $3, decode($4, 'hex'))", [
    CUT_ID,
    cube.auditYear,
    digest,
    Buffer.from(bytes).toString("hex"),
  ]);
}
