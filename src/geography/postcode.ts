/** A postcode as it is compared: in capitals and without spaces, however a directory pads it to seven or eight places. */
const POSTCODE = /^[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}$/;
const SPACES = / +/g;

/** Null for what is none. */
export function foldPostcode(text: string): string | null {
  const folded = text.replace(SPACES, "").toUpperCase();
  return POSTCODE.test(folded) ? folded : null;
}
