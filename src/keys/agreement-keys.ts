/** The keys of one agreement, made of one data key and destroyed with it: its pseudonyms, and what its extracts are sealed with. */
import { createSecretKey } from "node:crypto";
import { createMac, deriveKey } from "./digest-keys.ts";
import { openBox, sealBox } from "./sealed-box.ts";

export interface AgreementKeys {
  /** HMAC-SHA-256 as hexadecimal text; of the pseudonyms for the agreement's id. */
  mac(text: string): string;
  /** @param place names where the box belongs: it opens nowhere else, nor for another agreement */
  seal(plain: Buffer, place: string): Buffer;
  /** @throws KeyError where the box was altered, moved or sealed for another agreement */
  open(box: Uint8Array, place: string): Buffer;
}

/** It is never replaced, only destroyed. */
const VERSION = 1;
/** Of what all pseudonyms are made with. */
export const PSEUDONYM_PURPOSE = "pseudonym";

export function toAgreementKeys(dataKey: Buffer, scope: string): AgreementKeys {
  const mac = createMac(dataKey);
  const key = createSecretKey(deriveKey(dataKey, "seal"));
  return {
    mac: (text) => mac(PSEUDONYM_PURPOSE, text),
    seal: (plain, place) => sealBox(key, VERSION, plain, `${scope}|${place}`),
    open: (box, place) => openBox(key, box, `${scope}|${place}`),
  };
}
