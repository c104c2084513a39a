/** From the frozen rows of an audit year to its cube. The same rows, and the same publication before, always give the same bytes. */
import { createHash } from "node:crypto";
import { canonicalJson } from "../../lib/canonical-json.ts";
import { type CodedJourneys, codeJourneys } from "../cube/coded-journeys.ts";
import { digestOfCube, encodeCube } from "../cube/encode-cube.ts";
import { type PublicationReport, publishCube } from "../cube/publish-cube.ts";
import type { CutJourney } from "../cut-journey.ts";
import { decodeLedger, encodeLedger } from "../ledger/encode-ledger.ts";
import { type FrozenPage, readFrozenPage } from "./frozen-page.ts";

/** Everything that goes into the cube of a year. */
export interface YearSource {
  readonly auditYear: number;
  readonly rows: AsyncIterable<FrozenPage>;
  /** The year as it was published last, and what was kept of that; null: it never was. */
  readonly previous: { readonly rows: AsyncIterable<FrozenPage>; readonly ledger: Uint8Array } | null;
}

export interface PublishedYear {
  readonly cube: Uint8Array;
  /** SHA-256 of the cube, hex. */
  readonly digest: string;
  /** For the next publication of the year; told to nobody. */
  readonly ledger: Uint8Array;
}

/** All of it survives being copied between threads. */
export interface MadeYear {
  readonly auditYear: number;
  readonly journeys: number;
  /** That have journeys of the year. */
  readonly programmes: number;
  /** SHA-256 of the frozen rows, hex. */
  readonly rowsDigest: string;
  readonly report: PublicationReport;
  /** Null: the audit missed its target, so nothing is shown of the year. */
  readonly published: PublishedYear | null;
}

/** Makes a year where it holds up nobody. @throws what reading the rows throws; what the work throws */
export type MakeYear = (source: YearSource) => Promise<MadeYear>;

/** In the thread it is called in: some seconds of work for 100,000 journeys. */
export const makeYear: MakeYear = async ({ auditYear, rows, previous }) => {
  const digest = createHash("sha256");
  const coded = await code(rows, (journey) => digest.update(`${canonicalJson(journey)}\n`));
  if (coded === null) throw new Error(`No journey of the audit year ${auditYear}`);
  const before = previous === null ? null : await code(previous.rows, () => undefined);
  const publication = await publishCube(
    coded,
    previous === null || before === null ? null : { coded: before, ledger: decodeLedger(previous.ledger) },
  );
  const cube = publication.kind === "PUBLISHED" ? encodeCube(publication.cube) : null;
  return {
    auditYear,
    journeys: coded.size,
    programmes: coded.places.ofLevel.programme.length,
    rowsDigest: digest.digest("hex"),
    report: publication.report,
    published:
      publication.kind === "PUBLISHED" && cube !== null
        ? { cube, digest: digestOfCube(cube), ledger: encodeLedger(publication.ledger) }
        : null,
  };
};

/** Null where there is no journey. */
async function code(rows: AsyncIterable<FrozenPage>, see: (journey: CutJourney) => void): Promise<CodedJourneys | null> {
  async function* journeys(): AsyncGenerator<CutJourney> {
    for await (const page of rows) {
      for (const journey of readFrozenPage(page)) {
        see(journey);
        yield journey;
      }
    }
  }
  const [coded = null] = await codeJourneys(journeys());
  return coded;
}
