/** What every part of the gateway is wired from. Made once per process. */

import type { Terminology } from "../../mappings/concept-maps/terminology.ts";
import type { ClientStore } from "../access/ports.ts";
import type { Config } from "../config/load-config.ts";
import type { LedgerKeeper } from "../consent/objection-ports.ts";
import type { Dictionary } from "../dataset/dictionary.ts";
import type { KeyRing } from "../keys/key-ring.ts";
import type { Logger } from "../observability/logger.ts";
import type { Metrics } from "../observability/metrics.ts";
import type { Database } from "../persistence/database/database.ts";

export interface Parts {
  readonly config: Config;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly database: Database;
  readonly keys: KeyRing;
  readonly dictionary: Dictionary;
  readonly terminology: Terminology;
  readonly clients: ClientStore;
  readonly newId: () => string;
  /** What patients objected to, outside the database. */
  readonly ledger: LedgerKeeper;
}
