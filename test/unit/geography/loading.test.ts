/** The files as they are published: their headers by edition, their bad lines, and what comes of them. */
import { describe, expect, it } from "vitest";
import { printGeography } from "../../../src/cli/load-geography.ts";
import { type GeographyStore, type KeptPostcode, loadGeography } from "../../../src/geography/load-geography.ts";
import type { GeographyFile } from "../../../src/geography/read-deprivation.ts";

const fileOf = (name: string, lines: readonly string[]): GeographyFile => ({
  name,
  lines: {
    async *[Symbol.asyncIterator]() {
      yield* lines;
    },
  },
});

interface Kept {
  readonly postcodes: KeptPostcode[];
  regions: Readonly<Record<string, string>> | null;
}

function keep(): { readonly store: GeographyStore; readonly kept: Kept } {
  const kept: Kept = { postcodes: [], regions: null };
  const store: GeographyStore = {
    begin: async () => 1,
    add: async (_version, postcodes) => void kept.postcodes.push(...postcodes),
    publish: async (_version, regions) => {
      kept.regions = regions === null ? null : Object.fromEntries(regions);
      return kept.postcodes.length;
    },
  };
  return { store, kept };
}

const load = async (
  directory: readonly string[],
  deprivation: readonly (readonly string[])[],
  organisations?: readonly string[],
) => {
  const { store, kept } = keep();
  const report = await loadGeography(
    {
      directory: fileOf("directory.csv", directory),
      deprivation: deprivation.map((lines, index) => fileOf(`deprivation-${index + 1}.csv`, lines)),
      organisations: organisations === undefined ? null : fileOf("organisations.csv", organisations),
    },
    store,
  );
  return { report, kept };
};
const placed = async (directory: readonly string[], deprivation: readonly (readonly string[])[]) => {
  const { kept, report } = await load(directory, deprivation);
  expect(report.outcome).toBe("PUBLISHED");
  return Object.fromEntries(kept.postcodes.map(({ postcode, quintile }) => [postcode, quintile]));
};

const ENGLAND_2019 = [
  "LSOA code (2011),LSOA name (2011),Local Authority District code (2019),Income Decile (where 1 is most deprived 10% of LSOAs),Index of Multiple Deprivation (IMD) Rank (where 1 is most deprived),Index of Multiple Deprivation (IMD) Decile (where 1 is most deprived 10% of LSOAs)",
  'E01000001,"City, of 001A",E09000001,1,"29,199",9',
  "E01000002,City 001B,E09000001,1,30379,10",
];
const ENGLAND_2025 = ENGLAND_2019.map((line) => line.replaceAll("2011", "2021"));
const WALES = [
  "LSOA Code,LSOA Name (Eng),Local Authority Name (Eng),WIMD 2019 ",
  "W01000001,A,B,1",
  "W01000002,A,B,1000",
  "W01000003,A,B,1909",
];
const WALES_QUINTILES = ["lsoa_code,WIMD 2019 overall decile,WIMD 2019 overall quintile", "W01000001,9,5"];
const NORTHERN_IRELAND = [
  'LGD2014NAME,SOA2001,SOA2001_name,"Multiple Deprivation Measure Rank ',
  '(where 1 is most deprived)","Income Domain Rank ',
  '(where 1 is most deprived)"',
  "Belfast,95AA01S1,X,1,890",
  "Belfast,95AA01S2,X,890,1",
];

const ONSPD_2023 = (rows: readonly string[]) => ["pcd,pcd2,pcds,dointr,doterm,ctry,nhser,lsoa11,imd,lsoa21", ...rows];
const ONSPD_2025 = (rows: readonly string[]) => [
  "\uFEFFpcd7,pcd8,pcds,dointr,doterm,usrtypind,nhser24cd,ctry25cd,lsoa21cd,msoa21cd,imd20ind",
  ...rows,
];

