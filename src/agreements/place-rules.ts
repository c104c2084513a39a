/** Where data may be processed and stored (dataset.md 10.1). */
import { answerTo } from "./standards.ts";
import { entries, repeats, type TermsRule } from "./terms-rule.ts";

const EEA = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK".split(" ");
const UNITED_KINGDOM = ["GB-ENG", "GB-WLS", "GB-SCT", "GB-NIR"];
/** Null: every country. */
const COUNTRIES_OF: Readonly<Record<string, readonly string[] | null>> = {
  ENGLAND_AND_WALES: ["GB-ENG", "GB-WLS"],
  UNITED_KINGDOM,
  EEA: [...UNITED_KINGDOM, ...EEA],
  WORLDWIDE: null,
};

export const isOutsideEea = (country: string): boolean => !UNITED_KINGDOM.includes(country) && !EEA.includes(country);

export const PLACE_RULES: readonly TermsRule[] = [
  {
    code: "LOCATION_MISSING",
    standard: "LOCATIONS",
    message: "At least one place of processing and one of storage is named.",
    broken: ({ locations }) =>
      (["PROCESSING", "STORAGE"] as const).every((use) => locations.some(({ uses }) => uses.includes(use))) ? [] : ["locations"],
  },
  {
    code: "LOCATION_NAMED_TWICE",
    standard: "LOCATIONS",
    message: "Each place has a code of its own.",
    broken: ({ locations }) =>
      repeats(
        locations.map(({ code }) => code),
        "locations",
      ),
  },
  {
    code: "LOCATION_OF_NO_PARTY",
    standard: "LOCATIONS",
    message: "A place belongs to one of the parties.",
    broken: (terms) =>
      entries(terms.locations, "locations", "party", ({ party }) => !terms.parties.some(({ code }) => code === party)),
  },
  {
    code: "LOCATION_OUTSIDE_TERRITORY",
    standard: "TERRITORY_OF_USE",
    message: "The territory of use covers every place; storing is processing.",
    broken: (terms) => {
      const countries = COUNTRIES_OF[answerTo(terms, "TERRITORY") ?? ""];
      if (countries === null || countries === undefined) return [];
      return entries(terms.locations, "locations", "country", ({ country }) => !countries.includes(country));
    },
  },
];
