/** Types are made from the newest dictionary; what only older versions in service have stays in them, so that a schema only grows. */

/** An item or option, in the newest version that has it. */
export interface VersionedMember<T> {
  readonly member: T;
  /** Names of the versions that have it, the newest first; null: all of them. */
  readonly only: readonly string[] | null;
  /** The newest version has it. */
  readonly current: boolean;
}

/** @param versions newest first */
export function joinMembers<T>(
  versions: readonly { readonly version: string; readonly members: Iterable<T> }[],
  nameOf: (member: T) => string,
): readonly VersionedMember<T>[] {
  const joined = new Map<string, { readonly member: T; readonly versions: string[] }>();
  for (const { version, members } of versions) {
    for (const member of members) {
      const known = joined.get(nameOf(member));
      if (known === undefined) joined.set(nameOf(member), { member, versions: [version] });
      else known.versions.push(version);
    }
  }
  return [...joined.values()].map(({ member, versions: having }) => ({
    member,
    only: having.length === versions.length ? null : having,
    current: having[0] === versions[0]?.version,
  }));
}

/** ` Only in gw-1.1.`, or nothing for what every version has. */
export const noteVersions = ({ only }: VersionedMember<unknown>): string => (only === null ? "" : ` Only in ${only.join(", ")}.`);
