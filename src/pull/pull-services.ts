/** What the edge asks of pulling. */
import type { AcceptPull } from "./accept-pull.ts";
import type { SourceService } from "./source-service.ts";

export interface PullServices {
  readonly sources: SourceService;
  readonly accept: AcceptPull;
}
