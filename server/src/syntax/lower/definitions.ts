// Functions, lambdas and classes. Decorators, bases, defaults and annotations are evaluated in the enclosing scope
// before the definition; the body becomes a scope of its own. The layout of `extra` is described in code-reader.

import { CodeFlag, ConstantKind, Op, ScopeKind } from '../code';
import { Kind } from '../grammar';
import { lowerAnnotation, lowerTypeParameters } from './annotations';
import { gatherArguments } from './calls';
import type { ExpressionForm, Lowering, StatementForm } from './lowering';
import { declareParameters, readParameters } from './parameters';
import { reuseCode } from './reused-code';
import { literalParts, literalText } from './strings';

const NO_PARAMETERS = new Uint8Array(0);

function lowerDecorated(l: Lowering, node: number): void {
  const { tree } = l;
  const mark = l.gather();
  let definition = -1;
  for (let child = tree.first(node); child >= 0; child = tree.next(child, node)) {
    if (tree.kind[child] === Kind.Decorator) l.add(l.expressionOr(tree.first(child), child));
    else definition = child;
  }
  if (definition < 0) l.drop(mark);
  else if (tree.kind[definition] === Kind.ClassDefinition) lowerClass(l, definition, mark);
  else lowerFunction(l, definition, mark);
}

/** Lowers a def. The decorators' values were gathered since the mark. */
function lowerFunction(l: Lowering, node: number, mark: number): void {
  const { tree, scope } = l;
  countAndReplace(l, mark);
  const inner = scope.openInner();
  const typeParameters = tree.childOf(node, Kind.TypeParameter);
  if (typeParameters >= 0) lowerTypeParameters(l, typeParameters, inner);
  const list = tree.childOf(node, Kind.Parameters);
  const parameters = readParameters(l, list);
  gatherDefaults(l, parameters);
  gatherAnnotations(l, parameters, tree.childOf(node, Kind.Type));
  const index = reuseCode(l, node) ?? lowerFunctionBody(l, node, parameters);
  scope.closeInner(inner);
  const value = l.emit(Op.Function, index, l.flush(mark), -1, node);
  storeDefinition(l, node, value);
}

type Parameters = ReturnType<typeof readParameters>;

/** Turns the values gathered since the mark into [count, values...], still gathered. */
function countAndReplace(l: Lowering, mark: number): void {
  l.insert(mark, l.countSince(mark));
}

function gatherDefaults(l: Lowering, parameters: Parameters): void {
  const at = l.gather();
  parameters.forEach((parameter, index) => {
    if (parameter.default < 0) return;
    const value = l.expression(parameter.default);
    l.add(index);
    l.add(value);
  });
  l.insert(at, l.countSince(at) / 2);
}

function gatherAnnotations(l: Lowering, parameters: Parameters, returned: number): void {
  const at = l.gather();
  parameters.forEach((parameter, index) => {
    if (parameter.annotation < 0) return;
    const value = lowerAnnotation(l, parameter.annotation);
    l.add(index);
    l.add(value);
  });
  l.insert(at, l.countSince(at) / 2);
  l.add(returned < 0 ? -1 : lowerAnnotation(l, returned));
}

function lowerFunctionBody(l: Lowering, node: number, parameters: Parameters): number {
  const { tree, text } = l;
  const start = tree.start[node] as number;
  const scope = l.open(ScopeKind.Function, start);
  if (text.startsWith('async', start)) scope.flags |= CodeFlag.Async;
  const kinds = declareParameters(l, parameters);
  const body = tree.childOf(node, Kind.Block);
  l.block(body);
  return closeDefinition(l, node, kinds, docstringOf(l, body));
}

function closeDefinition(l: Lowering, node: number, kinds: Uint8Array, docstring: number): number {
  const { tree } = l;
  const name = tree.childOf(node, Kind.Identifier);
  const start = tree.start[node] as number;
  const nameStart = name < 0 ? start : (tree.start[name] as number);
  const nameEnd = name < 0 ? start : (tree.end[name] as number);
  const nameIndex = l.tables.name(l.text.slice(nameStart, nameEnd));
  return l.close(nameIndex, nameStart, nameEnd, (tree.end[node] as number) - start, kinds, docstring);
}

