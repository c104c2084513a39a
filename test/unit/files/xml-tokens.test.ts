import { describe, expect, it } from "vitest";
import { attributeOf, readXml, XmlMalformed } from "../../../src/sources/files/excel/xml-tokens.ts";

async function tokensOf(xml: string | Buffer, pieceBytes: number): Promise<readonly string[]> {
  const found: string[] = [];
  const handler = {
    open: (name: string, tag: string) => found.push(`<${name} ${attributeOf(tag, "a") ?? ""}`),
    close: (name: string) => found.push(`/${name}`),
    text: (text: string) => found.push(`"${text}`),
  };
  const bytes = Buffer.from(xml);
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
  }
  await readXml(pieces(), {
    open: (name, tag) => void handler.open(name, tag),
    close: (name) => void handler.close(name),
    text: (text) => void handler.text(text),
  });
  // Text may come in pieces.
  return found
    .join("")
    .replaceAll(/(?<=")([^<"/]*)"(?=[^<"/])/g, "$1")
    .split(/(?=[<"/])/);
}

describe("the XML of a workbook", () => {
  it("is taken apart the same wherever its pieces end", async () => {
    const xml = `\uFEFF<?xml version="1.0"?><!-- c < > --><x:r a="1 &gt; &#x41;"><b  a='>"'/><c>t &amp; &#233;</c><![CDATA[<d>]]></x:r>\n`;
    const whole = await tokensOf(xml, 10_000);
    expect(whole).toEqual(["<r 1 > A", "<b >", '"', "/b", "<c ", '"t & é', "/c", '"', "<d>", "/r"]);
    for (const size of [1, 2, 3, 7, 11]) expect((await tokensOf(xml, size)).join("")).toBe(whole.join(""));
  });

  it.each([
    ["a document type", '<!DOCTYPE r [<!ENTITY e "x">]><r>&e;</r>'],
    ["an element that does not end", "<r><c></r"],
    ["an end without a beginning", "</r>"],
    ["a tag in a tag", "<r <c>></r>"],
    ["a tag without a name", "< r></ r>"],
    ["bytes that are no UTF-8", Buffer.from([0x3c, 0x72, 0x3e, 0xff, 0x3c, 0x2f, 0x72, 0x3e])],
  ])("is refused with %s", async (_what, xml) => {
    await expect(tokensOf(xml, 4)).rejects.toBeInstanceOf(XmlMalformed);
  });

  it("is refused where a token never ends", async () => {
    await expect(tokensOf(`<r a="${"x".repeat(1_200_000)}`, 65_536)).rejects.toBeInstanceOf(XmlMalformed);
  });

  it("keeps a reference that nobody declared as it is written", async () => {
    expect(await tokensOf("<r>&unknown;&#x110000;</r>", 100)).toEqual(["<r ", '"&unknown;\uFFFD', "/r"]);
  });
});

describe("an attribute", () => {
  it("is found by its name without prefix, in either kind of quotes", () => {
    expect(attributeOf(`sheet name="A &amp; B" r:id='rId1' sid="7"`, "id")).toBe("rId1");
    expect(attributeOf(`sheet name="A &amp; B" r:id='rId1'`, "name")).toBe("A & B");
    expect(attributeOf('c r = "A1"', "r")).toBe("A1");
    expect(attributeOf('c r="A1" s="2"', "t")).toBeNull();
  });
});
