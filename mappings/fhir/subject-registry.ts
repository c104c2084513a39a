/** Groups the resources of an input by the person they are about. Nothing is attached to a person by guess. */
import { type FhirElement, readElement, readElements, readText, toElement } from "../support/fhir-reader.ts";
import type { FhirRun } from "./fhir-run.ts";
import { type PatientIdentity, readPatientIdentity, readSubjectIdentity } from "./patient-identity.ts";
import type { ResourceEntry } from "./resource-entry.ts";

/** A person of the input: a Patient resource, or only the name of one the gateway may know. */
export interface Subject {
  /** Null: named by reference or identifier only. */
  readonly patient: ResourceEntry | null;
  readonly nhsNumber: string | null;
  readonly hospitalNumber: string | null;
  readonly sourceRecordId: string | null;
  /** The Patient resource, or the reference that names the person first. */
  readonly expression: string;
  /** The reference names a resource the input does not hold. */
  readonly isUnresolved: boolean;
}

/** Where a resource names its patient: a field of its own, or (Appointment) one of its participants. */
export type SubjectField = "subject" | "patient" | "participant";

const PATIENT_REFERENCE = /(?:^|\/)Patient\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[^/]*)?$/;
const CONDITIONAL_REFERENCE = /^Patient\?identifier=([^|&]+)\|([^&]+)$/;
const OTHER_SUBJECT = /(?:^|\/)(?:Group|Device|Location|Substance)(?:\/|$)/;
const OTHER_TYPES = ["Group", "Device", "Location", "Substance"];

export class SubjectRegistry {
  readonly #run: FhirRun;
  readonly #byPatient = new Map<ResourceEntry, Subject>();
  readonly #byName = new Map<string, Subject>();
  /** Null: two patients of the input have the number. */
  readonly #patientByNumber = new Map<string, Subject | null>();

  constructor(run: FhirRun) {
    this.#run = run;
  }

  /** All persons, in the order the input names them. */
  readonly subjects: Subject[] = [];

