/**
 * Scalars of data values in record inputs. Coercion never fails for data: whatever was sent reaches the dictionary, which judges it,
 * so that one bad value rejects its own record and never the request. Only output types are strict.
 */
import { GraphQLScalarType, valueFromASTUntyped } from "graphql";
import type { CodeList, CodeOption } from "../../dataset/define.ts";

/** True for scalars whose values are left to the dictionary: the walk over the variables does not look into them. */
export const isLenientScalar = (type: GraphQLScalarType): boolean => type.extensions.lenient === true;

const createLenientScalar = (name: string, description: string): GraphQLScalarType =>
  new GraphQLScalarType({
    name,
    description,
    extensions: { lenient: true },
    parseValue: (value) => value,
    parseLiteral: (node, variables) => valueFromASTUntyped(node, variables),
    serialize: (value) => value,
  });

export const TextInput = createLenientScalar(
  "TextInput",
  "Text, as a string, a number or a boolean; kept as text. Null and absent say nothing.",
);
export const DateInput = createLenientScalar(
  "DateInput",
  "A calendar date: `2026-03-02` or `02/03/2026`. A two-digit year or a day that does not exist is `FORMAT_INVALID` on its record.",
);
export const NumberInput = createLenientScalar("NumberInput", "A number, or text that holds one number.");
export const BooleanInput = createLenientScalar("BooleanInput", "true, false, or text such as `Yes` and `No`.");
export const CodeInput = createLenientScalar("CodeInput", "The code of an organisation, practice or programme.");

/**
 * The scalar of a code list. Its description is the list, so that an integrator reads the options where they are used.
 * @param offered every option that some version has; `note` says which, where not all
 */
export function createCodeScalar(
  list: CodeList,
  offered: readonly (CodeOption & { readonly note: string })[],
): GraphQLScalarType {
  const options = offered.map(
    (option) => `* \`${option.key}\`: ${option.code}. ${option.label}${option.note && `.${option.note}`}`,
  );
  const open = list.open ? ["Text that is not listed never rejects the record; it is kept out with a warning."] : [];
  const head = `${list.label}: the key, the code, the label, or \`code. label\`.`;
  return createLenientScalar(`${list.name}Input`, [head, ...open, ...options].join("\n"));
}
