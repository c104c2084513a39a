/**
 * HL7 v2 in XML (v2.xml, namespace `urn:hl7-org:v2xml`), read into the structure of ER7 messages, so that one mapping serves both. A
 * message is any element that has an MSH for a child: an envelope around it (SOAP, ITK) changes nothing. Our own reader, because the
 * documents need no more than elements and text: no document type, hence no entities of a sender's making; one pass, nothing backtracks.
 */
import {
  type Hl7Message,
  isMessageType,
  MAX_FIELDS,
  MAX_MESSAGE_LENGTH,
  MAX_SEGMENTS,
  type ParseResult,
  type Segment,
} from "./parse-message.ts";
import { readXml, type XmlElement } from "./read-xml.ts";

/** Those of the standard's own examples; text is escaped to them, so what a sender declares in MSH.2 does not matter. */
const DELIMITERS = { field: "|", component: "^", repetition: "~", escape: "\\", subcomponent: "&", truncation: "" } as const;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["\\", "\\E\\"],
  ["|", "\\F\\"],
  ["^", "\\S\\"],
  ["&", "\\T\\"],
  ["~", "\\R\\"],
]);
const RESERVED = /[\\|^&~]/g;
const SEGMENT_NAME = /^[A-Z][A-Z0-9]{2}$/;
/** `PID.3`, `CX.4`, `HD.2`, `CM_MSG.1`: the number of a field, a component or a sub-component. */
const NUMBERED = /^[A-Z][A-Z0-9_]{1,9}\.(\d{1,3})$/;
const ESCAPE_ELEMENT = "escape";
const MESSAGE_TYPE = 9;

/** Whether a text is an XML document rather than ER7. */
export const isXml = (text: string): boolean => /^\uFEFF?\s{0,100}</.test(text);

/** Every message of a document; one failure where there is none. Never throws, whatever the text is. */
export function parseXmlMessages(text: string, most: number): readonly ParseResult[] {
  const root = text.length > MAX_MESSAGE_LENGTH ? null : readXml(text);
  if (root === null) return [{ ok: false, where: "" }];
  const found: Found[] = [];
  findMessages(root, `/${root.name}`, found);
  if (found.length === 0) return [{ ok: false, where: "" }];
  const results = found.slice(0, most).map(readMessage);
  return found.length > most ? [...results, { ok: false, where: "" }] : results;
}

interface Found {
  readonly element: XmlElement;
  readonly path: string;
}

function findMessages(element: XmlElement, path: string, found: Found[]): void {
  if (element.children.some(({ name }) => name === "MSH")) {
    found.push({ element, path });
    return;
  }
  for (const { child, path: childPath } of namedChildren(element, path)) findMessages(child, childPath, found);
}

/** Children with their paths; numbered, as XPath counts, only where there are several of a name. */
function namedChildren(element: XmlElement, path: string): readonly { readonly child: XmlElement; readonly path: string }[] {
  const totals = new Map<string, number>();
  for (const { name } of element.children) totals.set(name, (totals.get(name) ?? 0) + 1);
  const seen = new Map<string, number>();
  return element.children.map((child) => {
    const position = (seen.get(child.name) ?? 0) + 1;
    seen.set(child.name, position);
    return { child, path: `${path}/${child.name}${totals.get(child.name) === 1 ? "" : `[${position}]`}` };
  });
}

function readMessage({ element, path }: Found): ParseResult {
  const segments: Segment[] = [];
  const broken = readSegments(element, path, segments);
  if (broken !== null || segments.length > MAX_SEGMENTS) return { ok: false, where: broken ?? path };
  const [header] = segments;
  if (header?.name !== "MSH") return { ok: false, where: `${path}/MSH` };
  const message: Hl7Message = { form: "XML", delimiters: DELIMITERS, segments };
  return isMessageType(header.fields[MESSAGE_TYPE]) ? { ok: true, message } : { ok: false, where: `${header.path}/MSH.9` };
}

/** Segments in the order of the document, out of their groups. The path of what is neither segment nor group; null: all is well. */
function readSegments(element: XmlElement, path: string, segments: Segment[]): string | null {
  for (const { child, path: childPath } of namedChildren(element, path)) {
    if (SEGMENT_NAME.test(child.name)) {
      const segment = readSegment(child, childPath);
      if (segment === null) return childPath;
      segments.push(segment);
      continue;
    }
    const broken = child.text === "" ? readSegments(child, childPath, segments) : childPath;
    if (broken !== null) return broken;
  }
  return null;
}

function readSegment(element: XmlElement, path: string): Segment | null {
  const fields: string[] = [element.name];
  for (const child of element.children) {
    const number = numberOf(child.name);
    if (number === null || number > MAX_FIELDS || !child.name.startsWith(`${element.name}.`)) return null;
    while (fields.length <= number) fields.push("");
    const earlier = fields[number] ?? "";
    const text = writeParts(child, DELIMITERS.component);
    fields[number] = earlier === "" ? text : `${earlier}${DELIMITERS.repetition}${text}`;
  }
  if (element.name === "MSH") fields.splice(1, 2, DELIMITERS.field, "^~\\&");
  return { name: element.name, offset: element.offset, fields, path };
}

function numberOf(name: string): number | null {
  const number = Number(NUMBERED.exec(name)?.[1] ?? 0);
  return number === 0 ? null : number;
}

/** A field of components, a component of sub-components, or a plain text. A data type inside OBX.5 is a level that says nothing. */
function writeParts(element: XmlElement, delimiter: "^" | "&"): string {
  const parts: string[] = [];
  for (const child of element.children) {
    const number = numberOf(child.name);
    if (number === null || number > MAX_FIELDS) continue;
    while (parts.length < number) parts.push("");
    parts[number - 1] = delimiter === "&" ? escapeText(child) : writeParts(child, DELIMITERS.subcomponent);
  }
  if (parts.length > 0) return parts.join(delimiter);
  const [only] = element.children;
  return only === undefined || only.name === ESCAPE_ELEMENT ? escapeText(element) : writeParts(only, delimiter);
}

/** All text below an element. `""` keeps its meaning of a deletion. */
function escapeText(element: XmlElement): string {
  const below = element.children.map((child) => (child.name === ESCAPE_ELEMENT ? "" : child.text)).join("");
  return `${element.text}${below}`.trim().replace(RESERVED, (character) => ESCAPES.get(character) ?? character);
}
