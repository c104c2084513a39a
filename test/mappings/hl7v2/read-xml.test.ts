import { describe, expect, it } from "vitest";
import { readXml } from "../../../mappings/hl7v2/read-xml.ts";

describe("the reader of XML", () => {
  it("gives elements without prefixes, with their text and where they begin", () => {
    const root = readXml('<?xml version="1.0"?><!-- a > b --><h:A xmlns:h="x"><h:B c="d>e">f</h:B> <h:B/></h:A>');
    expect(root?.name).toBe("A");
    expect(root?.children.map(({ name, text, offset }) => [name, text, offset])).toEqual([
      ["B", "f", 52],
      ["B", "", 73],
    ]);
  });

  it("resolves the five named entities and character references, and no other", () => {
    expect(readXml("<a>&lt;&gt;&amp;&quot;&apos;&#201;&#xC9;&nothing;&#0;&#xD800;</a>")?.text).toBe(
      "<>&\"'ÉÉ&nothing;\uFFFD\uFFFD",
    );
  });

  it("takes CDATA as it stands", () => {
    expect(readXml("<a>1<![CDATA[<b>&amp;]]>2</a>")?.text).toBe("1<b>&amp;2");
  });

  it.each([
    ["a document type", "<!DOCTYPE a><a/>"],
    ["an entity of its own", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
    ["an element that is not closed", "<a><b></a>"],
    ["an end without a start", "<a></a></b>"],
    ["two roots", "<a/><b/>"],
    ["text outside the root", "<a/>b"],
    ["a broken tag", "<a><b</a>"],
    ["an open quotation", '<a b="c></a>'],
    ["an open comment", "<a><!-- </a>"],
    ["a name that is none", "<a><1/></a>"],
    ["nothing", ""],
    ["more levels than any message has", `${"<a>".repeat(50)}${"</a>".repeat(50)}`],
    ["more elements than any message has", `<a>${"<b/>".repeat(100_001)}</a>`],
  ])("refuses %s", (_title, xml) => {
    expect(readXml(xml)).toBeNull();
  });

  it("takes time in proportion to what was sent, whatever that is", () => {
    for (const piece of ["<", "<a ", "<a b='", "<!--", "&#", "<![CDATA[", "<a>", "</a>"]) {
      const start = performance.now();
      readXml(piece.repeat(100_000));
      expect(performance.now() - start).toBeLessThan(1_000);
    }
  });
});
