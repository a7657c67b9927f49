// Checks library data against `schema.json`. Understands the part of JSON Schema that the file uses: type, enum,
// properties, required, additionalProperties, items, oneOf, $ref to its own definitions. Bounded by the schema's depth.

import schema from './schema.json';

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly pattern?: string;
  readonly propertyNames?: Schema;
}

const definitions = schema.$defs as Readonly<Record<string, Schema>>;
const MAX_PROBLEMS = 20;

/** What is wrong with the data, in words for the user; empty when it has the form of the library files. */
export function validate(data: unknown): string[] {
  const problems: string[] = [];
  check(data, schema as Schema, 'library', problems);
  return problems.slice(0, MAX_PROBLEMS);
}

function check(value: unknown, form: Schema, at: string, problems: string[]): void {
  if (problems.length >= MAX_PROBLEMS) return;
  if (form.$ref !== undefined) {
    const target = definitions[form.$ref.slice('#/$defs/'.length)];
    if (target !== undefined) check(value, target, at, problems);
    return;
  }
  if (form.oneOf !== undefined) {
    const tried = form.oneOf.map((choice) => {
      const found: string[] = [];
      check(value, choice, at, found);
      return { choice, found };
    });
    if (tried.some(({ found }) => found.length === 0)) return;
    const meant = tried.find(({ choice }) => resolved(choice).type === typeOf(value));
    problems.push(...(meant?.found ?? [`${at}: has none of the forms it may have`]));
    return;
  }
  if (form.enum !== undefined && !form.enum.includes(value)) {
    problems.push(`${at}: ${JSON.stringify(value)} is not one of ${form.enum.join(', ')}`);
    return;
  }
  if (
    form.type !== undefined &&
    typeOf(value) !== form.type &&
    !(form.type === 'number' && typeOf(value) === 'integer')
  ) {
    problems.push(`${at}: expected ${form.type}, found ${typeOf(value)}`);
    return;
  }
  if (form.pattern !== undefined && typeof value === 'string' && !new RegExp(form.pattern).test(value)) {
    problems.push(`${at}: ${JSON.stringify(value)} is not a dotted path such as "package.module.name"`);
  }
  if (form.items !== undefined && Array.isArray(value)) {
    for (const [index, item] of value.entries()) check(item, form.items, `${at}[${index}]`, problems);
  }
  if (typeOf(value) === 'object') checkObject(value as Readonly<Record<string, unknown>>, form, at, problems);
}

/** The form itself, where it is named. */
function resolved(form: Schema): Schema {
  return (form.$ref && definitions[form.$ref.slice('#/$defs/'.length)]) || form;
}

function checkObject(
  value: Readonly<Record<string, unknown>>,
  form: Schema,
  at: string,
  problems: string[],
): void {
  for (const name of form.required ?? []) {
    if (!(name in value)) problems.push(`${at}: "${name}" is missing`);
  }
  for (const [name, member] of Object.entries(value)) {
    if (form.propertyNames !== undefined) check(name, form.propertyNames, `${at}."${name}"`, problems);
    const known = form.properties?.[name];
    if (known !== undefined) check(member, known, `${at}.${name}`, problems);
    else if (form.additionalProperties === false) {
      problems.push(
        `${at}: "${name}" is not known here; known: ${Object.keys(form.properties ?? {}).join(', ')}`,
      );
    } else if (typeof form.additionalProperties === 'object') {
      check(member, form.additionalProperties, `${at}.${name}`, problems);
    }
  }
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}
