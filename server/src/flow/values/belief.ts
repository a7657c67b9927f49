// What the names of functions say of the values that they are given, where nothing proves it: a check is believed for some
// sinks and leaves doubt for the others; of an identifier by which something is looked up, only one that exists is left; a
// form that is valid vouches for what was sent. A doubt clears nothing: it says that a reader would have to look.

import { Op } from '../../syntax/code';
import { argumentCount, argumentKeyword, argumentValue, positional } from '../../syntax/code-reader';
import { calleeName } from './checks';
import { LabelKind, Mask } from './labels';
import type { Pass } from './pass';
import { prove } from './proofs';

const vouches =
  /(^|_)(valid|validate|validated|validation|validator|check|checks|verify|ensure|assert|safe|allowed|allow|permitted|authorized|trusted|forbidden|blocked|blacklisted|whitelisted|private|internal|ssrf|inside|within|contained|contains|subpath|traversal|restrict|sane|legal|guard|hmac|sign|signed|unsign|signature|reject|deny|enforce)(_|$)|^(is|check|validate|verify|ensure|assert)[A-Z]|^_*is_/;

/** Names of functions that make something harmless of what they are given. */
const cleans =
  /(^|_)(clean|cleaned|cleanup|escape|escaped|secure|safe|safely|slug|slugify|sanitize|quote|quoted|validate|validated|whitelist|ensure|normalize|normalized)(_|$)/;

/** Functions that bring an address into one form: where it leads, they leave. */
const reshapes = /^_*normali[sz]ed?_(\w+_)?(url|uri|address|host|server|endpoint|link)s?(_url)?$/;

const fetches =
  /^_*(\w+_)?(get|find|fetch|load|lookup|retrieve|query|require|resolve|select)(_|[A-Z]|$)|^_*(exists|has|by)(_|[A-Z]|$)/;
const identifiers =
  /(^|_)(id|ids|uuid|guid|pk|key|hash|slug|sha|digest|hexsha)$|[a-z](Id|ID|Uuid|UUID)$|^(browser|user|session|object|job|task|item|doc|node|run|crawl|org|team|group|project|file|image|room|page|post|message|chat|event|order|device|client|customer|account)id$/;
const matchers = /^(full)?match$|^search$|^findall$/;
const validators = /^(is_valid|validate_on_submit|full_clean|validate_data)$/;
const protectors = /(^|_)(ssrf|sandbox|safe_?connect|safe_?request|safe_?session)/i;

/** Modules whose functions do what is known of them. */
const known =
  /^(re|regex|os|pathlib|json|ast|inspect|typing|unittest|hmac|secrets|hashlib|str|fnmatch|operator)\./;

/** Whether what a function of this name returns was looked at, or made harmless. */
export function leavesDoubt(name: string): boolean {
  return (cleans.test(name) && !reshapes.test(name)) || vouches.test(name);
}

/** What a function's name says that it does. */
const enum Says {
  Valid = 1,
  Checks = 2,
  Fetches = 4,
}

function sayingOf({ context }: Pass, name: string): number {
  let says = context.sayings.get(name);
  if (says === undefined) {
    says =
      (validators.test(name) || protectors.test(name) ? Says.Valid : 0) |
      (vouches.test(name) ? Says.Checks : 0) |
      (fetches.test(name) ? Says.Fetches : 0);
    context.sayings.set(name, says);
  }
  return says;
}

/** Takes into account that a function was called. `library`: its path there, '' for one of the program. */
export function believeName(pass: Pass, at: number, name: string, library = ''): void {
  const says = sayingOf(pass, name);
  if (says === 0 || known.test(library)) return;
  if ((says & Says.Valid) !== 0) doubtEverything(pass);
  const checks = (says & Says.Checks) !== 0;
  if (!checks && (says & Says.Fetches) === 0) return;
  const { code, file } = pass.scope;
  const bits = checks ? pass.context.vouchedBits | Mask.Guessed : Mask.Guessed;
  for (let k = 0; k < argumentCount(code, at); k++) {
    const argument = argumentValue(code, at, k);
    if (!pass.domain.hasLabels(pass.values[argument]!)) continue;
    const keyword = argumentKeyword(code, at, k);
    const isNamed =
      identifiers.test(calleeName(pass, argument)) ||
      (keyword >= 0 && identifiers.test(file.source.names[keyword]!));
    if (checks || isNamed) prove(pass, argument, bits);
  }
}

/** The same for a call that a condition asks: what a pattern was found in is doubtful, whatever the pattern. */
export function believeTest(pass: Pass, at: number, name: string, library: string): void {
  believeName(pass, at, name, library);
  if ((library === '' || known.test(library)) && matchers.test(name)) {
    const { op, a } = pass.scope.code;
    const isModule = op[a[at]!] === Op.Attribute && calleeName(pass, a[a[at]!]!) === 're';
    const subject = positional(pass.scope.code, at, isModule ? 1 : 0);
    if (subject >= 0 && pass.domain.hasLabels(pass.values[subject]!)) prove(pass, subject, Mask.Guessed);
  }
}

/** A form was found valid: what was sent by it is not raw any more. */
function doubtEverything(pass: Pass): void {
  const { environment, domain } = pass;
  if (environment === null) return;
  const { labels, labelsOf } = domain;
  for (let slot = 0; slot < environment.values.length; slot++) {
    const value = environment.values[slot]!;
    if (labelsOf[value] === 0) continue;
    const own = labels.map(labelsOf[value]!, (label, mask) =>
      labels.kindOf(label) === LabelKind.Untrusted ? [label, mask | Mask.Guessed] : [label, mask],
    );
    environment.values[slot] = domain.withLabels(value, own);
  }
}
