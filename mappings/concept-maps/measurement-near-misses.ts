/**
 * Codes near a measurement that are none (interop 1.8), with the reason a sender reads. An observation that carries one of them, or stands
 * in a panel that does, is never a value, whatever else it carries.
 */
const NEAR_MISSES: Readonly<Record<string, readonly string[]>> = {
  // UK Core: the MINUS lists of weight, body mass index, heart rate and blood pressure.
  BASELINE_IS_NO_MEASUREMENT: snomed("400967004 846931000000101 716579001 716632005 928001000000104 251670001"),
  TARGET_IS_NO_MEASUREMENT: [
    ...snomed("390734006 838441000000103 315612005 315613000 428420003 852331000000103 170804003"),
    ...loinc("50064-5"),
  ],
  CENTILE_IS_NO_MEASUREMENT: [
    ...snomed("715456008 446974000 1153602009 896691000000102 926011000000101 814101000000107 814081000000101 301334000"),
    ...loinc("59574-4 59576-9 77606-2 8336-0"),
  ],
  EXTREME_IS_NO_MEASUREMENT: snomed(
    "852451000000103 852461000000100 852321000000100 852311000000106 852341000000107 852351000000105 " +
      "314438006 314439003 314451001 314452008 787541000000108",
  ),
  OF_ANOTHER_TIME: snomed(
    "248351003 363809009 364589006 1230277003 1230278008 1162389000 1162414003 1162416001 1162417005 1162392001",
  ),
  // GP Connect, NHS pharmacy blood pressure check: readings of a recorder worn for a day, and their averages.
  AVERAGE_OR_AMBULATORY: [
    ...snomed(
      "314440001 314453003 413606001 413605002 314463006 314464000 314465004 314449000 314462001 314445006 314460009 314446007 314461008 " +
        "314447003 314456006 314448008 314459004 314441002 314454009 314444005 314458007 314442009 314455005 314443004 314457002 " +
        "198081000000101 198091000000104 164783007 6797001",
    ),
    ...loinc("96607-7 96608-5 96609-3 8490-5 8478-0"),
  ],
  POSTURE_IS_NOT_SITTING: [
    ...snomed("400974009 400975005 407556006 407557002 163033001 163034007"),
    ...loinc("8460-8 8454-1 8461-6 8455-8"),
  ],
  NOT_A_CLINIC_READING: snomed(
    "251071003 251073000 386532001 386533006 1036551000000101 1036571000000105 1036531000000108 276780008 276781007 276772001 276773006 " +
      "276774000 250769004 1087991000000109 249043002",
  ),
  // Body sites of the ankle brachial index: ankle, leg, lower leg, thigh (D).
  PRESSURE_AT_THE_LEG: snomed("344001 61685007 30021000 68367000"),
  RATIO_OR_NON_HDL: [
    ...snomed("1107741000000108 1015681000000109 1006191000000106 12021000237106 1029071000000109"),
    ...loinc("9830-1 32309-7 11054-4 43396-1 70204-3"),
  ],
  ALCOHOL_SCORE_OR_ONE_DAY: [...snomed("763256006 442547005 443315005"), ...loinc("75626-2")],
  TOBACCO_CONSUMPTION_IS_NO_STATUS: snomed("230058003 230056004 230057008 266918002 401201003 864091000000103 160613002"),
  ACTIVITY_INDEX_NOT_MINUTES: snomed("1086511000000107 366241000000106 366211000000105 366171000000107 366121000000108"),
};

function snomed(codes: string): readonly string[] {
  return codes.split(" ").map((code) => `SNOMED|${code}`);
}

function loinc(codes: string): readonly string[] {
  return codes.split(" ").map((code) => `LOINC|${code}`);
}

/** Code `SYSTEM|code` to the reason why it is no measurement. */
export const NEAR_MISS_REASONS: ReadonlyMap<string, string> = new Map(
  Object.entries(NEAR_MISSES).flatMap(([reason, codes]) => codes.map((code) => [code, reason] as const)),
);

/** Analytes and instruments that are understood and have no item in the dataset. */
export const NOT_COLLECTED: ReadonlySet<string> = new Set([
  // Triglycerides; EQ-5D; lipid panel grouper.
  ...snomed("1005691000000109 1109831000000104 1010601000000105 1026491000000105 1026501000000104 1028871000000108"),
  ...snomed("1031321000000109 1109821000000101 850991000000104 736534008 271244005"),
  ...loinc("2571-8 35217-9 14927-8 3049-4"),
]);

/**
 * Words of a label that contradict a code for a blood pressure taken once: recorders send the plain code and say the rest in words.
 * Words that also describe a clinic reading (baseline, resting) are not among them.
 */
export const AVERAGED_PRESSURE_WORDS = /\b(?:24[\s-]?(?:h|hr|hrs|hour|hours)|ambulatory|abpm|average|mean)\b/i;
/**
 * Words of a label, of a panel or of what qualifies a reading that say it was taken in or after exercise: rehabilitation services send the
 * readings of their sessions and tests by the plain codes. Words that say it was taken at rest, or before, win where they stand with the
 * reading itself.
 */
export const EXERCISE_WORDS =
  /(?<!\bpre[\s-]?)(?<!\bbefore\s)\b(?:exercis\w*|exertion\w*|treadmill|ergomet\w*|stress\s+test|peak|max(?:im\w+)?|recovery(?!\s+(?:room|ward)))\b/i;
export const RESTING_WORDS = /\brest(?:ing)?\b|\b(?:pre|before)[\s-]?exercise/i;
/** Body positions of a blood pressure that is no sitting one (D), and the words for them. */
export const POSITION_WORDS = /\b(?:standing|orthostatic|supine|lying|recumbent|prone)\b/i;
export const POSITIONS_NOT_SITTING: ReadonlySet<string> = new Set(snomed("10904000 102538003 40199007 1240000"));

/** Words of a label that say that a number is wanted and was not measured. */
export const TARGET_WORDS = /\b(?:target|goal)\b/i;
