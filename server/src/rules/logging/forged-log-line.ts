// Rule 211: a text that somebody far away chose is written to a plain-text log as it is, line breaks included. Asks which
// outside labels arrive at log calls unescaped; what cannot hold a line break, and what is no log, is left out.

import { dottedName, lastName } from '../../flow/function-facts';
import { LabelKind, Mask, StepKind } from '../../flow/values/labels';
import type { Flow } from '../../flow/values/summary';
import { SecretEvidence } from '../../library/secret-words';
import type { Scope } from '../../program/program';
import { CompareOperator, Op } from '../../syntax/code';
import { callArguments, elements } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import type { Confidence } from '../finding';
import { lowest, reportFlows } from '../flow-reports';
import { nameAt, sourceWords } from '../flow-words';
import { isExample } from '../inputs/doubts';
import { isFromPrivileged } from '../inputs/privileges';
import type { Rule } from '../rule';
import { messageText, refuses } from './message-text';
import { reprFixes } from './repr-fix';

export const rule: Rule = {
  number: 211,
  name: 'forged-log-line',
  concern: 'logging',
  severity: 'warning',
  preview: false,
  cwe: [117],
  category: 'log-injection',
  summary: 'Text from outside is written to a log with its line breaks, so that it can forge lines.',
  asks: () => [{ sink: 'log', labels: [LabelKind.Untrusted], bounds: { calls: maximumCalls, sure: true } }],
  check(analysis, report) {
    const { values } = analysis;
    const flows = values.flows.filter((flow) => {
      if (flow.use.kind !== 'log' || flow.use.cap === 'low' || flow.use.unread) return false;
      const { kind, trust } = values.origin(flow);
      return kind === LabelKind.Untrusted && trust === 'remote' && mayBreakLines(analysis, flow);
    });
    if (flows.length === 0 || writesRecords(analysis)) return;
    reportFlows(analysis, report, flows, {
      confidence: (flow) => confidenceOf(analysis, flow),
      message: (best) =>
        `${sourceWords(analysis, values.origin(best))} reaches the log with its line breaks: \`${nameAt(analysis, best.use.scope, best.use.at)}\` writes what looks like lines of its own.`,
      ends: (best) => [
        `${sourceWords(analysis, values.origin(best))}: whoever sends the request decides what is in it.`,
        `\`${nameAt(analysis, best.use.scope, best.use.at)}\` ${best.use.inner ? 'hands it on to the log' : 'writes it to the log'}.`,
      ],
      fixes: (group) => reprFixes(analysis, group),
    });
  },
};

/** Parts of a request that its protocol keeps on one line, or that are decoded later. */
const oneLine =
  /^(headers|cookies|COOKIES|META|environ|url|base_url|url_root|host|referrer|user_agent|authorization|query_string|rel_url|get_cookie|method|remote_addr|host_url|files|request)$/;
/** Parts that come as bytes: a log shows those escaped, unless somebody decodes them. */
const bytes = /^(data|get_data|body|read|stream|rfile|recv|recvfrom|raw_body)$/;

function mayBreakLines(analysis: Analysis, flow: Flow): boolean {
  const root = analysis.values.origin(flow);
  if (root.words === 'the request' || root.words === 'the connection') return false;
  if (/\.(size|length|count)$/.test(dottedName(analysis.program.scopes[flow.use.scope]!, flow.use.argument)))
    return false;
  if (root.at < 0) return true;
  const scope = analysis.program.scopes[root.scope]!;
  const { op, a, b } = scope.code;
  const at = op[root.at] === Op.Call ? a[root.at]! : root.at;
  if (op[at] !== Op.Attribute) return true;
  const name = scope.file.source.names[b[at]!]!;
  if (bytes.test(name)) return isDecoded(analysis, flow);
  // A server that reads the request line itself does not decode it.
  return !oneLine.test(name) && !(name === 'path' && root.words === 'the URL' && isReceiver(scope, at));
}

/** Whether anything on the way decodes a text. */
function isDecoded(analysis: Analysis, flow: Flow): boolean {
  const scopes = new Set([flow.use.scope, ...analysis.values.path(flow).map((link) => link.scope)]);
  return [...scopes].some((id) => {
    const { code, file } = analysis.program.scopes[id]!;
    return code.op.some(
      (op, at) => op === Op.Attribute && /^(decode|loads?)$/.test(file.source.names[code.b[at]!]!),
    );
  });
}

/** `self.path` of a handler of requests. */
function isReceiver({ code }: Scope, attribute: number): boolean {
  const object = code.a[attribute]!;
  return code.op[object] === Op.Local && code.a[object] === 0;
}

/** Whether the program sets its logs up to be written as JSON. */
function writesRecords({ program }: Analysis): boolean {
  return program.files.some(
    ({ isTest, source }) =>
      !isTest &&
      (source.names.some((name) => formatters.test(name)) ||
        source.constants.some(({ text }) => text.length < 80 && formatters.test(text))),
  );
}

/** Over more calls somebody will have looked at it in a way that is not seen. */
const maximumCalls = 1;

/** Texts that come as they are sent, line breaks included; protocols of their own are parsed first. */
const requestText =
  /^(a parameter of the (URL|request)|the (submitted form|query string|URL's parameters|request's (parameters|JSON body|body)))$/;

