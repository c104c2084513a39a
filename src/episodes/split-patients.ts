/** Splits patients into sets of which rules and decisions can say something: no link ever joins two of the sets. */
import { JoinedSets } from "./joined-sets.ts";
import type { Digest } from "./judge-persons.ts";
import type { LinkPatient } from "./link-ports.ts";
import { keyOf, type LinkDecision } from "./link-words.ts";

/**
 * By what rules compare (a number one has with a number another has or had; name and postcode) and by decisions about two of them. In the
 * order of their first members; a patient that nothing reaches is a set of its own.
 */
export function splitPatients(
  patients: readonly LinkPatient[],
  decisions: readonly LinkDecision[],
): readonly (readonly LinkPatient[])[] {
  const sets = new JoinedSets();
  const byNumber = joinBy(patients, ({ nhsNumber }) => nhsNumber, sets);
  joinBy(patients, ({ nameAndPostcode }) => nameAndPostcode, sets);
  for (const patient of patients) {
    for (const former of patient.formerNhsNumbers) {
      const holder = byNumber.get(former);
      if (holder !== undefined) sets.join(keyOf(patient), keyOf(holder));
    }
  }
  const known = new Set(patients.map(keyOf));
  for (const { a, b } of decisions) if (known.has(keyOf(a)) && known.has(keyOf(b))) sets.join(keyOf(a), keyOf(b));
  return [...Map.groupBy(patients, (patient) => sets.of(keyOf(patient))).values()];
}

/** @returns the first patient with each digest */
function joinBy(
  patients: readonly LinkPatient[],
  digestOf: (patient: LinkPatient) => Digest | null,
  sets: JoinedSets,
): ReadonlyMap<Digest, LinkPatient> {
  const first = new Map<Digest, LinkPatient>();
  for (const patient of patients) {
    const digest = digestOf(patient);
    if (digest === null) continue;
    const known = first.get(digest);
    if (known === undefined) first.set(digest, patient);
    else sets.join(keyOf(patient), keyOf(known));
  }
  return first;
}
