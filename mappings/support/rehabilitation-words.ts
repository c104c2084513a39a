/** Cardiac rehabilitation as senders name it in words, for want of a published code of the referral and of the procedure (interop 4). */

const CARDIAC_REHABILITATION =
  /\b(?:cardiac|cardiovascular|heart)\b[^.;]*\brehab|\brehab[a-z]*\b[^.;]*\b(?:cardiac|cardiovascular|heart)\b/i;
/** Words that turn the meaning: the service was not given, not wanted or not fitting. */
const TURNED =
  /\b(?:declin|refus|unsuit|contraindicat|cancel|not\b|no\b|never|did not|dna\b|exclu|inappropriate|unable|ineligib|without)/i;

/** Longer texts are stories and no names; the search may take time that grows with the square of the length. */
const LONGEST_NAME = 500;

/** Whether a text names the service, and does not say that it was not given. */
export const namesCardiacRehabilitation = (text: string): boolean =>
  text.length <= LONGEST_NAME && CARDIAC_REHABILITATION.test(text) && !TURNED.test(text);
