// Options of Ansible modules: entries of an argument specification that hold a secret and say nothing of `no_log`.
// Decides by the form of the entries; which module they end up in it does not ask.

import { SecretEvidence } from '../../library/secret-words';
import type { Scope } from '../../program/program';
import { ConstantKind, Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import type { FixProposal } from '../finding';
import { literalKind, literalMapping, literalText } from './literals';
import { insertion, type Unmarked } from './unmarked-option';

/** What an entry of a specification may say of an option. */
const attributes = new Set(
  'type required default aliases choices elements options no_log fallback apply_defaults removed_in_version removed_at_date removed_from_collection deprecated_aliases version_added mutually_exclusive required_together required_one_of required_if required_by'.split(
    ' ',
  ),
);
/** Types whose values are texts, or may be. */
const textTypes = new Set(['str', 'raw', 'json', 'jsonarg', 'list', 'dict']);

const specifications = /^(AnsibleModule|argument_spec)$/;

/** Entries that hold a secret and are not marked. */
export function* moduleOptions({ program, library }: Analysis): Generator<Unmarked> {
  for (const file of program.files) {
    if (!program.mentions(file, specifications)) continue;
    for (let index = 0; index < file.source.codes.length; index++) {
      const scope = program.scopeOf(file, index);
      const { op } = scope.code;
      for (let at = 0; at < op.length; at++) {
        if (op[at] !== Op.Dict && op[at] !== Op.Call) continue;
        for (const [name, entry] of literalMapping(scope, at) ?? []) {
          const evidence = library.secretWords.judge(name);
          if (evidence < SecretEvidence.Likely || !isUnmarked(scope, entry)) continue;
          yield {
            scope,
            at: entry,
            message: `The option \`${name}\` holds a secret and is not marked \`no_log=True\`: Ansible shows its value in the output of a run and in the log.`,
            confidence: evidence === SecretEvidence.Plain ? 'high' : 'low',
            fixes: [markOf(scope, entry)],
          };
        }
      }
    }
  }
}

function isUnmarked(scope: Scope, entry: number): boolean {
  const said = literalMapping(scope, entry);
  if (said === null || said.size === 0) return false;
  for (const name of said.keys()) if (!attributes.has(name)) return false;
  if (said.has('no_log') || said.has('choices') || said.has('options')) return false;
  const fallback = said.get('default') ?? -1;
  const kind = literalKind(scope, fallback);
  if (kind === ConstantKind.True || kind === ConstantKind.False || kind === ConstantKind.Integer)
    return false;
  if (!said.has('type')) return true;
  const type = literalText(scope, said.get('type')!);
  if (type === null || !textTypes.has(type)) return false;
  if (type === 'dict') return false;
  const element = said.has('elements') ? literalText(scope, said.get('elements')!) : 'str';
  return type !== 'list' || element === 'str';
}

/** The mark goes behind the last member that is written. */
function markOf(scope: Scope, entry: number): FixProposal {
  const { code } = scope;
  const members = [...literalMapping(scope, entry)!.values()];
  const last = members.reduce((x, y) => (code.end[y]! > code.end[x]! ? y : x));
  return insertion(scope, last, code.op[entry] === Op.Dict ? ", 'no_log': True" : ', no_log=True');
}
