/** Pieces of extracts, compressed and sealed with the key of their agreement: destroyed with it, wherever a copy of them lies. */
import { promisify } from "node:util";
import { constants, zstdCompress, zstdDecompress } from "node:zlib";
import { GatewayError } from "../errors/gateway-error.ts";
import type { AgreementKeys } from "../keys/agreement-keys.ts";
import type { KeyRing } from "../keys/key-ring.ts";
import type { ExtractPart } from "../statistics/extracts/extract-ports.ts";

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);
const FAST = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

export interface PartPlace {
  readonly extractId: string;
  readonly attempt: number;
  readonly file: string;
  readonly part: number;
}
const placeOf = ({ extractId, attempt, file, part }: PartPlace): string => `extract/${extractId}/${attempt}/${file}/${part}`;

/** @throws GatewayError GONE where the agreement was destroyed */
export async function requireKeys(keys: KeyRing, agreementId: string): Promise<AgreementKeys> {
  const found = await keys.agreement(agreementId);
  if (found === null) throw new GatewayError("GONE", "The agreement was destroyed.");
  return found;
}

export const sealPart = async ({ bytes }: Pick<ExtractPart, "bytes">, place: PartPlace, keys: AgreementKeys): Promise<Buffer> =>
  keys.seal(await compress(bytes, FAST), placeOf(place));

/** @throws KeyError where it was altered or moved */
export const openPart = async (sealed: Uint8Array, place: PartPlace, keys: AgreementKeys): Promise<Buffer> =>
  await decompress(keys.open(sealed, placeOf(place)));
