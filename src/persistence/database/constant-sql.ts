/** Generated SQL of constant text, run through Prisma without its unsafe functions. */
import { Prisma } from "../../generated/prisma/client.ts";

export type BoundSql = Prisma.Sql;

const PLACE = /\$(\d+)/;

/**
 * Splits a constant statement once at its places `$1 … $n`; the function it returns binds values to them, so a value can never
 * become part of the text. A place may stand more than once; each standing is sent as a parameter of its own, so write the cast
 * (`$1::uuid`) at every one, and repeat small values only. Columns are sent as one array literal each (`'{a,b,NULL}'`).
 * Run it with `tx.$queryRaw(bind(values))` (rows are objects by column name) or `tx.$executeRaw(bind(values))`.
 * @throws RangeError when a value has no place or a place no value: a fault of the generator
 */
export function constantSql(text: string): (values: readonly unknown[]) => BoundSql {
  // split() with a capturing group alternates: text, number, text, number, …, text.
  const pieces = text.split(PLACE);
  const parts = pieces.filter((_, position) => position % 2 === 0);
  const places = pieces.filter((_, position) => position % 2 === 1).map((number) => Number(number) - 1);
  const expected = places.length === 0 ? 0 : Math.max(...places) + 1;
  if (new Set(places).size !== expected) throw new RangeError("constantSql: the places do not run from $1 without a gap");
  return (values) => {
    if (values.length !== expected) {
      throw new RangeError(`constantSql: the statement has ${expected} places, ${values.length} values came`);
    }
    return Prisma.sql(parts, ...places.map((place) => values[place]));
  };
}
