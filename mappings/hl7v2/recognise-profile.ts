/** Which dialect a message is in, by marks that only that dialect has. */
import type { Hl7v2Profile, ProfileMark } from "./hl7v2-profile.ts";
import type { Hl7Message } from "./parse-message.ts";
import { componentOf, firstSegment, repetitionsOf } from "./read-field.ts";

/** The one dialect, of those the profile may stand for, all of whose marks the message bears; the profile itself where none or several. */
export function recogniseProfile(message: Hl7Message, profile: Hl7v2Profile): Hl7v2Profile {
  if (profile.standsFor.length === 0) return profile;
  const borne = profile.standsFor.filter(({ marks }) => marks.length > 0 && marks.every((mark) => bearsMark(message, mark)));
  // A dialect of a dialect bears the marks of both.
  const [best, ...others] = borne.toSorted((one, other) => other.marks.length - one.marks.length);
  const isClear = best !== undefined && others.every(({ marks }) => marks.length < best.marks.length);
  return isClear ? best : profile;
}

function bearsMark(message: Hl7Message, { segment, field, values }: ProfileMark): boolean {
  const first = firstSegment(message, segment);
  if (first === undefined) return false;
  return repetitionsOf(message, first, field).some((repetition) =>
    values.every(({ component, pattern }) => pattern.test(componentOf(repetition, component) ?? "")),
  );
}
