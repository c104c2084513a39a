/** Puts what links show of other organisations' events into the ends of links. */
import type { KnownLink, LinkCaller, LinkEnd, ReadSharedEvents, SharedEvent } from "./link-list-ports.ts";
import { keyOf } from "./link-words.ts";

type SharedByKey = ReadonlyMap<string, SharedEvent>;

export const byKey = (shared: readonly SharedEvent[]): SharedByKey => new Map(shared.map((event) => [keyOf(event), event]));

/** The link as it is where nothing more is shown of it. */
export const showEnds = (link: KnownLink, shared: SharedByKey): KnownLink => ({
  ...link,
  a: showEnd(link.a, shared),
  b: showEnd(link.b, shared),
});

const showEnd = (end: LinkEnd, shared: SharedByKey): LinkEnd => ({
  ...end,
  event: end.event ?? shared.get(keyOf(end)) ?? null,
});

/** @throws GatewayError LIMIT_EXCEEDED */
export async function showShared(
  readShared: ReadSharedEvents,
  caller: LinkCaller,
  links: readonly KnownLink[],
): Promise<readonly KnownLink[]> {
  const hidden = links.filter(({ kind }) => kind === "EPISODE").flatMap(({ a, b }) => [a, b].filter(({ own }) => !own));
  const shared = byKey(await readShared(caller, { events: hidden }));
  return links.map((link) => showEnds(link, shared));
}
