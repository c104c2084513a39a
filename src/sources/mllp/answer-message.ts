/** What is answered to a frame: read, checked against the listener's list, handed on, acknowledged once it is durable. */
import type { Finding, IncomingMessage } from "../../inbox/inbox-ports.ts";
import { codesFor, type Outcome, writeAcknowledgement } from "./acknowledgement.ts";
import { isAcknowledgement, type MessageHeader, MSH, messageTypeOf, readMessageHeader } from "./message-header.ts";
import type { ConnectionDependencies, Listener } from "./mllp-ports.ts";
import { redactFrame } from "./redact-frame.ts";

const FRAME_START = Buffer.from([0x0b]);
const FRAME_END = Buffer.from([0x1c, 0x0d]);

/** `NOTHING`: the sender asked for no acknowledgement. `CLOSE`: the message is not stored, and it asked not to be told by any other means. */
export type FrameAnswer =
  | { readonly kind: "SEND"; readonly bytes: Buffer }
  | { readonly kind: "NOTHING" }
  | { readonly kind: "CLOSE" };

const NOTHING: FrameAnswer = { kind: "NOTHING" };

/** Never throws: what goes wrong is an answer. */
export async function answerMessage(listener: Listener, content: Buffer, deps: ConnectionDependencies): Promise<FrameAnswer> {
  const header = readMessageHeader(content);
  if (header === null) {
    deps.observer.badFrame(listener, "NO_HEADER", redactFrame(content));
    return answer(null, refuse("MESSAGE_MALFORMED", "MSH"), deps);
  }
  if (isAcknowledgement(header)) return NOTHING;
  const refusal = checkHeader(listener, header);
  if (refusal !== null) return answer(header, refusal, deps);
  const incoming: IncomingMessage = {
    application: header.field(MSH.sendingApplication),
    facility: header.field(MSH.sendingFacility),
    controlId: header.field(MSH.controlId),
    messageType: messageTypeOf(header),
    content,
  };
  const release = await deps.budget.take(content.length);
  try {
    return answer(header, await toOutcome(listener, incoming, deps), deps);
  } finally {
    release();
  }
}

/** The head of a message that was too long to be kept: refused by what its header says. */
export function answerOversized(head: Buffer, deps: ConnectionDependencies): FrameAnswer {
  const header = readMessageHeader(head);
  return header !== null && isAcknowledgement(header) ? NOTHING : answer(header, refuse("LIMIT_EXCEEDED", ""), deps);
}

async function toOutcome(
  listener: Listener,
  incoming: IncomingMessage,
  { receive, observer }: ConnectionDependencies,
): Promise<Outcome> {
  try {
    return await receive(listener.identity, incoming);
  } catch (error) {
    observer.fault(listener, error);
    return { answer: "LATER", findings: [{ code: "OVERLOADED", field: null, expression: "" }] };
  }
}

const refuse = (code: string, expression: string): Outcome => ({
  answer: "REFUSE",
  findings: [{ code, field: null, expression }],
});

function checkHeader({ senders, processingIds }: Listener, header: MessageHeader): Outcome | null {
  const says = (number: number, expected: string | null): boolean =>
    expected === null || header.component(number) === expected || header.field(number) === expected;
  const known = senders.some(
    ({ application, facility }) => says(MSH.sendingApplication, application) && says(MSH.sendingFacility, facility),
  );
  if (senders.length > 0 && !known) return refuse("NOT_AUTHORISED_FOR_ORGANISATION", "MSH-4");
  const processing = header.component(MSH.processingId);
  // Senders of old versions leave it out, and mean production.
  if (processing !== "" && processingIds.length > 0 && !processingIds.includes(processing))
    return refuse("MESSAGE_UNSUPPORTED", "MSH-11");
  return null;
}

function answer(header: MessageHeader | null, outcome: Outcome, deps: ConnectionDependencies): FrameAnswer {
  const codes = header === null ? (["AR"] as const) : codesFor(header, outcome);
  if (codes.length === 0) return outcome.answer === "LATER" ? { kind: "CLOSE" } : NOTHING;
  const frames = codes.map((code) => {
    deps.observer.acknowledged(code);
    const parts = { code, controlId: deps.newControlId(), now: deps.now(), textOf: deps.textOf };
    return Buffer.concat([FRAME_START, writeAcknowledgement(header, outcome, parts), FRAME_END]);
  });
  return { kind: "SEND", bytes: Buffer.concat(frames) };
}

/** Findings that are none of the dataset's, in words. */
const OWN_TEXTS: ReadonlyMap<string, string> = new Map([
  ["OVERLOADED", "The message is not stored. Send it again later."],
  ["LIMIT_EXCEEDED", "The message is longer than is taken. Send it in parts."],
]);

/** `render` knows the issue catalogue. */
export const withOwnTexts =
  (render: (finding: Finding) => string) =>
  (finding: Finding): string =>
    OWN_TEXTS.get(finding.code) ?? render(finding);
