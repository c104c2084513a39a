/** The end of a server whose clients keep their connections. */
import type { FastifyInstance } from "fastify";

const IDLE_LOOK_MS = 100;

/**
 * Ends when the last request in hand is answered. Its connection is kept open for the client's next request, by a server that was told to
 * close before the answer was sent, so idle ones are closed again and again.
 */
export async function closeServer(app: FastifyInstance): Promise<void> {
  const looking = setInterval(() => app.server.closeIdleConnections(), IDLE_LOOK_MS);
  try {
    await app.close();
  } finally {
    clearInterval(looking);
  }
}
