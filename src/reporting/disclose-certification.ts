/**
 * A certification as somebody outside of the programme may see it. Of fewer than eight rehabilitations nothing is shown, not even whether the
 * standard is met; other counts are rounded to five, a share is worked out from what is shown, a median is a whole number of days. What would
 * meet a standard is the programme's own.
 */
import { roundForDisclosure } from "../national/disclosed-count.ts";
import { type Certification, type CertificationResult, recolour } from "./certify.ts";

/** No shortfall, and figures null where they are withheld. */
export const discloseCertification = (exact: Certification): Certification => {
  const standards = exact.standards.map(disclose);
  const hidden = standards
    .filter(({ isWithheld, denominator }) => isWithheld && denominator === null)
    .map(({ standard }) => standard);
  const provisional = [
    ...exact.provisional.filter(({ standard, code }) => code !== "NO_DATA" || !hidden.includes(standard)),
    ...hidden.map((standard) => ({ standard, code: "WITHHELD" as const, text: "Too few patients for anything to be shown." })),
  ];
  return { ...recolour({ ...exact, standards }), provisional };
};

function disclose(result: CertificationResult): CertificationResult {
  const { unit, numerator, denominator, value } = result;
  // The survey names professions and groups, no patients.
  if (unit === "PROFESSIONS" || unit === "GROUPS") return { ...result, shortfall: null };
  const shown = roundForDisclosure(denominator ?? 0);
  if (shown === null || shown === 0) return { ...result, ...NOTHING, verdict: "NO_DATA" };
  const inside = numerator === null ? null : roundForDisclosure(numerator) || null;
  const shownValue = unit === "DAYS" ? value && Math.round(value) : inside && Math.min(100, Math.round((100 * inside) / shown));
  return { ...result, numerator: inside, denominator: shown, value: shownValue, shortfall: null, isWithheld: inside === null };
}

const NOTHING = { numerator: null, denominator: null, value: null, shortfall: null, isWithheld: true } as const;
