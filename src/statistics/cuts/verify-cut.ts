/** Whether a published cut is what was signed, and whether its frozen rows still give the same cubes. */
import { readManifest } from "./cut-manifest.ts";
import type { MakeYear } from "./make-year.ts";
import type { FrozenRowReader, VerificationStore } from "./publication-ports.ts";

export interface VerifiedYear {
  readonly auditYear: number;
  /** The frozen rows are those that were signed. */
  readonly rowsFit: boolean;
  /** The cube that is stored is the one that was signed. */
  readonly storedCubeFits: boolean;
  /** Counted, repaired and rounded again, the rows give the same cube. */
  readonly cubeFits: boolean;
}

export interface CutVerification {
  readonly number: number;
  readonly publishedAt: string;
  readonly signatureFits: boolean;
  readonly years: readonly VerifiedYear[];
  /** All of it fits. */
  readonly ok: boolean;
}

export interface VerifyDependencies {
  readonly store: VerificationStore;
  readonly rows: FrozenRowReader;
  readonly makeYear: MakeYear;
  /** With the installation's key. */
  readonly isSigned: (document: string, signature: string) => Promise<boolean>;
}

/** @returns null where there is no cut of the number. Takes as long as counting did. */
export type VerifyCut = (number: number) => Promise<CutVerification | null>;

export const createVerifyCut =
  ({ store, rows, makeYear, isSigned }: VerifyDependencies): VerifyCut =>
  async (number) => {
    const signed = await store.signed(number);
    if (signed === null) return null;
    const signatureFits = await isSigned(signed.manifest, signed.signature);
    const manifest = readManifest(signed.manifest);
    const years: VerifiedYear[] = [];
    for (const { auditYear, rowsDigest, cube, previousCut } of manifest.years) {
      const before = previousCut === null ? null : await store.ledger(previousCut, auditYear);
      const previous = before === null ? null : { rows: rows.pages(before.cutId, auditYear), ledger: before.ledger };
      const made = await makeYear({ auditYear, rows: rows.pages(signed.id, auditYear), previous });
      years.push({
        auditYear,
        rowsFit: made.rowsDigest === rowsDigest,
        storedCubeFits: (signed.cubes.get(auditYear) ?? null) === (cube?.digest ?? null),
        cubeFits: (made.published?.digest ?? null) === (cube?.digest ?? null),
      });
    }
    const yearsFit = (await rows.auditYears(signed.id)).length === years.length;
    const ok = signatureFits && yearsFit && years.every((year) => year.rowsFit && year.storedCubeFits && year.cubeFits);
    return { number, publishedAt: manifest.publishedAt, signatureFits, years, ok };
  };
