/** What somebody says of a server that is to be read, and what of it is refused before anything is stored. */
import { GatewayError } from "../errors/gateway-error.ts";
import type { NewSource } from "./pull-ports.ts";

export type SourceDescription = Pick<
  NewSource,
  "programmeCode" | "name" | "baseUrl" | "sourceSystem" | "profile" | "settings" | "intervalMinutes"
>;

const LONGEST_NAME = 200;
const LONGEST_URL = 2_048;
const MOST_ENTRIES = 40;
const SHORTEST_INTERVAL_MINUTES = 15;
const LONGEST_INTERVAL_MINUTES = 43_200;
const TYPE = /^[A-Z][A-Za-z]{1,60}$/;
const SEARCH = /^[A-Z][A-Za-z]{1,60}\?[\x21-\x7e]{1,500}$/;
/** Patients may be chosen by what was done to them, never by who they are: numbers of persons would stand in the registration. */
const BY_PERSON = /identifier|name=|birthdate|address|telecom|phone|email/i;
const GROUP = /^[A-Za-z0-9\-.]{1,64}$/;
const CONTROL = /\p{Cc}/u;

/** @param place before the names of the members in the error's path. @throws GatewayError BAD_USER_INPUT */
export function checkDescription(description: SourceDescription, place: string): void {
  const { name, baseUrl, sourceSystem, profile, settings, intervalMinutes } = description;
  const { types, cohort, groupId, fileOrigins, auth } = settings;
  const demand = (member: string, holds: boolean, text: string): void => {
    if (!holds)
      throw new GatewayError("BAD_USER_INPUT", `${text} (${place}${member}).`, { details: { path: `${place}${member}` } });
  };
  const isName = (text: string, longest = LONGEST_NAME): boolean =>
    text.trim() !== "" && text.length <= longest && !CONTROL.test(text) && text.isWellFormed();
  demand("name", isName(name), "A name of at most 200 characters is required");
  demand("baseUrl", isName(baseUrl, LONGEST_URL), "An address of at most 2048 characters is required");
  demand(
    "sourceSystem",
    Object.values(sourceSystem).every((text) => isName(text)),
    "Vendor, product and version are required",
  );
  demand("profile", profile === null || isName(profile), "A profile has a name");
  demand(
    "intervalMinutes",
    intervalMinutes === null || (intervalMinutes >= SHORTEST_INTERVAL_MINUTES && intervalMinutes <= LONGEST_INTERVAL_MINUTES),
    "An interval is 15 minutes to 30 days",
  );
  demand("types", types.length <= MOST_ENTRIES && types.every((type) => TYPE.test(type)), "Types are names of FHIR resources");
  demand("types", types.includes("Patient"), "Types must include Patient");
  demand(
    "cohort",
    cohort.length <= MOST_ENTRIES && cohort.every((search) => SEARCH.test(search) && !BY_PERSON.test(search)),
    "A cohort is made of searches like Encounter?service-type=533 that name no person",
  );
  demand("groupId", groupId === null || GROUP.test(groupId), "A group is named by its id");
  demand(
    "fileOrigins",
    fileOrigins.length <= MOST_ENTRIES && fileOrigins.every((origin) => URL.parse(origin)?.origin === origin),
    "An origin is written as https://files.example.org",
  );
  demand("auth.clientId", auth === null || isName(auth.clientId), "The id of the gateway at the server is required");
  demand("auth.scope", auth === null || isName(auth.scope, LONGEST_URL), "Scopes are required");
}
