/**
 * Acknowledgements (HL7 v2.5.1 chapter 2.9): original mode where MSH-15 and MSH-16 are both empty, enhanced mode else. Written with the
 * sender's delimiters and in its version: located ERR segments as of 2.5, the one ERR of older versions before. Nothing that was sent
 * stands in it but fields of the sender's own MSH.
 */
import type { Finding } from "../../inbox/inbox-ports.ts";
import { type ErrorLocation, hl7ErrorOf, locationOf } from "./error-location.ts";
import { type MessageHeader, MSH, versionOf } from "./message-header.ts";

/**
 * `LATER`: the message is not stored, for a reason that passes. `REFUSE` is not stored either, and will not be; `REJECT` is stored, and
 * parked.
 */
export interface Outcome {
  readonly answer: "ACCEPT" | "ERROR" | "REJECT" | "REFUSE" | "LATER";
  readonly findings: readonly Finding[];
}

export const ACKNOWLEDGEMENT_CODES = ["AA", "AE", "AR", "CA", "CE", "CR"] as const;
export type AcknowledgementCode = (typeof ACKNOWLEDGEMENT_CODES)[number];

const APPLICATION = { ACCEPT: "AA", ERROR: "AE", REJECT: "AR", REFUSE: "AR", LATER: "AE" } as const;
/** A message that is stored is committed, whatever the application finds in it. */
const COMMIT = { ACCEPT: "CA", ERROR: "CA", REJECT: "CR", REFUSE: "CR", LATER: "CE" } as const;

/** HL7 table 0155. */
function isWanted(condition: string, success: boolean): boolean {
  if (condition === "AL") return true;
  return condition === (success ? "SU" : "ER");
}

/**
 * Which acknowledgements the sender asks for, in their order: one, none, or in enhanced mode the two of them, where both fields ask for
 * theirs. A message that was not committed never reaches the application: then there is no second one.
 */
export function codesFor(header: MessageHeader, { answer }: Outcome): readonly AcknowledgementCode[] {
  const accept = header.field(MSH.acceptAcknowledgement);
  const application = header.field(MSH.applicationAcknowledgement);
  if (accept === "" && application === "") return [APPLICATION[answer]];
  const commit = COMMIT[answer];
  const committed = isWanted(accept, commit === "CA") ? [commit] : [];
  if (commit !== "CA" && committed.length > 0) return committed;
  return isWanted(application, answer === "ACCEPT") ? [...committed, APPLICATION[answer]] : committed;
}

export interface AcknowledgementParts {
  readonly code: AcknowledgementCode;
  /** MSH-10 of the acknowledgement itself. */
  readonly controlId: string;
  /** ISO instant. */
  readonly now: string;
  readonly textOf: (finding: Finding) => string;
}

const LOCATED_ERRORS_FROM = 2.5;
const MESSAGE_STRUCTURE_FROM = 2.301;
/** What a header that cannot be read is answered with. */
const DEFAULT_HEADER: MessageHeader = {
  fieldSeparator: "|",
  encodingCharacters: "^~\\&",
  field: (number) => (number === MSH.processingId ? "P" : number === MSH.version ? "2.4" : ""),
  component: (number) => DEFAULT_HEADER.field(number),
};

/** One acknowledgement as it is sent, without its frame. */
export function writeAcknowledgement(sent: MessageHeader | null, { findings }: Outcome, parts: AcknowledgementParts): Buffer {
  const header = sent ?? DEFAULT_HEADER;
  const writer = new SegmentWriter(header);
  const version = versionOf(header);
  // A commit says that the message is kept; what is in it is the application's to say.
  const told = parts.code === "CA" ? [] : findings;
  const errors = told.map((finding): WrittenError => {
    const location = locationOf(finding.expression);
    return { finding, location, text: parts.textOf(finding), ...withHl7Code(finding, location, header) };
  });
  const segments = [writeHeader(header, writer, parts, version), writeMsa(header, writer, parts, errors, version)];
  if (version >= LOCATED_ERRORS_FROM) segments.push(...errors.map((error) => writeLocatedError(writer, error)));
  else if (errors.length > 0) segments.push(writeOldError(writer, errors));
  return Buffer.from(segments.map((segment) => `${segment}\r`).join(""), "latin1");
}

interface WrittenError {
  readonly finding: Finding;
  readonly location: ErrorLocation | null;
  readonly text: string;
  readonly hl7: ReturnType<typeof hl7ErrorOf>;
}

const withHl7Code = ({ code }: Finding, location: ErrorLocation | null, header: MessageHeader): Pick<WrittenError, "hl7"> => ({
  hl7: hl7ErrorOf(code, location, header.component(MSH.messageType) === "ADT"),
});

