/**
 * Works on one after the other, also where one fails: what cannot be done for one patient or organisation is no reason to leave the others.
 * @throws the first failure, when all were tried
 */
export async function eachDespiteFailures<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  for (const item of items) await work(item).catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}
