/** Where an entry of a payload stands in the sender's input: `line 7`, `messages[3]`. The root of its expressions. */
export type PlaceOf = (index: number) => string;

/** By its position in the request: `records[3]`. */
export const placesIn =
  (list: string): PlaceOf =>
  (index) =>
    `${list}[${index}]`;
