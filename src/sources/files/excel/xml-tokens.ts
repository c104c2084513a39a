/**
 * Takes XML apart while it comes, piece by piece: names, attributes and text, nothing else. Made for the parts of a workbook, which
 * programs write: no document type is read, so nothing can be included from elsewhere and nothing can multiply.
 */
import { TextDecoder } from "node:util";

/** What is found; names are without their prefix. */
export interface XmlHandler {
  open(name: string, attributes: string): void;
  close(name: string): void;
  /** Character data, in one piece or several. */
  text(text: string): void;
}

/** The content is no XML that a workbook has. */
export class XmlMalformed extends Error {}

/** No tag, comment or character reference of a workbook is nearly as long. */
const LONGEST_TOKEN = 1024 * 1024;
const LONGEST_REFERENCE = 12;
const SPACE = 32;
const QUOTE = 34;
const APOSTROPHE = 39;
const SLASH = 47;
const COLON = 58;
const LESS_THAN = 60;
const GREATER_THAN = 62;

/** @throws XmlMalformed, and what the content throws */
export async function readXml(content: AsyncIterable<Buffer>, handler: XmlHandler): Promise<void> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const tokens = new XmlTokens(handler);
  for await (const piece of content) tokens.add(decode(decoder, piece));
  tokens.add(decode(decoder, null));
  tokens.end();
}

function decode(decoder: TextDecoder, piece: Buffer | null): string {
  try {
    return piece === null ? decoder.decode() : decoder.decode(piece, { stream: true });
  } catch {
    throw new XmlMalformed();
  }
}

class XmlTokens {
  readonly #handler: XmlHandler;
  #text = "";
  #open = 0;

  constructor(handler: XmlHandler) {
    this.#handler = handler;
  }

  add(text: string): void {
    this.#text = this.#text === "" ? text : this.#text + text;
    let at = 0;
    for (let next = this.#take(at); next !== -1; next = this.#take(at)) at = next;
    this.#text = this.#text.slice(at);
    if (this.#text.length > LONGEST_TOKEN) throw new XmlMalformed();
  }

  end(): void {
    if (this.#open !== 0 || this.#text.trim() !== "") throw new XmlMalformed();
  }

  /** The place behind the token that begins at `at`; -1: it is not all there yet. */
  #take(at: number): number {
    if (at >= this.#text.length) return -1;
    if (this.#text.charCodeAt(at) !== LESS_THAN) return this.#takeText(at);
    const second = this.#text.charAt(at + 1);
    if (second === "") return -1;
    if (second === "!") return this.#takeDeclaration(at);
    if (second === "?") return this.#skipTo(at, "?>");
    const end = endOfTag(this.#text, at + 1);
    if (end === -1) return -1;
    this.#takeTag(this.#text.slice(at + 1, end));
    return end + 1;
  }

  #takeText(at: number): number {
    const end = this.#text.indexOf("<", at);
    if (end === -1 && this.#text.length - at < LONGEST_REFERENCE) return -1;
    // A reference must not be parted; what may be the beginning of one waits for the next piece.
    const cut = end === -1 ? this.#endOfWhole(at) : end;
    if (cut === at) return -1;
    if (this.#open > 0) this.#handler.text(resolveReferences(this.#text.slice(at, cut)));
    return cut;
  }

  #endOfWhole(at: number): number {
    const last = this.#text.lastIndexOf("&");
    const isOpen = last >= at && this.#text.indexOf(";", last) === -1;
    return isOpen && this.#text.length - last < LONGEST_REFERENCE ? last : this.#text.length;
  }

  #takeDeclaration(at: number): number {
    if (this.#text.startsWith("<!--", at)) return this.#skipTo(at, "-->");
    if (!this.#text.startsWith("<![CDATA[", at)) {
      if (this.#text.length - at < "<![CDATA[".length && "<![CDATA[<!--".includes(this.#text.slice(at))) return -1;
      throw new XmlMalformed();
    }
    const end = this.#text.indexOf("]]>", at);
    if (end === -1) return -1;
    this.#handler.text(this.#text.slice(at + "<![CDATA[".length, end));
    return end + "]]>".length;
  }

  #skipTo(at: number, mark: string): number {
    const end = this.#text.indexOf(mark, at);
    return end === -1 ? -1 : end + mark.length;
  }

  #takeTag(tag: string): void {
    if (tag.startsWith("/")) {
      this.#open -= 1;
      if (this.#open < 0) throw new XmlMalformed();
      return this.#handler.close(localName(tag.slice(1)));
    }
    const name = localName(tag);
    const closes = tag.endsWith("/");
    this.#handler.open(name, tag);
    if (closes) this.#handler.close(name);
    else this.#open += 1;
  }
}

/** Where a tag ends; `>` may stand in a quoted value. -1: not yet. */
function endOfTag(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === GREATER_THAN) return at;
    if (code === LESS_THAN) throw new XmlMalformed();
    if (code !== QUOTE && code !== APOSTROPHE) continue;
    at = text.indexOf(code === QUOTE ? '"' : "'", at + 1);
    if (at === -1) return -1;
  }
  return -1;
}

/** Without its prefix. */
function localName(tag: string): string {
  let begin = 0;
  let end = 0;
  for (; end < tag.length; end += 1) {
    const code = tag.charCodeAt(end);
    if (code === COLON) begin = end + 1;
    else if (code <= SPACE || code === SLASH) break;
  }
  if (end === begin) throw new XmlMalformed();
  return tag.slice(begin, end);
}

/**
 * An attribute of a tag by its name without prefix; null where it has none. Nearly all are written with one space before and double
 * quotes; those are looked for first, a sheet has millions of them.
 */
export function attributeOf(tag: string, name: string): string | null {
  const plain = ` ${name}="`;
  const begin = tag.indexOf(plain);
  if (begin !== -1 && !tag.includes("&")) {
    const from = begin + plain.length;
    return tag.slice(from, tag.indexOf('"', from));
  }
  if (!tag.includes(`${name}=`) && !tag.includes(`${name} `)) return null;
  const found = patternOf(name).exec(tag);
  return found === null ? null : resolveReferences(found[1] ?? found[2] ?? "");
}

const patterns = new Map<string, RegExp>();
function patternOf(name: string): RegExp {
  const known = patterns.get(name);
  if (known !== undefined) return known;
  const made = new RegExp(`\\s(?:[\\w.-]+:)?${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`);
  patterns.set(name, made);
  return made;
}

const REFERENCE = /&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(lt|gt|amp|quot|apos));/g;
const NAMED: ReadonlyMap<string, string> = new Map([
  ["lt", "<"],
  ["gt", ">"],
  ["amp", "&"],
  ["quot", '"'],
  ["apos", "'"],
]);
const LAST_CHARACTER = 0x10ffff;

function resolveReferences(text: string): string {
  if (!text.includes("&")) return text;
  return text.replaceAll(REFERENCE, (_, hex: string | undefined, decimal: string | undefined, name: string | undefined) => {
    if (name !== undefined) return NAMED.get(name) ?? "";
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code > LAST_CHARACTER ? "\uFFFD" : String.fromCodePoint(code);
  });
}