describe("the postcodes of a directory", () => {
  it("are placed by the columns of the older editions, terminated ones, too", async () => {
    const rows = ['"EC1A1AA","EC1A 1AA","EC1A 1AA",198001,199606,E92000001,E40000003,E01000001,29199,E01000001'];
    expect(await placed(ONSPD_2023(rows), [ENGLAND_2019])).toEqual({ EC1A1AA: 5 });
  });

  it("are placed by the columns of the newer editions", async () => {
    const rows = ["CA8 7JG,CA8  7JG,CA8 7JG,200006,,0,E40000010,E92000001,E01000002,E02000001,30379"];
    expect(await placed(ONSPD_2025(rows), [ENGLAND_2025])).toEqual({ CA87JG: 5 });
  });

  it("are placed by the older area where the deprivation is told for those", async () => {
    const rows = ["QA11AA,QA1 1AA,QA1 1AA,198001,,E92000001,E40000003,E01000001,1,E01099999"];
    expect(await placed(ONSPD_2023(rows), [ENGLAND_2019])).toEqual({ QA11AA: 5 });
  });

  it("have the quintile of their own nation: by decile, rank or quintile", async () => {
    const row = (postcode: string, area: string) => `${postcode},x,${postcode},198001,,x,x,${area},1,`;
    const rows = [
      row("QA1 1AA", "E01000001"),
      row("QH1 1AA", "W01000001"),
      row("QH3 1AA", "W01000002"),
      row("QH5 1AA", "W01000003"),
      row("QJ1 1AA", "95AA01S1"),
      row("QJ5 1AA", "95AA01S2"),
    ];
    expect(await placed(ONSPD_2023(rows), [ENGLAND_2019, WALES, NORTHERN_IRELAND])).toEqual({
      QA11AA: 5,
      QH11AA: 1,
      QH31AA: 3,
      QH51AA: 5,
      QJ11AA: 1,
      QJ51AA: 5,
    });
    expect(await placed(ONSPD_2023([row("QH1 1AA", "W01000001")]), [WALES_QUINTILES])).toEqual({ QH11AA: 5 });
  });

  it.each([
    ["lsoa11cd,lsoa11nm,IMD_Rank,IMD_Decile", "E01000001,x,900,2"],
    ["LSOA21CD,LSOA21NM,IMDRank,IMDDecil,IncRank", "E01000001,x,900,2,32000"],
    ["LSOA code,LSOA name,WIMD 2025 rank,WIMD 2025 decile", "E01000001,x,900,2"],
    ["DZ,DZname,SIMD2020v2_Rank,SIMD2020v2_Decile,SIMD2020v2_Quintile,SIMD2020v2_Income_Domain_Rank", "E01000001,x,9,2,1,6900"],
    ["Data_Zone,Intermediate_Zone,SIMD2020_Income_Domain_Rank,SIMD2020_Rank,SIMD2020_Quintile", "E01000001,x,6976,9,1"],
  ])("have the quintile of the whole index: %s", async (header, line) => {
    const rows = ["x,x,QA1 1AA,198001,,x,x,E01000001,1,"];
    expect(await placed(ONSPD_2023(rows), [[header, line]])).toEqual({ QA11AA: 1 });
  });

  it("have a rank of the index where nothing else is told, and never that of a domain", async () => {
    const rows = ["x,x,QA1 1AA,198001,,x,x,E01000001,1,"];
    const ranks = (name: string) => [`LSOA11CD,LSOA11NM,${name}`, "E01000001,x,1", "E01000002,x,32844"];
    for (const name of ["IMD19", "SIMD2020v2_Rank", "IMD_Rank"])
      expect(await placed(ONSPD_2023(rows), [ranks(name)]), name).toEqual({ QA11AA: 1 });
    for (const name of ["SIMD2020v2_Income_Domain_Rank", "IncRank", "IDACI_Decile"])
      expect((await load(ONSPD_2023(rows), [ranks(name)])).report.outcome, name).toBe("TOO_BAD");
  });

  it("are left out, and counted, where no file knows their area", async () => {
    const rows = ["x,x,AB10 1AA,1,,S,S,S01006514,1,S01013488", "x,x,QA1 1AA,1,,E,E,E01000001,1,"];
    const { report, kept } = await load(ONSPD_2023(rows), [ENGLAND_2019]);
    expect(report).toMatchObject({ outcome: "PUBLISHED", lines: 2, withoutQuintile: 1, postcodes: 1, findingCount: 0 });
    expect(kept.postcodes).toHaveLength(1);
  });

  it("are the same however many lines there are", async () => {
    const rows = Array.from({ length: 45_000 }, (_, n) => `x,x,QA${n % 9} ${Math.floor(n / 9) % 9}AA,1,,E,E,E01000001,1,`);
    const { report } = await load(ONSPD_2023(rows), [ENGLAND_2019]);
    expect(report).toMatchObject({ lines: 45_000, postcodes: 45_000 });
  });
});

