/** Gives groups ids, keeping those they have: a person whom somebody has looked up stays the same person when a patient joins or leaves. */
import { keyOf, type LinkedRef } from "./link-words.ts";

export interface NamedGroup<Group> {
  readonly group: Group;
  readonly id: string;
}

interface Claim<Group> {
  readonly group: Group;
  readonly place: number;
  readonly id: string;
  readonly members: number;
}

/**
 * Where a group keeps members of several, or several keep members of one, the id goes where most of its members went; then the older id
 * first, then the group that comes first.
 * @param idOf the id a member has now, by `keyOf`
 */
export function nameGroups<Group>(
  groups: readonly Group[],
  membersOf: (group: Group) => readonly LinkedRef[],
  idOf: ReadonlyMap<string, string>,
  newId: () => string,
): readonly NamedGroup<Group>[] {
  const claims = groups.flatMap((group, place) => {
    const ids = Map.groupBy(
      membersOf(group).flatMap((member) => idOf.get(keyOf(member)) ?? []),
      (id) => id,
    );
    return [...ids].map(([id, kept]): Claim<Group> => ({ group, place, id, members: kept.length }));
  });
  const given = new Map<Group, string>();
  const taken = new Set<string>();
  for (const { group, id } of claims.sort(byMembersThenAge)) {
    if (given.has(group) || taken.has(id)) continue;
    given.set(group, id);
    taken.add(id);
  }
  return groups.map((group) => ({ group, id: given.get(group) ?? newId() }));
}

const byMembersThenAge = (one: Claim<unknown>, other: Claim<unknown>): number =>
  other.members - one.members || (one.id < other.id ? -1 : one.id > other.id ? 1 : 0) || one.place - other.place;
