/** The ports on which messages come in. */
import { createServer as createPlainServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type PeerCertificate, TLSSocket } from "node:tls";
import { type Connection, serveConnection } from "./connection.ts";
import type { ConnectionDependencies, Listener, ListenerTls } from "./mllp-ports.ts";

export interface OpenListener {
  readonly name: string;
  /** As bound: port 0 lets the system choose one. */
  readonly port: number;
}

export interface Listeners {
  /** @throws what binding throws, with every port closed again */
  open(): Promise<readonly OpenListener[]>;
  /** Takes no more messages, answers those in hand, ends every connection. */
  close(): Promise<void>;
}

const HANDSHAKE_MS = 10_000;

export const createListeners = (listeners: readonly Listener[], deps: ConnectionDependencies): Listeners =>
  new MllpListeners(listeners, deps);

class MllpListeners implements Listeners {
  readonly #listeners: readonly Listener[];
  readonly #deps: ConnectionDependencies;
  readonly #servers: Server[] = [];
  readonly #connections = new Set<Connection>();

  constructor(listeners: readonly Listener[], deps: ConnectionDependencies) {
    this.#listeners = listeners;
    this.#deps = deps;
  }

  async open(): Promise<readonly OpenListener[]> {
    try {
      const open: OpenListener[] = [];
      for (const listener of this.#listeners) open.push(await this.#openOne(listener));
      return open;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const closed = this.#servers.splice(0).map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
    const connections = [...this.#connections];
    for (const connection of connections) connection.stop();
    await Promise.all([...closed, ...connections.map(({ ended }) => ended)]);
  }

  async #openOne(listener: Listener): Promise<OpenListener> {
    const server = createServer(listener.tls, (socket) => this.#serve(socket, listener));
    server.maxConnections = this.#deps.limits.connectionsPerListener;
    // A client without a certificate, or of another protocol: its connection is over, and nobody else's.
    server.on("tlsClientError", () => this.#deps.observer.connectionClosed(listener, "CERTIFICATE"));
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(listener.port, listener.host, () => {
        server.off("error", reject);
        resolve();
      });
    });
    server.on("error", (error) => this.#deps.observer.fault(listener, error));
    this.#servers.push(server);
    const address = server.address();
    return {
      name: listener.identity.name,
      port: typeof address === "object" && address !== null ? address.port : listener.port,
    };
  }

  #serve(socket: Socket, listener: Listener): void {
    const { observer } = this.#deps;
    if (!mayConnect(socket, listener.tls)) {
      observer.connectionClosed(listener, "CERTIFICATE");
      socket.destroy();
      return;
    }
    observer.connectionOpened();
    const connection = serveConnection(socket, listener, this.#deps);
    this.#connections.add(connection);
    void connection.ended.then(() => {
      this.#connections.delete(connection);
      observer.connectionEnded();
    });
  }
}

function createServer(tls: ListenerTls | null, serve: (socket: Socket) => void): Server {
  if (tls === null) return createPlainServer({ allowHalfOpen: true }, serve);
  const { certificate, key, clientAuthority } = tls;
  return createTlsServer(
    {
      allowHalfOpen: true,
      cert: certificate,
      key,
      minVersion: "TLSv1.2",
      handshakeTimeout: HANDSHAKE_MS,
      ...(clientAuthority === null ? {} : { ca: clientAuthority, requestCert: true, rejectUnauthorized: true }),
    },
    serve,
  );
}

/** The handshake has checked who signed; here is checked whose certificate it is. */
function mayConnect(socket: Socket, tls: ListenerTls | null): boolean {
  if (tls === null || tls.clientNames.length === 0) return true;
  if (!(socket instanceof TLSSocket)) return false;
  const names = namesOf(socket.getPeerCertificate());
  return tls.clientNames.some((name) => names.has(name.toLowerCase()));
}

const DNS = "DNS:";

function namesOf({ subject, subjectaltname = "" }: Partial<PeerCertificate>): ReadonlySet<string> {
  const alternatives = subjectaltname
    .split(", ")
    .filter((name) => name.startsWith(DNS))
    .map((name) => name.slice(DNS.length));
  const common = subject?.CN === undefined ? [] : [subject.CN].flat();
  return new Set([...alternatives, ...common].map((name) => name.toLowerCase()));
}
