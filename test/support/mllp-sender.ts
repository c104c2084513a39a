/** A hospital's side of MLLP, over a real socket: frames out, acknowledgements in. Messages are made up. */
import { connect, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";

export interface MllpSender {
  readonly socket: Socket;
  /** Acknowledgements so far, in their order. */
  readonly answers: readonly string[];
  /** Raw bytes. */
  write(bytes: string | Buffer): void;
  /** A message in its frame. */
  send(message: string): void;
  /** Waits until so many acknowledgements have come in all. @throws Error where the connection ends before, or after 20 s */
  received(count: number): Promise<readonly string[]>;
  /** One message and its acknowledgement. */
  ask(message: string): Promise<string>;
  /** Fulfilled when the connection is closed. */
  readonly closed: Promise<void>;
  end(): Promise<void>;
}

const LONGEST_WAIT_MS = 20_000;
const START = "\x0b";
const END = "\x1c\r";

export const frame = (message: string): Buffer => Buffer.from(`${START}${message}${END}`);

export async function openMllpSender(port: number, tls?: ConnectionOptions): Promise<MllpSender> {
  const socket = tls === undefined ? connect(port, "127.0.0.1") : connectTls({ port, host: "127.0.0.1", ...tls });
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    socket.once(tls === undefined ? "connect" : "secureConnect", () => resolve());
    socket.once("error", reject);
  });
  socket.on("error", () => undefined);
  const answers: string[] = [];
  let text = "";
  let heard = (): void => undefined;
  socket.on("data", (chunk) => {
    text += chunk.toString("latin1");
    for (let end = text.indexOf(END); end !== -1; end = text.indexOf(END)) {
      answers.push(text.slice(text.indexOf(START) + 1, end));
      text = text.slice(end + END.length);
    }
    heard();
  });
  socket.once("close", () => heard());
  const received = (count: number): Promise<readonly string[]> =>
    new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${answers.length} of ${count} acknowledgements came`)), LONGEST_WAIT_MS);
      heard = () => {
        if (answers.length < count && !socket.destroyed) return;
        clearTimeout(late);
        if (answers.length >= count) resolve(answers);
        else reject(new Error(`the connection ended after ${answers.length} of ${count} acknowledgements`));
      };
      heard();
    });
  return {
    socket,
    answers,
    closed,
    write: (bytes) => void socket.write(bytes),
    send: (message) => void socket.write(frame(message)),
    received,
    ask: async (message) => {
      const count = answers.length + 1;
      socket.write(frame(message));
      return (await received(count))[count - 1] ?? "";
    },
    end: async () => {
      socket.end();
      await closed;
    },
  };
}

export interface MessageParts {
  readonly type?: string;
  readonly controlId?: string;
  readonly version?: string;
  readonly application?: string;
  readonly facility?: string;
  readonly processingId?: string;
  /** MSH-15 and MSH-16. */
  readonly acknowledge?: readonly [string, string];
  /** Digits of the hospital number. */
  readonly patient?: string;
  readonly dateOfBirth?: string;
  readonly familyName?: string;
}

/** An ADT message of a made-up patient. */
export function adtMessage({
  type = "ADT^A31^ADT_A05",
  controlId = "C1",
  version = "2.4",
  application = "PAS",
  facility = "HOSP",
  processingId = "P",
  acknowledge = ["", ""],
  patient = "1001",
  dateOfBirth = "19500215",
  familyName = "TESTPATIENT",
}: MessageParts = {}): string {
  const [accept, reply] = acknowledge;
  return [
    `MSH|^~\\&|${application}|${facility}|NACR|GATEWAY|20260301101500||${type}|${controlId}|${processingId}|${version}|||${accept}|${reply}`,
    "EVN||20260301101500",
    `PID|1||T${patient}^^^HOSP^MR||${familyName}^ALEX||${dateOfBirth}|M|||1 Test Street^^Testtown^^LS1 4AP`,
    "PV1|1|N",
    "",
  ].join("\r");
}

/** A field of the first segment of its name, as it was sent. */
export function fieldOf(message: string, segment: string, field: number): string {
  const line = message.split("\r").find((each) => each.startsWith(segment)) ?? "";
  return line.split(line.charAt(3))[segment === "MSH" ? field - 1 : field] ?? "";
}