function lowerClass(l: Lowering, node: number, mark: number): void {
  const { tree, scope } = l;
  countAndReplace(l, mark);
  const inner = scope.openInner();
  const typeParameters = tree.childOf(node, Kind.TypeParameter);
  if (typeParameters >= 0) lowerTypeParameters(l, typeParameters, inner);
  const at = l.gather();
  const bases = tree.childOf(node, Kind.ArgumentList);
  if (bases >= 0) gatherArguments(l, bases);
  l.insert(at, l.countSince(at) / 2);
  const index = reuseCode(l, node) ?? lowerClassBody(l, node);
  scope.closeInner(inner);
  const value = l.emit(Op.Class, index, l.flush(mark), -1, node);
  storeDefinition(l, node, value);
}

function lowerClassBody(l: Lowering, node: number): number {
  l.open(ScopeKind.Class, l.tree.start[node] as number);
  const body = l.tree.childOf(node, Kind.Block);
  l.block(body);
  return closeDefinition(l, node, NO_PARAMETERS, docstringOf(l, body));
}

function storeDefinition(l: Lowering, node: number, value: number): void {
  const name = l.tree.childOf(node, Kind.Identifier);
  if (name >= 0) l.target(name, value);
}

function lowerLambda(l: Lowering, node: number): number {
  const { tree } = l;
  const mark = l.gather();
  l.add(0);
  const list = tree.childOf(node, Kind.LambdaParameters);
  const parameters = readParameters(l, list);
  gatherDefaults(l, parameters);
  l.add(0);
  l.add(-1);
  const start = tree.start[node] as number;
  l.open(ScopeKind.Lambda, start);
  const kinds = declareParameters(l, parameters);
  const body = list < 0 ? tree.first(node) : tree.next(list, node);
  const result = l.expressionOr(body, node);
  l.emit(Op.Return, result, -1, -1, body < 0 ? node : body);
  const headEnd = body < 0 ? (tree.end[node] as number) : (tree.start[body] as number);
  const index = l.close(
    l.tables.name('<lambda>'),
    start,
    headEnd,
    (tree.end[node] as number) - start,
    kinds,
    -1,
  );
  return l.emit(Op.Function, index, l.flush(mark), -1, node);
}

/** Constant index of the string that a body begins with, or -1. Also for the module, whose body is itself. */
export function docstringOf(l: Lowering, body: number): number {
  const { tree, text } = l;
  const statement = body < 0 ? -1 : tree.first(body);
  if (statement < 0 || tree.kind[statement] !== Kind.ExpressionStatement) return -1;
  const string = tree.first(statement);
  if (string < 0 || tree.next(string, statement) >= 0) return -1;
  const isOne = tree.kind[string] === Kind.String;
  if (!isOne && tree.kind[string] !== Kind.ConcatenatedString) return -1;
  let content = '';
  for (
    let part = isOne ? string : tree.first(string);
    part >= 0;
    part = isOne ? -1 : tree.next(part, string)
  ) {
    const start = tree.start[part] as number;
    const end = tree.end[part] as number;
    const parts = literalParts(text, start, end);
    if (parts.bytes || parts.format || parts.backticks) return -1;
    content += literalText(text, start, end);
  }
  return l.tables.constant(ConstantKind.String, content);
}

const plainFunction: StatementForm = (l, node) => lowerFunction(l, node, l.gather());
const plainClass: StatementForm = (l, node) => lowerClass(l, node, l.gather());

/** Statement forms of this family, by kind. */
export const definitionForms: readonly (readonly [Kind, StatementForm])[] = [
  [Kind.FunctionDefinition, plainFunction],
  [Kind.ClassDefinition, plainClass],
  [Kind.DecoratedDefinition, lowerDecorated],
];

/** Expression forms of this family, by kind. */
export const lambdaForms: readonly (readonly [Kind, ExpressionForm])[] = [[Kind.Lambda, lowerLambda]];
