/** A measurement counts only if every answer was right: a gateway that refuses everything would be the fastest of all. */

export class WrongAnswer extends Error {}

/** @throws WrongAnswer */
export function expectEqual(what: string, actual: unknown, wanted: unknown): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(wanted)];
  if (a !== b) throw new WrongAnswer(`${what}: ${a} instead of ${b}`);
}
