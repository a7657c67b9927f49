// Fields of settings classes (pydantic) that hold a secret as a plain text, so that the `repr` of the settings shows it.
// Asks for the class's bases and the field's annotation; whether the settings are ever shown it does not ask.

import { SecretEvidence } from '../../library/secret-words';
import { type Code, Op, ScopeKind } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import type { Unmarked } from './unmarked-option';

const bases = /^pydantic(_settings|\.env_settings)?(\.\w+)*\.BaseSettings$/;

/** Fields of settings that hold a secret as plain text. */
export function* settingsFields({ program, resolver, library }: Analysis): Generator<Unmarked> {
  for (const scope of program.scopes) {
    const { code, file } = scope;
    if (code.kind !== ScopeKind.Class || !program.mentions(file, 'BaseSettings')) continue;
    const isSettings = resolver.classes.order(scope.id).some((base) => bases.test(resolver.pathOf(base)));
    if (!isSettings) continue;
    for (let at = 0; at < code.op.length; at++) {
      if (code.op[at] !== Op.Annotate || code.a[at]! >= 0 || !isText(file.source.names, code, code.b[at]!))
        continue;
      const name = file.source.names[code.c[at]!]!;
      const evidence = library.secretWords.judge(name);
      if (evidence < SecretEvidence.Likely) continue;
      yield {
        scope,
        at,
        message: `\`${scope.name}.${name}\` holds a secret as a plain \`str\`: the \`repr\` of the settings shows it, a \`SecretStr\` does not.`,
        confidence: 'low',
        fixes: [],
      };
    }
  }
}

/** `str`, `Optional[str]`, `str | None`. */
function isText(names: readonly string[], code: Code, annotation: number): boolean {
  switch (code.op[annotation] as Op) {
    case Op.Global:
      return names[code.a[annotation]!] === 'str';
    case Op.Item:
      return names[code.a[code.a[annotation]!]!] === 'Optional' && isText(names, code, code.b[annotation]!);
    case Op.Binary:
      return isText(names, code, code.a[annotation]!) || isText(names, code, code.b[annotation]!);
    default:
      return false;
  }
}
