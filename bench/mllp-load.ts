/** Hospitals that send HL7 v2 by MLLP as fast as they are answered: so many connections, so many messages in flight on each. */
import { connect, type Socket } from "node:net";
import { expectEqual } from "./answer-check.ts";

export interface MllpLoad {
  readonly port: number;
  readonly connections: number;
  readonly inFlight: number;
  readonly seconds: number;
  /** Names messages that no other load of the run sends. */
  readonly series: string;
}

export interface MllpAnswers {
  readonly milliseconds: readonly number[];
  readonly seconds: number;
}

const START = "\x0b";
const END = "\x1c\r";
const DRAIN_MS = 30_000;

/** A patient of its own with an admission, a diagnosis and a procedure, in some 700 bytes. */
function messageOf(series: string, number: number): string {
  const patient = `${series}${number}`;
  const day = String(1 + (number % 28)).padStart(2, "0");
  return [
    `MSH|^~\\&|PAS|HOSP|NACR|GATEWAY|202603${day}101500||ADT^A08^ADT_A01|${patient}|P|2.4|||||GBR|UNICODE`,
    `EVN|A08|202603${day}101500`,
    `PID|1||T${patient}^^^HOSP^MR||LOADTEST^ALEX^B||19${50 + (number % 40)}02${day}|${number % 2 === 0 ? "M" : "F"}|||1 Test Street^^Testtown^^LS1 4AP||01130000000`,
    "PD1|||MALTON GP PRACTICE^^Y06601",
    `PV1|1|I|CCU^1^1||||||||||||||||V${patient}|||||||||||||||||||||||||202603${day}0915`,
    `DG1|1||I21.0^Acute transmural myocardial infarction of anterior wall^ICD10|||A`,
    `PR1|1||K75.1^Percutaneous transluminal balloon angioplasty^OPCS4||202603${day}1130`,
    "",
  ].join("\r");
}

class LoadingConnection {
  readonly #socket: Socket;
  readonly #next: () => string | null;
  readonly #sentAt = new Map<string, number>();
  readonly #milliseconds: number[];
  readonly done: Promise<void>;
  #text = "";

  constructor(port: number, milliseconds: number[], next: () => string | null) {
    this.#next = next;
    this.#milliseconds = milliseconds;
    this.#socket = connect(port, "127.0.0.1");
    this.#socket.setNoDelay(true);
    this.done = new Promise((resolve, reject) => {
      this.#socket.once("error", reject);
      this.#socket.once("close", () => resolve());
      this.#socket.on("data", (chunk) => {
        try {
          this.#take(chunk.toString("latin1"));
        } catch (error) {
          reject(error);
          this.#socket.destroy();
        }
      });
    });
  }

  begin(inFlight: number): void {
    for (let count = 0; count < inFlight; count++) this.#send();
  }

  #send(): void {
    const message = this.#next();
    if (message === null) {
      if (this.#sentAt.size === 0) this.#socket.end();
      return;
    }
    this.#sentAt.set(message.split("|", 11)[9] ?? "", performance.now());
    this.#socket.write(`${START}${message}${END}`);
  }

  #take(text: string): void {
    this.#text += text;
    for (let end = this.#text.indexOf(END); end !== -1; end = this.#text.indexOf(END)) {
      const [code, controlId = ""] = this.#text.slice(0, end).split("\rMSA|")[1]?.split(/[|\r]/) ?? [];
      this.#text = this.#text.slice(end + END.length);
      const sentAt = this.#sentAt.get(controlId);
      expectEqual("an acknowledgement", [code, sentAt !== undefined], ["AA", true]);
      this.#sentAt.delete(controlId);
      this.#milliseconds.push(performance.now() - (sentAt ?? 0));
      this.#send();
    }
  }
}

/** @throws WrongAnswer for an acknowledgement that is no AA, comes twice, or is of no message that was sent */
export async function loadMllp({ port, connections, inFlight, seconds, series }: MllpLoad): Promise<MllpAnswers> {
  const milliseconds: number[] = [];
  let sent = 0;
  const began = performance.now();
  const deadline = began + seconds * 1_000;
  const next = (): string | null => (performance.now() < deadline ? messageOf(series, sent++) : null);
  const loading = Array.from({ length: connections }, () => new LoadingConnection(port, milliseconds, next));
  for (const connection of loading) connection.begin(inFlight);
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error("acknowledgements did not come")), seconds * 1_000 + DRAIN_MS).unref();
  });
  await Promise.race([Promise.all(loading.map(({ done }) => done)), late]);
  expectEqual("messages acknowledged", milliseconds.length, sent);
  return { milliseconds, seconds: (performance.now() - began) / 1_000 };
}