describe("bad lines", () => {
  const areas = Array.from({ length: 200 }, (_, n) => `E01001${String(n).padStart(3, "0")},a,b,1,${n + 1},3`);
  const good = Array.from({ length: 400 }, (_, n) => `x,x,QA1 ${n % 9}AA,1,,E,E,E01000001,1,`);

  it("are left out and told by file, line and code, never by what stands there", async () => {
    const bad = ["x,x,NOT A POSTCODE,1,,E,E,E01000001,1,", "x,x"];
    const { report } = await load(ONSPD_2023([...good, ...bad]), [
      [...ENGLAND_2019, "E01000003,a,b,1,2,eleven", "E01000001,a,b,1,2,3", ...areas],
    ]);
    expect(report.outcome).toBe("PUBLISHED");
    expect(report.findings).toEqual([
      { file: "deprivation-1.csv", line: 4, code: "DEPRIVATION_UNREADABLE" },
      { file: "deprivation-1.csv", line: 5, code: "AREA_TWICE" },
      { file: "directory.csv", line: 402, code: "POSTCODE_UNREADABLE" },
      { file: "directory.csv", line: 403, code: "FIELDS_MISSING" },
    ]);
    expect(printGeography(report)).not.toMatch(/NOT A POSTCODE|eleven|E0100/);
    expect(printGeography(report)).toContain("directory.csv, line 402: POSTCODE_UNREADABLE");
  });

  it("leave everything as it was where they are more than one of a hundred", async () => {
    const { report } = await load(ONSPD_2023([...good, ...Array.from({ length: 6 }, () => "x,x,?,1,,E,E,E01000001,1,")]), [
      ENGLAND_2019,
    ]);
    expect(report).toMatchObject({ outcome: "TOO_BAD", postcodes: 0, findingCount: 6 });
  });

  it("are counted by file: a long directory makes up neither for bad indices nor for bad regions", async () => {
    const directory = ONSPD_2023(Array.from({ length: 10 }, () => good).flat());
    const indices = [...ENGLAND_2019, ...areas, "E01000003,a,b,1,2,eleven", "E01000004,a,b,1,2,12", "E01000005,a,b,1,2,x"];
    expect((await load(directory, [indices])).report.outcome).toBe("TOO_BAD");
    const regions = ["ods_code,region", "RAA,Y60", "RBB,Y54", "RCC,Y99"];
    expect((await load(directory, [ENGLAND_2019], regions)).report.outcome).toBe("TOO_BAD");
    expect((await load(directory, [ENGLAND_2019], [...regions, "RDD,Y61", "REE,Y62", "RFF,Y63"])).report.outcome).toBe(
      "PUBLISHED",
    );
  });

  it("do not make a header of the first line of a register, which may be of a trust that was closed in a region of before", async () => {
    const register = ["R0X,CLOSED TRUST,Y54,Q84", "RAA,A TRUST,Y60,QOP", "RBB,B TRUST,Y61,QOP"];
    const { report, kept } = await load(ONSPD_2023(good), [ENGLAND_2019], register);
    expect(report).toMatchObject({ outcome: "PUBLISHED", organisations: 2, findingCount: 1 });
    expect(kept.regions).toEqual({ RAA: "Y60", RBB: "Y61" });
  });

  it("do not hide that another file is none, however many came before", async () => {
    const many = Array.from({ length: 101 }, (_, n) => `E02${String(n).padStart(6, "0")},a,b,1,2,3`);
    const { report, kept } = await load(ONSPD_2023(good), [[...ENGLAND_2019, ...many, ...many]], ["name,town", "A,B"]);
    expect(report).toMatchObject({ outcome: "TOO_BAD", organisations: 0 });
    expect(kept.regions).toBeNull();
  });

  it.each([
    [["place,area", "QA1 1AA,E01000001"], ENGLAND_2019, "POSTCODE_COLUMN_MISSING"],
    [["pcds,oa21cd", "QA1 1AA,E00000001"], ENGLAND_2019, "AREA_COLUMN_MISSING"],
    [
      ONSPD_2023(["x,x,QA1 1AA,1,,E,E,E01000001,1,"]),
      ["LSOA code (2011),Income Rank", "E01000001,1"],
      "DEPRIVATION_COLUMN_MISSING",
    ],
    [ONSPD_2023(["x,x,QA1 1AA,1,,E,E,E01000001,1,"]), ["Ward,IMD Decile", "A,1"], "AREA_COLUMN_MISSING"],
    [ONSPD_2023([]), ENGLAND_2019, "FILE_EMPTY"],
    [ONSPD_2023(["x,x,QA1 1AA,1,,E,E,E01000001,1,"]), [], "FILE_EMPTY"],
  ])("of a header or a whole file keep anything from being changed: %#", async (directory, deprivation, code) => {
    const { report } = await load(directory, [deprivation]);
    expect(report.outcome).toBe("TOO_BAD");
    expect(report.findings.map((finding) => finding.code)).toContain(code);
  });

  it("end at the longest record where a quote is never closed", async () => {
    const { report } = await load(ONSPD_2023(['x,x,"QA1 1AA,1,,E,E', ...good]), [ENGLAND_2019]);
    expect(report.findingCount).toBeGreaterThan(0);
  });
});

