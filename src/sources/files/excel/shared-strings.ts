/** The texts of a workbook, which its cells refer to by number (ECMA-376, 18.4). They are held in memory while its sheets are read. */
import { LIMITS } from "../../../lib/limits.ts";
import { ZipRefused } from "../zip-archive.ts";
import { readXml, type XmlHandler } from "./xml-tokens.ts";

/** `_x000D_` stands for a character that XML cannot hold; `_x005F_` for an underscore that would begin such a thing. */
const ESCAPE = /_x([0-9A-Fa-f]{4})_/g;

export const unescapeText = (text: string): string =>
  text.includes("_x") ? text.replaceAll(ESCAPE, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))) : text;

/** @throws XmlMalformed, ZipRefused where there is more text than may be held */
export async function readSharedStrings(content: AsyncIterable<Buffer>): Promise<readonly string[]> {
  const reader = new StringReader();
  await readXml(content, reader);
  return reader.strings;
}

/** Text of runs is joined; readings beside it (phonetic) are no part of it. */
class StringReader implements XmlHandler {
  readonly strings: string[] = [];
  #text = "";
  #characters = 0;
  #isText = false;
  #phonetic = 0;

  open(name: string): void {
    if (name === "si") this.#text = "";
    else if (name === "rPh") this.#phonetic += 1;
    else if (name === "t") this.#isText = this.#phonetic === 0;
  }

  text(text: string): void {
    if (!this.#isText) return;
    this.#text += text;
    this.#characters += text.length;
    if (this.#characters > LIMITS.workbookTextCharacters)
      throw new ZipRefused({ limit: "workbookTextCharacters", max: LIMITS.workbookTextCharacters });
  }

  close(name: string): void {
    if (name === "t") this.#isText = false;
    else if (name === "rPh") this.#phonetic -= 1;
    else if (name === "si") {
      // A text of nothing costs its place too.
      this.#characters += 1;
      this.strings.push(unescapeText(this.#text));
    }
  }
}
