/** The part of XML that messages need: elements and text. Attributes, comments and processing instructions are passed over. */

export interface XmlElement {
  /** Without its namespace prefix. */
  readonly name: string;
  /** Where its start tag begins, in UTF-16 units. */
  readonly offset: number;
  readonly children: readonly XmlElement[];
  /** Its own text, entities resolved; white space between elements is no text. */
  readonly text: string;
}

interface OpenElement {
  readonly name: string;
  readonly offset: number;
  readonly children: XmlElement[];
  text: string;
}

/** Messages in an envelope stay below 15 levels and 20,000 elements. */
const MAX_DEPTH = 40;
const MAX_ELEMENTS = 100_000;
const NAME = /^[A-Za-z_][\w.-]{0,63}(?::[A-Za-z_][\w.-]{0,63})?$/;
const NAME_END = /[\s/>]/;
const ENTITY = /&(?:(lt|gt|amp|quot|apos)|#(\d{1,7})|#x([0-9A-Fa-f]{1,6}));/g;
const NAMED_ENTITIES: ReadonlyMap<string, string> = new Map([
  ["lt", "<"],
  ["gt", ">"],
  ["amp", "&"],
  ["quot", '"'],
  ["apos", "'"],
]);
const LAST_CODE_POINT = 0x10ffff;
const CDATA_START = "<![CDATA[";

/**
 * The root element of a document; null where it is not well-formed, is nested or long beyond any message, or declares a document type:
 * that is where entities come from, and no message needs one.
 */
export function readXml(xml: string): XmlElement | null {
  const reader = new XmlReader(xml);
  return reader.read() ? reader.root : null;
}

class XmlReader {
  root: XmlElement | null = null;
  readonly #xml: string;
  readonly #open: OpenElement[] = [];
  #elements = 0;

  constructor(xml: string) {
    this.#xml = xml;
  }

  /** False: the document is refused. */
  read(): boolean {
    const xml = this.#xml;
    let at = xml.startsWith("\uFEFF") ? 1 : 0;
    while (at < xml.length) {
      const start = xml.indexOf("<", at);
      const text = xml.slice(at, start === -1 ? xml.length : start);
      if (!this.#addText(text, true)) return false;
      if (start === -1) break;
      at = this.#readMarkup(start);
      if (at === -1) return false;
    }
    return this.root !== null && this.#open.length === 0;
  }

  /** Where the markup that begins at `start` ends; -1: it is none, or one that is refused. */
  #readMarkup(start: number): number {
    const xml = this.#xml;
    if (xml.startsWith("<!--", start)) return after(xml, "-->", start + 4);
    if (xml.startsWith("<?", start)) return after(xml, "?>", start + 2);
    if (xml.startsWith(CDATA_START, start)) {
      const end = after(xml, "]]>", start + CDATA_START.length);
      return end !== -1 && this.#addText(xml.slice(start + CDATA_START.length, end - 3), false) ? end : -1;
    }
    if (xml[start + 1] === "!") return -1;
    const end = findTagEnd(xml, start + 1);
    if (end === -1) return -1;
    const isRead =
      xml[start + 1] === "/" ? this.#close(xml.slice(start + 2, end)) : this.#openTag(xml.slice(start + 1, end), start);
    return isRead ? end + 1 : -1;
  }

  #openTag(tag: string, offset: number): boolean {
    const isEmpty = tag.endsWith("/");
    const end = tag.search(NAME_END);
    const name = end === -1 ? tag : tag.slice(0, end);
    this.#elements += 1;
    const isSecondRoot = this.#open.length === 0 && this.root !== null;
    if (!NAME.test(name) || isSecondRoot || this.#open.length >= MAX_DEPTH || this.#elements > MAX_ELEMENTS) return false;
    const element: OpenElement = { name: name.slice(name.indexOf(":") + 1), offset, children: [], text: "" };
    const parent = this.#open.at(-1);
    if (parent === undefined) this.root = element;
    else parent.children.push(element);
    if (!isEmpty) this.#open.push(element);
    return true;
  }

  #close(tag: string): boolean {
    const name = tag.trim();
    return this.#open.pop()?.name === name.slice(name.indexOf(":") + 1);
  }

  #addText(raw: string, hasEntities: boolean): boolean {
    if (raw.trim() === "") return true;
    const parent = this.#open.at(-1);
    if (parent === undefined) return false;
    parent.text += hasEntities ? resolveEntities(raw) : raw;
    return true;
  }
}

/** Where a mark ends; -1 where there is none. */
function after(xml: string, mark: string, from: number): number {
  const found = xml.indexOf(mark, from);
  return found === -1 ? -1 : found + mark.length;
}

/** The `>` of a tag; quoted attribute values may hold one. */
function findTagEnd(xml: string, from: number): number {
  for (let at = from; at < xml.length; at += 1) {
    const character = xml[at];
    if (character === ">") return at;
    if (character === "<") return -1;
    if (character !== '"' && character !== "'") continue;
    at = xml.indexOf(character, at + 1);
    if (at === -1) return -1;
  }
  return -1;
}

/** Line ends of a text are white space of the document. What names no character stays as it was sent. */
function resolveEntities(raw: string): string {
  return raw.replace(ENTITY, (whole, named: string | undefined, decimal: string | undefined, hex: string | undefined) => {
    if (named !== undefined) return NAMED_ENTITIES.get(named) ?? whole;
    const point = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
    const isCharacter = point >= 32 && point <= LAST_CODE_POINT && (point < 0xd800 || point > 0xdfff);
    return isCharacter ? String.fromCodePoint(point) : "\uFFFD";
  });
}