/** Joins fields and components with the sender's delimiters, and escapes our own texts for them. */
class SegmentWriter {
  readonly #field: string;
  readonly component: string;
  readonly repetition: string;
  readonly subcomponent: string;
  readonly #escapes: ReadonlyMap<string, string>;

  constructor({ fieldSeparator, encodingCharacters }: MessageHeader) {
    const [component = "^", repetition = "~", escapeCharacter = "", subcomponent = ""] = encodingCharacters;
    this.#field = fieldSeparator;
    this.component = component;
    this.repetition = repetition;
    this.subcomponent = subcomponent;
    const letters = [fieldSeparator, "F", component, "S", repetition, "R", escapeCharacter, "E", subcomponent, "T"];
    const pairs: [string, string][] = [];
    for (let at = 0; at < letters.length; at += 2) {
      const [delimiter = "", letter = ""] = letters.slice(at, at + 2);
      // A sender without an escape character gets a space where its delimiter would stand.
      if (delimiter !== "")
        pairs.push([delimiter, escapeCharacter === "" ? " " : `${escapeCharacter}${letter}${escapeCharacter}`]);
    }
    this.#escapes = new Map(pairs);
  }

  segment(...fields: readonly string[]): string {
    return joinTrimmed(fields, this.#field);
  }

  /** Texts of ours, in ASCII: the sender's character set may have nothing else. */
  text(text: string): string {
    let written = "";
    for (const character of text) written += this.#escapes.get(character) ?? (/[ -~]/.test(character) ? character : "?");
    return written;
  }

  components(...components: readonly (string | number | null)[]): string {
    return joinTrimmed(components, this.component);
  }

  /** Of a component; with a component separator where the sender has no other one. */
  subcomponents(...components: readonly (string | number | null)[]): string {
    return joinTrimmed(components, this.subcomponent === "" ? this.component : this.subcomponent);
  }
}

function joinTrimmed(parts: readonly (string | number | null)[], separator: string): string {
  const last = parts.findLastIndex((part) => part !== null && part !== "");
  return parts
    .slice(0, last + 1)
    .map((part) => part ?? "")
    .join(separator);
}

function writeHeader(
  header: MessageHeader,
  writer: SegmentWriter,
  { controlId, now }: AcknowledgementParts,
  version: number,
): string {
  const event = header.component(MSH.messageType, 2);
  const type =
    version >= MESSAGE_STRUCTURE_FROM && event !== "" ? writer.components("ACK", event, "ACK") : writer.components("ACK", event);
  const characterSet = header.field(MSH.characterSet);
  return writer.segment(
    "MSH",
    header.encodingCharacters,
    header.field(MSH.receivingApplication),
    header.field(MSH.receivingFacility),
    header.field(MSH.sendingApplication),
    header.field(MSH.sendingFacility),
    `${now.slice(0, 19).replace(/[-:T]/g, "")}+0000`,
    "",
    type,
    controlId,
    header.field(MSH.processingId),
    header.field(MSH.version),
    "",
    "",
    "",
    "",
    "",
    characterSet,
  );
}

/** MSA-3 is the text of versions that have no ERR-8. */
function writeMsa(
  header: MessageHeader,
  writer: SegmentWriter,
  { code }: AcknowledgementParts,
  [first]: readonly WrittenError[],
  version: number,
): string {
  const text = first === undefined || version >= LOCATED_ERRORS_FROM ? "" : writer.text(first.text);
  return writer.segment("MSA", code, header.field(MSH.controlId), text);
}

/** ERR-2 where, ERR-3 by HL7's code, ERR-4 error, ERR-5 by our code, ERR-8 in words. */
function writeLocatedError(writer: SegmentWriter, { finding, location, hl7, text }: WrittenError): string {
  const place =
    location === null
      ? ""
      : writer.components(
          location.segment,
          location.sequence,
          location.field,
          location.field === null ? null : (location.repetition ?? 1),
          location.component,
          location.subcomponent,
        );
  const code = writer.components(hl7.code, writer.text(hl7.text), "HL70357");
  return writer.segment("ERR", "", place, code, "E", writer.components(finding.code, "", "NACR"), "", "", writer.text(text));
}

/** ERR-1 of 2.2 to 2.4: segment, sequence, field, code; repeated. */
function writeOldError(writer: SegmentWriter, errors: readonly WrittenError[]): string {
  const repetitions = errors.map(({ location, hl7 }) =>
    writer.components(
      location?.segment ?? "",
      location?.sequence ?? null,
      location?.field ?? null,
      writer.subcomponents(hl7.code, writer.text(hl7.text), "HL70357"),
    ),
  );
  return writer.segment("ERR", repetitions.join(writer.repetition));
}
