// Whether a handler serves only the program itself: another file of it asks that route of the same machine. Who may ask
// the service is then decided by where it listens, and what comes in was made by the program.

import type { Root } from '../../flow/values/labels';
import type { Scope } from '../../program/program';
import { ConstantKind, Op } from '../../syntax/code';
import { functionExtra, positional } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';

const sameMachine = /^https?:\/\/(localhost|127\.0\.0\.1|0\.0\.0\.0)(:\d+)?(\/.*)$/;

/** Whether the program itself asks for what the handler serves that a value comes in by. */
export function isAskedByItself({ program }: Analysis, root: Root): boolean {
  const scope = program.scopes[root.scope]!;
  const routes = routesOf(program.scopes, scope);
  if (routes.length === 0) return false;
  return program.files.some((file) => {
    if (file === scope.file || file.isTest) return false;
    return file.source.constants.some(({ kind, text }) => {
      const route = kind === ConstantKind.String ? sameMachine.exec(text)?.[3] : undefined;
      return route !== undefined && routes.includes(route);
    });
  });
}

/** The paths that the decorators of a function begin with: `@app.route('/resize')`. */
function routesOf(scopes: readonly Scope[], scope: Scope): readonly string[] {
  if (scope.parent < 0 || scope.definedAt < 0) return [];
  const { code, file } = scopes[scope.parent]!;
  if (code.op[scope.definedAt] !== Op.Function) return [];
  return functionExtra(code, scope.definedAt).decorators.flatMap((decorator) => {
    const first = code.op[decorator] === Op.Call ? positional(code, decorator, 0) : -1;
    if (first < 0 || code.op[first] !== Op.Const) return [];
    const { text } = file.source.constants[code.a[first]!]!;
    return text.length > 1 && text.startsWith('/') ? [text] : [];
  });
}
