/** Name, address, postcode and telephone of a FHIR Patient. */
import { readSourceDate } from "../support/fhir-date.ts";
import { type OpenDraft, setItem } from "../support/fhir-draft.ts";
import { isInUse } from "../support/fhir-period.ts";
import {
  type FhirElement,
  joinPath,
  readElements,
  readLocatedText,
  readNumber,
  readText,
  readTexts,
} from "../support/fhir-reader.ts";
import type { ResourceUse } from "./fhir-run.ts";

const UNITED_KINGDOM = /^(?:gb|gbr|uk|u\.k\.|united kingdom|great britain|england|scotland|wales|northern ireland)$/i;
/** Five digits, or nine, are a ZIP code: no postcode of the United Kingdom begins with a digit. */
const FOREIGN_POSTCODE = /^\d{4,5}(?:-\d{4})?$/;
const HOME_USES: readonly (string | null)[] = ["home", null];
const TELEPHONE_USES: readonly (string | null)[] = ["mobile", "home", null];
const NAME_USES: readonly (string | null)[] = ["official", "usual", null];

export function mapPatientContact(use: ResourceUse, draft: OpenDraft): void {
  const asOf = readSourceDate(use.element);
  mapName(use, draft, asOf);
  mapAddress(use, draft, asOf);
  mapTelephone(use, draft, asOf);
}

function mapTelephone(use: ResourceUse, draft: OpenDraft, asOf: string | null): void {
  const points = readElements(use.element, "telecom").toSorted((one, other) => rankOf(one) - rankOf(other));
  const telephone = choose(points.filter(isTelephone), TELEPHONE_USES, asOf);
  const number = readLocatedText(telephone, "value");
  if (telephone === null || number === null) return;
  set(use, draft, "telephone", number.value.replace(/^tel:/i, ""), number.path);
  use.ledger.judged(telephone.path, ["system", "use", "rank"], "PATIENT");
}

/** The patient's order of preference; a contact point without one comes last, in the order sent. */
const rankOf = (telecom: FhirElement): number => readNumber(telecom, "rank") ?? Number.MAX_SAFE_INTEGER;

function mapName(use: ResourceUse, draft: OpenDraft, asOf: string | null): void {
  const name = choose(readElements(use.element, "name"), NAME_USES, asOf);
  if (name === null) return;
  const whole = readLocatedText(name, "text");
  if (whole !== null && !Object.hasOwn(name.value, "family"))
    use.ledger.dropped(whole.path, "NAME_NOT_IN_PARTS", "PATIENT", "surname");
  const family = readLocatedText(name, "family");
  if (family !== null) set(use, draft, "surname", family.value, family.path);
  const given = readTexts(name, "given").join(" ");
  use.ledger.judged(name.path, ["use"], "PATIENT");
  if (given !== "") set(use, draft, "forename", given, joinPath(name.path, "given"));
}

function mapAddress(use: ResourceUse, draft: OpenDraft, asOf: string | null): void {
  const addresses = readElements(use.element, "address");
  const physical = addresses.filter((address) => readText(address, "type") !== "postal");
  const address = choose(physical, HOME_USES, asOf) ?? choose(addresses, HOME_USES, asOf);
  if (address === null) return;
  const whole = readLocatedText(address, "text");
  const parts = [...readTexts(address, "line"), ...readTexts(address, "city"), ...readTexts(address, "district")];
  if (parts.length > 0) {
    setItem(draft, "address", parts.join(", "), use.ledger.expressionOf(address.path));
    for (const part of ["line", "city", "district"]) {
      if (Object.hasOwn(address.value, part)) use.ledger.mapped(joinPath(address.path, part), "PATIENT", "address");
    }
  } else if (whole !== null) set(use, draft, "address", whole.value, whole.path);
  const postcode = readLocatedText(address, "postalCode");
  if (postcode === null) return;
  use.ledger.judged(address.path, ["country", "use"], "PATIENT");
  if (!isForeign(address, postcode.value)) {
    set(use, draft, "postcode", postcode.value, postcode.path);
    return;
  }
  const reason = "FOREIGN_POSTCODE";
  use.ledger.dropped(postcode.path, reason, "PATIENT", "postcode");
  const expression = use.ledger.expressionOf(postcode.path);
  draft.issues.push({ severity: "INFORMATION", code: "SOURCE_DROPPED", field: "postcode", expression, params: { reason } });
}

function isForeign(address: FhirElement, postcode: string): boolean {
  const country = readText(address, "country");
  return (country !== null && !UNITED_KINGDOM.test(country)) || FOREIGN_POSTCODE.test(postcode);
}

const isTelephone = (telecom: FhirElement): boolean => readText(telecom, "system") === "phone";

/** The first element in use, by the order of uses given; old ones and ended ones never. */
function choose(elements: readonly FhirElement[], uses: readonly (string | null)[], asOf: string | null): FhirElement | null {
  const current = elements.filter((element) => isInUse(element, asOf));
  for (const wanted of uses) {
    const found = current.find((element) => readText(element, "use") === wanted);
    if (found !== undefined) return found;
  }
  return null;
}

function set(use: ResourceUse, draft: OpenDraft, item: string, value: string, path: string): void {
  setItem(draft, item, value, use.ledger.expressionOf(path));
  use.ledger.mapped(path, "PATIENT", item);
}
