/** Links as clinical teams list them and decide about them. */
import { EPISODE_RULES } from "../episodes/default-episode-rules.ts";
import { createListDuplicates, type ListDuplicates } from "../episodes/duplicate-service.ts";
import type { Relink } from "../episodes/link-ports.ts";
import { createLinkService, type LinkService } from "../episodes/link-service.ts";
import { systemClock } from "../lib/system-clock.ts";
import { createDuplicateStore } from "../persistence/duplicate-store.ts";
import { createLinkListStore } from "../persistence/link-list-store.ts";
import { createReadSharedEvents } from "../persistence/shared-event-store.ts";
import type { Parts } from "./parts.ts";

export interface LinkLists {
  readonly links: LinkService;
  readonly listDuplicates: ListDuplicates;
}

export function wireLinkLists(parts: Parts, relink: Relink): LinkLists {
  const readShared = createReadSharedEvents({ ...parts, clock: systemClock });
  return {
    links: createLinkService({ store: createLinkListStore(parts), readShared, relink, clock: systemClock }),
    listDuplicates: createListDuplicates({
      store: createDuplicateStore(parts),
      readShared,
      rules: EPISODE_RULES,
      clock: systemClock,
    }),
  };
}
