/** A loop of the worker that is woken by what the database notifies. */
import type { LinkerLoop } from "../episodes/linker-loop.ts";
import type { Database } from "../persistence/database/database.ts";

export interface ListeningLoop {
  /** Listens for what becomes due, and works on it. @throws GatewayError DATABASE_UNAVAILABLE */
  start(): Promise<void>;
  /** Waits for the batch in hand. */
  stop(): Promise<void>;
}

/** Does nothing until it is started. */
export function createListeningLoop(database: Database, channel: string, loop: LinkerLoop): ListeningLoop {
  let stopListening = (): Promise<void> => Promise.resolve();
  return {
    start: async () => {
      const wake = (): void => loop.wake();
      stopListening = await database.listen([channel], wake, wake);
      loop.start();
    },
    stop: async () => {
      await stopListening();
      await loop.stop();
    },
  };
}
