// Facts of a function that its definition tells: decorators by name, how it is bound, which values it returns.
// Resolves nothing.

import type { Program, Scope } from '../program/program';
import { CodeFlag, Op, ScopeKind } from '../syntax/code';
import { decoratorsOf } from '../syntax/code-reader';

/** How a method receives its first argument. */
export const enum Binding {
  Instance,
  Class,
  Static,
}

const nothing: readonly number[] = [];
const noNames: readonly string[] = [];
const classReceivers = new Set(['__new__', '__init_subclass__', '__class_getitem__']);

/** The last name of each decorator, outermost first: `app.route` of `@app.route('/')`. */
export function decoratorNames(program: Program, scope: Scope): readonly string[] {
  let names = program.decoratorNames[scope.id];
  if (!names) {
    names = findDecoratorNames(program, scope);
    program.decoratorNames[scope.id] = names;
  }
  return names;
}

function findDecoratorNames(program: Program, scope: Scope): readonly string[] {
  if (scope.parent < 0 || scope.definedAt < 0 || scope.code.kind !== ScopeKind.Function) return noNames;
  const outer = program.scopes[scope.parent]!;
  const decorators = decoratorsOf(outer.code, scope.definedAt);
  return decorators.length === 0 ? noNames : decorators.map((value) => dottedName(outer, value));
}

/** The last name of a value made of names and attributes: `run` of `subprocess.run`; '' for anything else. */
export function lastName(scope: Scope, value: number): string {
  const { op, a, b, slots } = scope.code;
  const { names } = scope.file.source;
  switch (op[value] as Op) {
    case Op.Attribute:
      return names[b[value]!]!;
    case Op.Global:
    case Op.Captured:
      return names[a[value]!]!;
    case Op.Local:
      return names[slots[a[value]!]!]!;
    default:
      return '';
  }
}

/** The source name of a value made of names and attributes; a call gives its callee's. '' for anything else. */
export function dottedName(scope: Scope, value: number): string {
  const { code } = scope;
  const { names } = scope.file.source;
  const parts: string[] = [];
  for (let at = value, depth = 0; at >= 0 && depth < 16; depth++) {
    switch (code.op[at] as Op) {
      case Op.Call:
        at = code.a[at]!;
        continue;
      case Op.Attribute:
        parts.unshift(names[code.b[at]!]!);
        at = code.a[at]!;
        continue;
      case Op.Global:
      case Op.Captured:
        parts.unshift(names[code.a[at]!]!);
        return parts.join('.');
      case Op.Local:
        parts.unshift(names[code.slots[code.a[at]!]!]!);
        return parts.join('.');
      default:
        return parts.join('.');
    }
  }
  return parts.join('.');
}

/** How a method is bound, by its decorators and name. */
export function bindingOf(program: Program, scope: Scope): Binding {
  if (scope.owner < 0) return Binding.Static;
  if (scope.name === '__new__' || classReceivers.has(scope.name)) return Binding.Class;
  const names = decoratorNames(program, scope);
  for (let k = 0; k < names.length; k++) {
    const name = names[k]!;
    if (name === 'staticmethod') return Binding.Static;
    if (name === 'classmethod' || name.endsWith('.classmethod')) return Binding.Class;
  }
  return Binding.Instance;
}

/** Whether reading the attribute calls the function. */
export function isProperty(program: Program, scope: Scope): boolean {
  const names = decoratorNames(program, scope);
  return names.length > 0 && names.some((name) => /(^|[._])(\w*property|reify)$/.test(name));
}

/** Whether the function is the part of a property that sets or deletes: its name means the property. */
export function isSetter(program: Program, scope: Scope): boolean {
  const names = decoratorNames(program, scope);
  return names.length > 0 && names.some((name) => /\.(setter|deleter)$/.test(name));
}

/** Whether a generator function is a context manager by decorator. */
export function isContextManager(program: Program, scope: Scope): boolean {
  return decoratorNames(program, scope).some((name) => /(^|\.)(async)?contextmanager$/.test(name));
}

/** Value instructions that the function returns. */
export function returnedValues(scope: Scope): readonly number[] {
  const { op, a } = scope.code;
  let values: number[] | null = null;
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.Return || a[at]! < 0) continue;
    if (values === null) values = [a[at]!];
    else values.push(a[at]!);
  }
  return values ?? nothing;
}

/** Value instructions that the function yields. */
export function yieldedValues(scope: Scope): readonly number[] {
  const { op, a } = scope.code;
  const values: number[] = [];
  for (let at = 0; at < op.length; at++) if (op[at] === Op.Yield && a[at]! >= 0) values.push(a[at]!);
  return values;
}

/** Whether the function is a generator. */
export function isGenerator(scope: Scope): boolean {
  return (scope.code.flags & CodeFlag.Generator) !== 0;
}
