/** The streams of this process that are open, so that a process that stops can end them and their clients go elsewhere. */
import type { FastifyInstance } from "fastify";

export interface OpenStreams {
  /** @returns takes it off again */
  add(end: () => void): () => void;
  readonly size: number;
}

/** Ends them when the server begins to close: it waits for every connection. */
export function createOpenStreams(app: FastifyInstance): OpenStreams {
  const ends = new Set<() => void>();
  app.addHook("preClose", async () => {
    for (const end of ends) end();
  });
  return {
    add(end) {
      ends.add(end);
      return () => void ends.delete(end);
    },
    get size() {
      return ends.size;
    },
  };
}