  addPatient(entry: ResourceEntry): Subject {
    const known = this.#byPatient.get(entry);
    if (known !== undefined) return known;
    const successor = this.#addSuccessor(entry);
    if (successor !== null) {
      this.#byPatient.set(entry, successor);
      return successor;
    }
    if (entry.container !== null) this.#run.tell(entry);
    const identity = readPatientIdentity(toElement(entry.resource), this.#run.profile);
    const subject = this.#add({
      patient: entry,
      nhsNumber: toNumber(identity.nhsNumber?.value),
      hospitalNumber: identity.hospitalNumber?.value ?? null,
      sourceRecordId: null,
      expression: entry.expression,
      isUnresolved: false,
    });
    this.#byPatient.set(entry, subject);
    for (const number of toNumberKeys(subject))
      this.#patientByNumber.set(number, this.#patientByNumber.has(number) ? null : subject);
    return subject;
  }

  /** The person a resource is about; null, reported, where it names nobody that could be found. */
  resolve(entry: ResourceEntry, field: SubjectField): Subject | null {
    const reference = findReference(toElement(entry.resource), field);
    const text = readText(reference, "reference");
    if (this.#isNoPerson(reference, text, entry)) return this.#refuse(entry, null, "SUBJECT_NOT_A_PATIENT");
    const identifier = reference === null ? null : readElement(reference, "identifier");
    const identity = identifier === null ? null : readSubjectIdentity(identifier, this.#run.profile);
    const patient = text === null ? null : this.#run.index.resolve(text, entry, "Patient");
    if (patient !== null) {
      const subject = this.addPatient(patient);
      return contradicts(subject, identity) ? this.#refuse(entry, reference, "SUBJECT_CONTRADICTS_REFERENCE") : subject;
    }
    const byIdentity = identity === null ? null : this.#findByIdentity(identity, entry, reference);
    const named = byIdentity ?? this.#findByIdentifier(reference, text, identity, entry);
    const found = named ?? (text === null ? null : this.#findByReference(text, entry, reference));
    return found ?? this.#refuse(entry, reference, "REFERENCE_UNRESOLVED");
  }

  /** A record replaced by another (FHIR `Patient.link`) is that other's; nothing of its own is taken. Null: it is not replaced. */
  #addSuccessor(entry: ResourceEntry): Subject | null {
    const other = findReplacement(entry);
    if (other === null || this.#isCircular(entry)) return null;
    const patient = this.#run.index.resolveElement(other, entry, "Patient");
    const successor = patient === null ? this.#nameSuccessor(other, entry) : this.addPatient(patient);
    if (successor !== null) this.#run.reportDropped(entry, "PATIENT_REPLACED");
    return successor;
  }

  /** The input does not hold the successor: the link still says who it is, by number, by id, or by a number of which only that is known. */
  #nameSuccessor(other: FhirElement, entry: ResourceEntry): Subject | null {
    const identifier = readElement(other, "identifier");
    const identity = identifier === null ? null : readSubjectIdentity(identifier, this.#run.profile);
    const byIdentity = identity === null ? null : this.#findByIdentity(identity, entry, other);
    const text = readText(other, "reference");
    if (byIdentity !== null || text !== null) return byIdentity ?? this.#findByReference(text ?? "", entry, other);
    const value = readText(identifier, "value");
    if (value === null) return null;
    const name = { nhsNumber: null, hospitalNumber: null, sourceRecordId: null, isUnresolved: true };
    return this.#name(`other ${readText(identifier, "system") ?? ""}|${value}`, name, entry, other);
  }

  /** Records that replace each other replace nothing. */
  #isCircular(entry: ResourceEntry): boolean {
    const passed = new Set<ResourceEntry>();
    for (let at: ResourceEntry | null = entry; at !== null; ) {
      if (passed.has(at)) return true;
      passed.add(at);
      at = this.#run.index.resolveElement(findReplacement(at), at, "Patient");
    }
    return false;
  }

  /** A group, a device, a place: by the reference, by the type it states, or by what it leads to. */
  #isNoPerson(reference: FhirElement | null, text: string | null, entry: ResourceEntry): boolean {
    if (reference === null) return false;
    if (text !== null && OTHER_SUBJECT.test(text)) return true;
    const type = readText(reference, "type");
    if (type !== null && OTHER_SUBJECT.test(type)) return true;
    return text !== null && OTHER_TYPES.some((other) => this.#run.index.resolve(text, entry, other) !== null);
  }

  /** The patient of the input who has the identifier, where it is no NHS number and no typed local number. */
  #findByIdentifier(
    reference: FhirElement | null,
    text: string | null,
    identity: PatientIdentity | null,
    entry: ResourceEntry,
  ): Subject | null {
    const isOther = identity?.unused.every(({ value }) => value === "IDENTIFIER_SYSTEM_UNKNOWN") === true;
    const patient = text === null && isOther ? this.#run.index.resolveElement(reference, entry, "Patient") : null;
    return patient === null ? null : this.addPatient(patient);
  }

  #findByIdentity(identity: PatientIdentity, entry: ResourceEntry, reference: FhirElement | null): Subject | null {
    const nhsNumber = toNumber(identity.nhsNumber?.value);
    const hospitalNumber = identity.hospitalNumber?.value ?? null;
    const key = toNumberKeys({ nhsNumber, hospitalNumber })[0];
    if (key === undefined) return null;
    const known = this.#patientByNumber.get(key);
    if (known !== undefined && known !== null) return known;
    return this.#name(key, { nhsNumber, hospitalNumber, sourceRecordId: null, isUnresolved: false }, entry, reference);
  }

  #findByReference(text: string, entry: ResourceEntry, reference: FhirElement | null): Subject | null {
    const conditional = CONDITIONAL_REFERENCE.exec(text);
    if (conditional !== null) {
      const [, system = "", value = ""] = conditional;
      const identity = readSubjectIdentity({ value: { system, value }, path: "" }, this.#run.profile);
      return this.#findByIdentity(identity, entry, reference);
    }
    const id = PATIENT_REFERENCE.exec(text)?.[1];
    // The input holds the id, but not for this resource (another server's, or two patients): that is nobody's name.
    if (id === undefined || this.#run.index.knows(`Patient/${id}`)) return null;
    const name = { nhsNumber: null, hospitalNumber: null, sourceRecordId: `Patient/${id}`, isUnresolved: true };
    return this.#name(`id ${text}`, name, entry, reference);
  }

  #name(
    key: string,
    name: Pick<Subject, "nhsNumber" | "hospitalNumber" | "sourceRecordId" | "isUnresolved">,
    entry: ResourceEntry,
    reference: FhirElement | null,
  ): Subject {
    const known = this.#byName.get(key);
    if (known !== undefined) return known;
    const subject = this.#add({ ...name, patient: null, expression: `${entry.expression}.${reference?.path ?? "subject"}` });
    this.#byName.set(key, subject);
    return subject;
  }

  #add(subject: Subject): Subject {
    this.subjects.push(subject);
    return subject;
  }

  /** Every resource gets its line, every reference one issue. */
  #refuse(entry: ResourceEntry, reference: FhirElement | null, reason: string): null {
    this.#run.reportResource(entry, "DROPPED", reason);
    if (reason !== "SUBJECT_NOT_A_PATIENT") this.#run.reportUnresolved(entry, reference, reason);
    return null;
  }
}

const findReplacement = (entry: ResourceEntry): FhirElement | null => {
  const link = readElements(toElement(entry.resource), "link").find((item) => readText(item, "type") === "replaced-by");
  return link === undefined ? null : readElement(link, "other");
};

/** Of several participants the patient; a participation that was not asked for or declined still names the patient. */
export function findReference(resource: FhirElement, field: SubjectField): FhirElement | null {
  if (field !== "participant") return readElement(resource, field);
  const actors = readElements(resource, field).flatMap((participant) => readElement(participant, "actor") ?? []);
  return (
    actors.find((actor) => readText(actor, "type") === "Patient" || /\bPatient[/?]/.test(readText(actor, "reference") ?? "")) ??
    null
  );
}

const toNumber = (value: string | undefined): string | null => (value === undefined ? null : value.replace(/[\s-]/g, ""));

const toNumberKeys = ({ nhsNumber, hospitalNumber }: Pick<Subject, "nhsNumber" | "hospitalNumber">): readonly string[] => [
  ...(nhsNumber === null ? [] : [`nhs ${nhsNumber}`]),
  ...(hospitalNumber === null ? [] : [`local ${hospitalNumber}`]),
];

/** The reference points to one person and the identifier beside it names another. */
function contradicts(subject: Subject, identity: PatientIdentity | null): boolean {
  const stated = toNumber(identity?.nhsNumber?.value);
  return stated !== null && subject.nhsNumber !== null && stated !== subject.nhsNumber;
}
