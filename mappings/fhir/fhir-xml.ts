/** FHIR XML to FHIR JSON, by the definitions the `fhir` package ships. */
import { createRequire } from "node:module";
import type { Fhir } from "fhir/fhir.js";

/** Document types declare entities, and no FHIR document needs one: refused before any parser sees it. */
const DOCUMENT_TYPE = /<!\s*(?:DOCTYPE|ENTITY)/i;
/** The converter recurses per level; real resources stay below 30. */
const MAX_DEPTH = 200;

const require = createRequire(import.meta.url);
let converter: Fhir | undefined;

/** The definitions take 60 ms and 40 MB to load, so they wait for the first XML document. */
function loadConverter(): Fhir {
  if (converter === undefined) {
    const library: typeof import("fhir/fhir.js") = require("fhir/fhir.js");
    converter = new library.Fhir();
  }
  return converter;
}

/**
 * The resource of an XML document as JSON (decimals as text); null where it is no readable FHIR: malformed, unknown resource type,
 * a document type declaration, an impossible primitive, or nesting no resource has.
 */
export function readFhirXml(xml: string): unknown {
  if (DOCUMENT_TYPE.test(xml) || nestsTooDeep(xml)) return null;
  try {
    return loadConverter().xmlToObj(xml) ?? null;
  } catch {
    // The converter reports every defect of a document by throwing; its text repeats values, so it is not passed on.
    return null;
  }
}

function nestsTooDeep(xml: string): boolean {
  let depth = 0;
  for (let at = xml.indexOf("<"); at >= 0; at = xml.indexOf("<", at + 1)) {
    const next = xml[at + 1];
    if (next === "/") depth -= 1;
    else if (next !== "!" && next !== "?") {
      const end = xml.indexOf(">", at);
      if (end < 0) return false;
      if (xml[end - 1] !== "/") depth += 1;
      if (depth > MAX_DEPTH) return true;
    }
  }
  return false;
}
