/**
 * A directory of postcodes for synthetic patients, in the columns of the real files: it shows what `nacr load-geography` takes, and in demo
 * mode it is loaded at the start. Postcodes, areas and ranks are invented; the areas' codes begin with letters that no nation has.
 */
import { DEMO_ORGANISATIONS } from "../access/demo-identities.ts";
import { POPULATION_AREAS } from "./programmes.ts";
import { SYNTHETIC_POSTCODES } from "./synthetic-postcodes.ts";

/** Lines without their ends. */
export interface SampleGeography {
  readonly postcodes: readonly string[];
  readonly deprivation: readonly string[];
  readonly organisations: readonly string[];
}

const QUINTILES = 5;
const DEMO_REGION = "Y60";

const areaOf = (region: string | null, nation: string, quintile: number): string => {
  const place = POPULATION_AREAS.findIndex((area) => area.region === region && area.nation === nation) + 1;
  return `Q01${String(place * 10 + quintile).padStart(6, "0")}`;
};

const postcodeLine = ({ postcode, region, nation, quintile }: (typeof SYNTHETIC_POSTCODES)[number]): string =>
  `${postcode.replace(" ", "")},${postcode},202001,,${areaOf(region, nation, quintile)}`;

/** Two of ten deciles make a quintile. */
const deprivationLines = POPULATION_AREAS.flatMap(({ region, nation }) =>
  Array.from({ length: QUINTILES }, (_, index) => `${areaOf(region, nation, index + 1)},${(index + 1) * 2}`),
);

export const SAMPLE_GEOGRAPHY: SampleGeography = {
  postcodes: ["pcd7,pcds,dointr,doterm,lsoa21cd", ...SYNTHETIC_POSTCODES.map(postcodeLine)],
  deprivation: [
    '"LSOA code (2021)","Index of Multiple Deprivation (IMD) Decile (where 1 is most deprived 10% of LSOAs)"',
    ...deprivationLines,
  ],
  organisations: ["ods_code,region", ...DEMO_ORGANISATIONS.map(({ odsCode }) => `${odsCode},${DEMO_REGION}`)],
};