/** What people and programs read logs for when somebody attacks: a line of that kind is worth forging. */
const tellsOfAttacks =
  /\blog(ged|ging|s)?[ -]?(in|on)\b|\blogin\b|\bsign(ed|ing|s)?[ -]?in\b|\bauthenticat|\bunauthor|not (authori[sz]ed|permitted|allowed to|registered)|\b(access|permission|request|connection)\b.{0,20}\bdenied|\bdenied (access|request)|\bdenying|\bforbidden\b|\bblock(ed|ing)\b|\bbann(ed|ing)\b|\bsuspicious|\bmalicious|\battack|\bhack|\battempt\b|\battempted\b|\bintrusion|\baudit|\bpassword|\bbrute|\btraversal|\bspoof|\bimpersonat|\block(ed|ing) out|\b(unknown|invalid|no such|non-?existent) (user|account|login|api ?key|token|session)\b/i;

const failed = /\b(reject(ed|ing)?|fail(ed|ure|s)?|errors?|ignor(ed|ing)|denied|unable|cannot|can't)\b/i;
const signatures = /(verify|check|valid(ate)?)_?(\w+_)?(signature|hmac|digest)|compare_digest/i;
/** Calls that say nothing about what they are given. */
const harmless =
  /^(str|len|isinstance|bool|print|format|append|join|get|debug|info|warning|warn|error|exception|critical|log|startswith|endswith|strip|lower|upper|unquote|_|gettext)$/;

/** Whether a handler has handed the text to something else before: what that does not know, it mostly refuses. */
function isLookedAt(analysis: Analysis, flow: Flow): boolean {
  const { use } = flow;
  const scope = analysis.program.scopes[use.scope]!;
  const { op, a, b } = scope.code;
  const names = new Set<string>();
  for (const { step, scope: id, at } of analysis.values.path(flow)) {
    const isKept = step === StepKind.Assigned || (step === StepKind.Origin && at < 0);
    if (id === use.scope && isKept) names.add(nameAt(analysis, id, at));
  }
  const isIt = (value: number): boolean => op[value] === Op.Local && names.has(dottedName(scope, value));
  for (let at = 0; at < use.at; at++) {
    if (op[at] === Op.Item && isIt(b[at]!)) return true;
    if (op[at] !== Op.Call) continue;
    const called = lastName(scope, a[at]!);
    if (signatures.test(called)) return true;
    if (!harmless.test(called) && callArguments(scope.code, at).some(({ value }) => isIt(value))) return true;
  }
  return false;
}

const formatters =
  /^(pythonjsonlogger|json_log_formatter|(\w+\.)*(JSONRenderer|Json(Log)?Formatter|JSON(Log)?Formatter|JSONFormatter))(\.\w+)*$/;

function confidenceOf(analysis: Analysis, flow: Flow): Confidence {
  const { file } = analysis.program.scopes[flow.use.scope]!;
  if (file.isTest) return 'low';
  const { values } = analysis;
  const { evidence, words } = values.origin(flow);
  const byName = evidence === SecretEvidence.Likely;
  const calls = values
    .path(flow)
    .filter(({ step }) => step === StepKind.Passed || step === StepKind.Returned);
  if (byName || calls.length > maximumCalls || (flow.mask & Mask.Guessed) !== 0) return 'low';
  if (!requestText.test(words)) return 'low';
  if (isFromPrivileged(analysis, values.origin(flow)) || isExample(analysis, values.origin(flow)))
    return 'low';
  if (isOneOf(analysis, flow)) return 'low';
  const { inner } = flow.use;
  const method = nameAt(analysis, (inner ?? flow.use).scope, (inner ?? flow.use).at);
  if (/\b(debug|trace)\(\)$/.test(method)) return 'low';
  const said = messageText(analysis, flow.use.scope, flow.use.at);
  if (tellsOfAttacks.test(said)) return lowest('medium', flow.use.cap);
  // What a handler refuses is what was sent; what it goes on with, it has mostly found somewhere.
  const isDirect =
    calls.length === 0 && inner === null && values.path(flow).every((link) => link.scope === flow.use.scope);
  return isDirect && (refuses.test(said) || failed.test(said)) && !isLookedAt(analysis, flow)
    ? lowest('medium', flow.use.cap)
    : 'low';
}

/** Whether a handler has turned away before whatever is not one of some literals. */
function isOneOf({ program, values }: Analysis, flow: Flow): boolean {
  const { use } = flow;
  const scope = program.scopes[use.scope]!;
  const { op, a, b, c } = scope.code;
  const names = new Set<string>();
  for (const { scope: id, at } of values.path(flow)) {
    if (id === use.scope && at < 0) names.add(scope.file.source.names[scope.code.slots[-1 - at]!]!);
  }
  for (let at = 0; at < use.at; at++) {
    if (op[at] !== Op.If || op[a[at]!] !== Op.Compare || c[a[at]!] !== CompareOperator.NotIn) continue;
    const test = a[at]!;
    if (op[a[test]!] !== Op.Local || !names.has(dottedName(scope, a[test]!))) continue;
    const list = b[test]!;
    if (op[list] !== Op.List && op[list] !== Op.Tuple && op[list] !== Op.Set) continue;
    if ([...elements(scope.code, list)].some((part) => op[part] !== Op.Const)) continue;
    let end = at + 1;
    while (end < use.at && op[end] !== Op.End && op[end] !== Op.Else && op[end] !== Op.If) end++;
    const last = op[end - 1];
    if (end < use.at && op[end] !== Op.If && (last === Op.Return || last === Op.Raise)) return true;
  }
  return false;
}
