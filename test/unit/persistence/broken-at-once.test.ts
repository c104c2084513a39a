/** A server that ends a connection with the bytes that open it: nobody who asked for it can listen yet, and the process must go on. */
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connectPostgres } from "../../../src/persistence/database/postgres-connection.ts";

const message = (type: string, body: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
};
const AUTHENTICATED = message("R", Buffer.alloc(4));
const READY = message("Z", Buffer.from("I"));
const SHUT_DOWN = message("E", Buffer.from("SFATAL\0C57P01\0Mterminating connection\0\0"));

describe("a connection that is ended as it opens", () => {
  let server: Server;
  let opened = 0;
  beforeEach(async () => {
    server = createServer((socket: Socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => {
        opened += 1;
        socket.end(Buffer.concat([AUTHENTICATED, READY, SHUT_DOWN]));
      });
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
  });
  afterEach(() => void server.close());

  it("fails what it was opened for, and nothing else: an unheard error would end the process and this run", async () => {
    const { port } = server.address() as AddressInfo;
    const connection = connectPostgres(`postgresql://nacr@127.0.0.1:${port}/nacr`, 1);
    await expect(connection.queueSql.run("select 1")).rejects.toThrow();
    const adapter = await connection.adapter.connect();
    await expect(adapter.startTransaction()).rejects.toThrow();
    expect(opened).toBe(2);
    await connection.close();
  });
});
