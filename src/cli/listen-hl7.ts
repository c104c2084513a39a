/**
 * `nacr listen-hl7`: takes HL7 v2 messages by MLLP on this machine and hands them to a gateway elsewhere over HTTPS, for a site whose
 * interface engine speaks nothing else. A message is acknowledged once the gateway has it; nothing is kept here.
 */
import { createHash } from "node:crypto";
import { decodeHl7Bytes } from "../../mappings/hl7v2/decode-bytes.ts";
import { keepToken } from "../client/client-token.ts";
import { createGatewayClient, type GatewayClient } from "../client/gateway-client.ts";
import { type SubmissionOptions, SubmissionRecordsDocument, SubmitHl7v2Document } from "../generated/graphql/operations.ts";
import type { Finding, IncomingMessage, ListenerIdentity, Verdict } from "../inbox/inbox-ports.ts";
import { UNSUPPORTED } from "../inbox/judge-message.ts";
import { createUuid7 } from "../lib/uuid7.ts";
import { withOwnTexts } from "../sources/mllp/answer-message.ts";
import { BUDGET_BYTES, CONNECTION_LIMITS, toControlId } from "../sources/mllp/connection-limits.ts";
import { createListeners } from "../sources/mllp/listeners.ts";
import type { Listener, MllpObserver } from "../sources/mllp/mllp-ports.ts";
import { createWorkBudget } from "../sources/mllp/work-budget.ts";
import { CliError, EXIT } from "./cli-error.ts";
import type { CommandOptions, CommandResult } from "./commands.ts";
import { requestToken } from "./request-token.ts";

export interface ListenOptions extends CommandOptions {
  readonly port: string | undefined;
}

/** HL7's own port for MLLP. */
const DEFAULT_PORT = 2575;
/** Tokens live five minutes. */
/** Acknowledged errors of one message. */
const RECORDS_READ = 20;

/**
 * Listens on loopback until `stopped` is fulfilled: who may send is who may log in here.
 * @param say one line for the person at the terminal; nothing that stands in a message
 */
export async function listenHl7(
  options: ListenOptions,
  submissionOptions: (client: GatewayClient, options: CommandOptions) => Promise<SubmissionOptions>,
  say: (line: string) => void,
  stopped: Promise<void>,
): Promise<CommandResult> {
  const port = Number(options.port ?? DEFAULT_PORT);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new CliError("--port is a number from 0 to 65535.", EXIT.usage);
  const client = createGatewayClient({ url: options.url, getToken: keepToken(() => requestToken(options)) });
  const sending = { client, options: await submissionOptions(client, options), profile: options.profile };
  const newId = createUuid7();
  let acknowledged = 0;
  const listeners = createListeners([toListener(port)], {
    receive: inTurn((_, message) => forward(message, sending)),
    observer: createObserver(say, () => {
      acknowledged += 1;
    }),
    budget: createWorkBudget(BUDGET_BYTES),
    textOf: withOwnTexts(({ code }) => code),
    now: () => new Date().toISOString(),
    newControlId: () => toControlId(newId()),
    limits: CONNECTION_LIMITS,
  });
  const open = await listeners.open().catch(() => {
    throw new CliError(`Port ${port} cannot be listened on.`, EXIT.usage);
  });
  say(`Listening for HL7 v2 by MLLP on 127.0.0.1:${open[0]?.port ?? port}, for ${options.url}`);
  await stopped;
  await listeners.close();
  return { output: `${acknowledged} messages acknowledged`, exitCode: EXIT.done };
}

type Receive = (listener: ListenerIdentity, message: IncomingMessage) => Promise<Verdict>;

/** One message after the other: the gateway stores them in the order in which they came. */
function inTurn(receive: Receive): Receive {
  let last: Promise<unknown> = Promise.resolve();
  return (listener, message) => {
    const turn = last.then(() => receive(listener, message));
    last = turn.catch(() => undefined);
    return turn;
  };
}

interface Sending {
  readonly client: GatewayClient;
  readonly options: SubmissionOptions;
  readonly profile: string | undefined;
}

/** The key is made of what a repeated message has in common with the first, so that it is submitted once. */
async function forward({ application, facility, controlId, content }: IncomingMessage, sending: Sending): Promise<Verdict> {
  const { client, options, profile } = sending;
  const digest = createHash("sha256")
    .update(JSON.stringify([application, facility, controlId]))
    .update(content)
    .digest("hex");
  const input = { options, messages: [decodeHl7Bytes(content).text], ...(profile === undefined ? {} : { profile }) };
  const idempotencyKey = `listen-hl7/${digest}`;
  const { submitHl7v2: submission } = await client.request(SubmitHl7v2Document, { input }, { idempotencyKey });
  if (submission.outcome === "ACCEPTED" || submission.outcome === "ACCEPTED_WITH_WARNINGS")
    return { answer: "ACCEPT", findings: [] };
  const findings = [...submission.issues, ...(await readRefused(client, submission.id))]
    .filter(({ severity }) => severity === "ERROR")
    .map(({ code, field = null, expression }): Finding => ({ code, field, expression }));
  return { answer: findings.some(({ code }) => code === UNSUPPORTED) ? "REJECT" : "ERROR", findings };
}

async function readRefused(client: GatewayClient, id: string) {
  const wanted = { id, outcome: ["REJECTED" as const], first: RECORDS_READ };
  const { submission } = await client.request(SubmissionRecordsDocument, wanted);
  return submission?.records.nodes.flatMap(({ issues }) => issues) ?? [];
}

/** Who the messages are from is the token's to say. */
const toListener = (port: number): Listener => ({
  identity: {
    ods: "",
    name: "listen-hl7",
    programmeCode: "",
    clientId: "",
    sourceSystem: { vendor: "", product: "", version: "" },
    profile: null,
  },
  host: "127.0.0.1",
  port,
  tls: null,
  senders: [],
  processingIds: [],
});

function createObserver(say: (line: string) => void, acknowledged: () => void): MllpObserver {
  const nothing = (): void => undefined;
  return {
    connectionOpened: nothing,
    connectionEnded: nothing,
    connectionClosed: (_, reason) => say(`connection closed: ${reason}`),
    frameRead: nothing,
    badFrame: (_, reason, shape) => say(`no message: ${reason} ${shape}`),
    acknowledged: (code) => {
      acknowledged();
      if (code !== "AA" && code !== "CA") say(code);
    },
    fault: (_, error) => say(`not handed on: ${error instanceof Error ? error.name : "failure"}`),
  };
}
