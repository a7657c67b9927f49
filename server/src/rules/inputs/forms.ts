// Whether what comes in is a field of a form that only its own page sends: a link cannot set it, and what another's page
// makes a browser send is refused, or changes more than where the browser goes. The page before a login is another
// matter: it takes over from a link where to go on.

import { annotationOf } from '../../flow/annotations';
import { decoratorNames, lastName } from '../../flow/function-facts';
import type { Root } from '../../flow/values/labels';
import type { Program, Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import { elements, functionExtra } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';

const signsIn = /log_?(in|on|out)|sign_?(in|on|up|out)|2fa|two_?factor/i;

/** Whether a value is a field of a form that no other page sends, and not of one that somebody signs in by. */
export function isOfOwnForm({ program }: Analysis, root: Root): boolean {
  const scope = program.scopes[root.scope]!;
  if (!isGuarded(program, scope, root) && !isFormParameter(program, scope, root)) return false;
  for (let id = root.scope; id >= 0; id = program.scopes[id]!.parent)
    if (signsIn.test(program.scopes[id]!.name)) return false;
  return true;
}

/** Whether Django refuses a form that another's page sends: it does unless the view says otherwise. */
export function isFromGuardedForm({ program }: Analysis, root: Root): boolean {
  const scope = program.scopes[root.scope]!;
  return isSubmitted(root) && isOfDjango(scope) && !isExempt(program, scope);
}

function isGuarded(program: Program, scope: Scope, root: Root): boolean {
  if (!isSubmitted(root) || isExempt(program, scope)) return false;
  return isOfDjango(scope) || scope.file.source.names.some((name) => /csrf/i.test(name));
}

function isSubmitted(root: Root): boolean {
  return root.words === 'the submitted form' && root.at >= 0;
}

function isOfDjango({ file }: Scope): boolean {
  return file.source.names.some((name) => /^django(\.|$)/.test(name));
}

function isExempt(program: Program, scope: Scope): boolean {
  if (scope.file.source.names.includes('csrf_exempt')) return true;
  return decoratorNames(program, scope).some((name) => /api_view|exempt/.test(name));
}

/** `target: Annotated[str, Form()]`, `target: str = Form('/')`. */
function isFormParameter(program: Program, scope: Scope, root: Root): boolean {
  if (root.at >= 0 || scope.parent < 0 || scope.definedAt < 0) return false;
  const outer = program.scopes[scope.parent]!;
  const { code } = outer;
  const isForm = (at: number) => code.op[at] === Op.Call && lastName(outer, code.a[at]!) === 'Form';
  const parameter = -1 - root.at;
  const { defaults } = functionExtra(code, scope.definedAt);
  if (defaults.some((one) => one.parameter === parameter && isForm(one.value))) return true;
  const annotation = annotationOf(program, scope, parameter);
  if (annotation < 0 || code.op[annotation] !== Op.Item) return false;
  const index = code.b[annotation]!;
  return code.op[index] === Op.Tuple && [...elements(code, index)].some(isForm);
}
