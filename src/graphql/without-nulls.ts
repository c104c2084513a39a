type WithoutNulls<T> = { [K in keyof T]?: Exclude<T[K], null | undefined> };

/** GraphQL arguments say "nothing" by null or absence; ports say it by absence alone. */
export function withoutNulls<T extends object>(members: T): WithoutNulls<T> {
  const kept: WithoutNulls<T> = { ...members } as WithoutNulls<T>;
  for (const name of Object.keys(members) as (keyof T)[])
    if (members[name] === null || members[name] === undefined) delete kept[name];
  return kept;
}
