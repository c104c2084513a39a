/** What differs from sender to sender, as data. The mapping is one; a dialect is a value of this type. */
import type { CodeTable } from "../concept-maps/hl7v2-demographics.ts";
import type { CodeSystem } from "../support/coded-target.ts";
import type { LocalCodes } from "../support/observation-code.ts";

/** Where the ODS code of the registered practice stands; the first place that holds a value wins. */
export interface PracticePlace {
  /** A field of PD1: 3 (organisation) or 4 (practitioner). */
  readonly field: 3 | 4;
  readonly component: number;
  /** The repetition that names the practice, from 1. */
  readonly repetition: number;
  /** What a code looks like where the place may hold something else, such as a name; what does not look so is passed over. */
  readonly pattern?: RegExp;
}

/** A sign in a message: one repetition of a field whose components all match. The patterns are ours. */
export interface ProfileMark {
  readonly segment: string;
  readonly field: number;
  readonly values: readonly { readonly component: number; readonly pattern: RegExp }[];
}

export interface Hl7v2Profile {
  readonly name: string;
  /** Raised with every change of what the profile means; part of the answer's `mappingVersion`. */
  readonly version: number;
  readonly description: string;
  /**
   * PID-3: assigning authorities (CX.4, namespace or OID) and identifier types (CX.5) that mean the NHS number, in upper case and without
   * spaces, `_` and `-`, which senders put in as they like.
   */
  readonly nhsNumber: {
    readonly authorities: ReadonlySet<string>;
    readonly types: ReadonlySet<string>;
    /** Types that say of a number that it is another one, whoever assigned it: some senders name the NHS beside hospital numbers too. */
    readonly contraryTypes: ReadonlySet<string>;
    /** Authorities whose numbers carry such a type and are another country's: the Scottish CHI. */
    readonly otherAuthorities: ReadonlySet<string>;
    /** Fields of PID other than PID-3 that hold the NHS number alone, without authority or type: 2 (external id), 19 (number). */
    readonly otherFields: readonly number[];
    /** CX.2 holds the trace status instead of a check digit. */
    readonly statusInCheckDigit: boolean;
    /** Verification statuses with which a number must not identify anybody. */
    readonly distrustedStatuses: ReadonlySet<string>;
  };
  /**
   * PID-3: types of the sender's own patient number, best first, and authorities that mean it where no type is given, written likewise.
   * The sending facility (MSH-4) and the sending application (MSH-3) are such authorities too.
   */
  readonly localNumber: { readonly types: readonly string[]; readonly authorities: ReadonlySet<string> };
  readonly sex: CodeTable;
  readonly ethnicGroup: CodeTable;
  readonly maritalStatus: CodeTable;
  /** Tables that hold where the field itself names its list (CWE.3): `item|NAME`, the name in upper case. */
  readonly namedTables: ReadonlyMap<string, CodeTable>;
  /** Coding systems (third component) whose codes look like ours and mean something else. */
  readonly foreignCodeSystems: ReadonlySet<string>;
  /** IANA name: what a time without an offset is read in, and what a UTC time is moved to. */
  readonly timeZone: string;
  /** Empty: the sender fills the field with a dummy. */
  readonly practice: readonly PracticePlace[];
  /** Country codes of an address (XAD.6) at which a postcode is a United Kingdom one. */
  readonly homeCountries: ReadonlySet<string>;
  /** Coding system names of DG1-3 and PR1-3 (HL7 table 0396 and what is met in feeds), in upper case. */
  readonly codeSystems: ReadonlyMap<string, CodeSystem>;
  /** Discharge destinations (PV1-36) that mean that the patient died. */
  readonly diedDestinations: ReadonlySet<string>;
  /** How cardiac rehabilitation is named. */
  readonly rehabilitation: {
    /** PV1-10, which in the UK is the treatment function. */
    readonly treatmentFunctions: ReadonlySet<string>;
    /** Coded services, `SYSTEM|code` in our names for the systems, in capitals. */
    readonly services: ReadonlySet<string>;
    /** Statuses of an appointment (SCH-25, AIS-10) that was kept, in upper case. */
    readonly keptStatuses: ReadonlySet<string>;
  };
  /** The sender's own codes of OBX-3. */
  readonly observationCodes: LocalCodes;
  /** What tells the dialect from others; none: it is never recognised, only named. */
  readonly marks: readonly ProfileMark[];
  /** Dialects a message is recognised as by their marks; where none fits, the profile applies as it stands. */
  readonly standsFor: readonly Hl7v2Profile[];
}
