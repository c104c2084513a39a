/** What `main` has of a process, whatever its role. */
import type { FastifyInstance } from "fastify";
import type { Database } from "../persistence/database/database.ts";

export interface RunningProcess {
  readonly app: FastifyInstance;
  readonly databaseKind: Database["kind"];
  /** Stops taking requests, lets those in hand finish, closes the database. */
  close(): Promise<void>;
}
