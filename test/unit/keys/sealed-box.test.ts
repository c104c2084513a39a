import { createSecretKey, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { KeyError } from "../../../src/keys/key-management.ts";
import { keyVersionOf, openBox, sealBox } from "../../../src/keys/sealed-box.ts";

const key = createSecretKey(randomBytes(32));
const PLACE = "identity.patient_identity|sealed|01960000-0000-7000-8000-000000000001";
const TEXT = "a text of some length, with ümlauts";

const isRefused = (work: () => unknown): boolean => {
  try {
    work();
    return false;
  } catch (error) {
    return error instanceof KeyError;
  }
};

describe("a sealed box", () => {
  it("gives back what was sealed, texts as UTF-8, buffers byte for byte, nothing as nothing", () => {
    expect(openBox(key, sealBox(key, 1, TEXT, PLACE), PLACE).toString("utf8")).toBe(TEXT);
    const bytes = randomBytes(1_000);
    expect(openBox(key, sealBox(key, 1, bytes, PLACE), PLACE).equals(bytes)).toBe(true);
    expect(openBox(key, sealBox(key, 1, "", PLACE), PLACE)).toHaveLength(0);
  });

  it("names the version of its key and is 30 bytes longer than its content", () => {
    const box = sealBox(key, 7, TEXT, PLACE);
    expect(keyVersionOf(box)).toBe(7);
    expect(box.length).toBe(Buffer.byteLength(TEXT) + 30);
  });

  it("is refused with any one of its bytes changed", () => {
    const box = sealBox(key, 1, TEXT, PLACE);
    const refused = Array.from(box.keys()).filter((position) => {
      const altered = Buffer.from(box);
      altered.writeUInt8(altered.readUInt8(position) ^ 1, position);
      return isRefused(() => openBox(key, altered, PLACE));
    });
    expect(refused).toHaveLength(box.length);
  });

  it("is refused at another place, with another key, cut short and lengthened", () => {
    const box = sealBox(key, 1, TEXT, PLACE);
    expect(isRefused(() => openBox(key, box, `${PLACE}0`))).toBe(true);
    expect(isRefused(() => openBox(createSecretKey(randomBytes(32)), box, PLACE))).toBe(true);
    expect(isRefused(() => openBox(key, Buffer.concat([box, Buffer.from([0])]), PLACE))).toBe(true);
    expect(Array.from(box.keys()).every((length) => isRefused(() => openBox(key, box.subarray(0, length), PLACE)))).toBe(true);
  });

  it("is not refused as it is (control of the refusals)", () => {
    const box = sealBox(key, 1, TEXT, PLACE);
    expect(isRefused(() => openBox(key, box, PLACE))).toBe(false);
  });

  it("never uses a nonce twice, also across refills of the pool", () => {
    const nonces = Array.from({ length: 5_000 }, () => sealBox(key, 1, "", PLACE).subarray(2, 14).toString("hex"));
    expect(new Set(nonces).size).toBe(nonces.length);
  });
});
