// Which attributes are texts that people write into a database: fields of Django's models and columns of SQLAlchemy's that
// hold free text. By what the class of the object, or the method's own class, binds to the name.

import { EntityKind } from '../../flow/entities';
import { lastName } from '../../flow/function-facts';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import { argumentCount, argumentKeyword, callArguments } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';

const fields = /^(Char|Text)Field$/;
const columns = /^(Column|mapped_column)$/;
const texts = /^(String|Text|Unicode|UnicodeText)$/;
/** What keeps markup out of a field: a choice of ours, a pattern. */
const kept = /^(choices|validators|editable)$/;

/** Whether a value is an attribute of a record that holds free text. */
export function isTextOfRecord(analysis: Analysis, scope: Scope, at: number): boolean {
  const { resolver, program } = analysis;
  const { entities, classes } = resolver;
  const numbering = resolver.numberings.of(scope);
  const number = numbering.number[at]!;
  if (number < 0 || number >= numbering.count || scope.code.op[number] !== Op.Attribute) return false;
  const name = lastName(scope, number);
  for (const entity of resolver.denotes(scope.id, scope.code.a[number]!)) {
    if (entities.kind[entity] !== EntityKind.Instance) continue;
    for (const base of classes.order(entities.x[entity]!)) {
      if (entities.kind[base] !== EntityKind.Class) continue;
      const own = program.scopes[entities.x[base]!]!;
      for (const bound of resolver.bindings.of(own.id, name))
        return bound.scope === own.id && isFreeText(own, bound.value);
    }
  }
  return false;
}

function isFreeText(scope: Scope, value: number): boolean {
  const { code, file } = scope;
  if (code.op[value] !== Op.Call) return false;
  for (let k = 0; k < argumentCount(code, value); k++) {
    const keyword = argumentKeyword(code, value, k);
    if (keyword >= 0 && kept.test(file.source.names[keyword]!)) return false;
  }
  const made = lastName(scope, code.a[value]!);
  if (fields.test(made)) return true;
  return (
    columns.test(made) && callArguments(code, value).some((argument) => isTextType(scope, argument.value))
  );
}

/** `String`, `db.String(80)`. */
function isTextType(scope: Scope, value: number): boolean {
  const { code } = scope;
  const type = code.op[value] === Op.Call ? code.a[value]! : value;
  return texts.test(lastName(scope, type));
}