it("a load that somebody else's overtook changes nothing, and says so", async () => {
  const directory = fileOf("d", ONSPD_2023(["x,x,QA1 1AA,1,,E,E,E01000001,1,"]));
  const store = { ...keep().store, publish: async () => null };
  const report = await loadGeography({ directory, deprivation: [fileOf("i", ENGLAND_2019)], organisations: null }, store);
  expect(report).toMatchObject({ outcome: "OVERTAKEN", postcodes: 0 });
  expect(printGeography(report)).toContain("somebody else");
});

describe("the regions of organisations", () => {
  const directory = ONSPD_2023(["x,x,QA1 1AA,1,,E,E,E01000001,1,"]);
  const regionsOf = async (lines: readonly string[]) => (await load(directory, [ENGLAND_2019], lines)).kept.regions;

  it("are read by code of the register, code of the ONS, or name", async () => {
    expect(await regionsOf(["ODS code,NHS region", "RAA,Y60", "rbb,E40000003", "RCC,North West"])).toEqual({
      RAA: "Y60",
      RBB: "Y56",
      RCC: "Y62",
    });
  });

  it("are read from a file of the Organisation Data Service, which has no header", async () => {
    const row = (code: string, region: string) => `"${code}","A TRUST","${region}","QHM","1 ROAD",,,"TOWN",,"QA1 1AA"`;
    expect(await regionsOf([row("RA2", "Y59"), row("RA3", "Y58")])).toEqual({ RA2: "Y59", RA3: "Y58" });
  });

  it("stay as they are where no file is given", async () => {
    expect((await load(directory, [ENGLAND_2019])).kept.regions).toBeNull();
  });
});
