import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTextMac } from "../../../src/keys/text-mac.ts";

const library = (key: Buffer, text: string): string => createHmac("sha256", key).update(text, "utf8").digest("hex");

const inWords = (digest: string): string => digest.match(/.{8}/g)?.join(" ") ?? "";

describe("the digest of a text", () => {
  it("is that of RFC 4231 (cases 1 and 2)", () => {
    expect(inWords(createTextMac(Buffer.alloc(20, 0x0b))("Hi There"))).toBe(
      "b0344c61 d8db3853 5ca8afce af0bf12b 881dc200 c9833da7 26e9376c 2e32cff7",
    );
    expect(inWords(createTextMac(Buffer.from("Jefe"))("what do ya want for nothing?"))).toBe(
      "5bdcc146 bf60754e 6a042426 089575c7 5a003f08 9d273983 9dec58b9 64ec3843",
    );
  });

  it("is the library's for any key and any text, one after another", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 64 }),
        fc.array(fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" })), { maxLength: 5 }),
        (bytes, texts) => {
          const key = Buffer.from(bytes);
          const mac = createTextMac(key);
          expect(texts.map(mac)).toEqual(texts.map((text) => library(key, text)));
        },
      ),
    );
  });

  it("is the library's on both sides of what fits the buffer, a short text after a long one, and for half a pair", () => {
    const key = Buffer.alloc(32, 7);
    const mac = createTextMac(key);
    for (const text of ["\u20ac".repeat(4096), "\u20ac".repeat(4097), "x".repeat(100_000), "x", "", "\ud800", "a\u0000b"])
      expect(mac(text)).toBe(library(key, text));
  });

  it("has no key longer than a block, which would be hashed first", () => {
    expect(() => createTextMac(Buffer.alloc(65))).toThrow(RangeError);
  });
});
