/** Facts about an operation or input field that the request pipeline must know, kept on the schema element itself. */
import { Extensions } from "type-graphql";
import type { LimitName } from "../lib/limits.ts";

/** Inputs that are too large to be walked value by value, and go past graphql to the use case. */
export const HOIST_NAMES = ["records", "resources", "messages"] as const;
export type HoistName = (typeof HOIST_NAMES)[number];
export type Hoisted = Readonly<Partial<Record<HoistName, unknown>>>;

/** An operation of which one request may hold one: aliases must not multiply what a request may submit. */
export const Submits = (): MethodDecorator => Extensions({ submits: true });
/** An operation with identifying arguments is refused on GET, because addresses are logged. */
export const NamesPatients = (): MethodDecorator => Extensions({ namesPatients: true });
/** An input field that is taken out of the variables, with the limit of its number of entries. */
export const Hoist = (hoist: HoistName, limit?: LimitName): PropertyDecorator =>
  Extensions({ hoist, ...(limit ? { limit } : {}) });
/** How many entries the cost of an operation takes a list without `first` for, where the usual assumption does not fit. */
export const AssumedSize = (assumedSize: number): PropertyDecorator => Extensions({ assumedSize });
