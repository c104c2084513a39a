/** The tags of an XML document, in order: enough to see whether it is whole and which elements it has. */

export interface XmlTag {
  readonly kind: "OPEN" | "CLOSE" | "EMPTY";
  readonly name: string;
}

const NAME = /^\/?([^\s/>]+)/;

/** Null where markup does not end: a document that breaks off. Comments, instructions and declarations are no tags. */
export function readTags(xml: string): readonly XmlTag[] | null {
  const tags: XmlTag[] = [];
  for (let at = xml.indexOf("<"); at >= 0; ) {
    const end = findMarkupEnd(xml, at);
    if (end < 0) return null;
    const first = xml[at + 1];
    if (first !== "!" && first !== "?") {
      const name = NAME.exec(xml.slice(at + 1, Math.min(end + 1, at + 1 + MAX_NAME)))?.[1] ?? "";
      tags.push({ kind: first === "/" ? "CLOSE" : xml[end - 1] === "/" ? "EMPTY" : "OPEN", name });
    }
    at = xml.indexOf("<", end);
  }
  return tags;
}

/** No element of FHIR or XHTML has a name as long; a longer one is cut, and then is none of them. */
const MAX_NAME = 100;

/** Where the markup that begins at `at` ends; -1 where it does not. Comments and quoted values may hold any bracket. */
function findMarkupEnd(xml: string, at: number): number {
  if (xml.startsWith("<!--", at)) return xml.indexOf("-->", at + 4);
  if (xml.startsWith("<![CDATA[", at)) return xml.indexOf("]]>", at);
  for (let i = at + 1; i < xml.length; i += 1) {
    const character = xml[i];
    if (character === ">") return i;
    if (character !== '"' && character !== "'") continue;
    i = xml.indexOf(character, i + 1);
    if (i < 0) return -1;
  }
  return -1;
}
