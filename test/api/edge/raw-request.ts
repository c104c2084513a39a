/** Requests byte by byte: what no HTTP client would send. */
import { connect, type Socket } from "node:net";

export interface RawAnswer {
  /** Null where the connection was closed without an answer. */
  readonly status: number | null;
  readonly text: string;
}

/** Sends the bytes, then waits for the end of the connection or `waitMs`. */
export function sendRaw(url: string, bytes: string | Buffer, waitMs = 1_000): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const socket = openRaw(url);
    let text = "";
    const finish = (): void => {
      socket.destroy();
      const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1];
      resolve({ status: status === undefined ? null : Number(status), text });
    };
    const timer = setTimeout(finish, waitMs);
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
    });
    // A reset after the answer is an end like any other.
    socket.on("error", () => undefined);
    socket.on("close", () => {
      clearTimeout(timer);
      finish();
    });
    socket.write(bytes);
  });
}

export function openRaw(url: string): Socket {
  const { hostname, port } = new URL(url);
  return connect({ host: hostname, port: Number(port) });
}

/** A request head; `Host` and whatever else is given. */
export function headOf(method: string, path: string, headers: readonly (readonly [string, string])[]): string {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${lines}\r\n`;
}
