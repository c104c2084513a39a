/** What became of one observed value. */
import type { MeasurementTarget } from "../concept-maps/measurement-items.ts";

export type MeasurementOutcome =
  /** A value. `warning`: why it is in doubt, as an issue of its own; `note`: the table beside the public ones it was read by. */
  | {
      readonly kind: "VALUE";
      readonly target: MeasurementTarget;
      readonly value: number | string;
      readonly warning: { readonly code: string; readonly reason: string } | null;
      readonly note: string | null;
    }
  /** Meant for an item and not usable; the sender is told. `stated`: number with comparator, which is kept as text and never stripped. */
  | {
      readonly kind: "REFUSED";
      readonly target: MeasurementTarget;
      readonly code: "UNIT_NOT_CONVERTIBLE" | "SOURCE_DROPPED" | "CODE_NOT_TRANSLATED";
      readonly reason: string;
      readonly stated?: string;
    }
  /**
   * Understood, and no measurement of an item: said in the report and nowhere else. `part`: half of an item that a door may be able to
   * put together (`MEASUREMENT_PARTS`). `target`: the item of which no value is said.
   */
  | {
      readonly kind: "DROPPED";
      readonly reason: string;
      readonly target?: MeasurementTarget;
      readonly part?: { readonly item: string; readonly value: number };
    }
  /** None of the codes is known. */
  | { readonly kind: "UNKNOWN" };
