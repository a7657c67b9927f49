// Addresses in exceptions: a variable out of which other code of the program takes a password is handed to an exception
// that is raised. A part of rule 203.

import type { Resolver } from '../../flow/resolver';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import { placeOf } from '../flow-words';
import type { Report } from '../rule';
import { calledName } from './literals';
import { shownValues } from './log-sites';
import { messageText, refuses } from './message-text';
import { type Holder, nameOf, secretHolders } from './secret-holders';

/** What is of a wrong form is refused, and opens nothing. */
const namesRefusal = /^_*(Invalid|Malformed|Unsupported|Unknown|Missing|Bad)[A-Z]/;

/** Addresses that may hold a password and become part of an exception. */
export function* raisedAddresses(analysis: Analysis): Generator<Report> {
  const holders = secretHolders(analysis);
  if (!holders.hasAny('address')) return;
  for (const { scope, made, shown } of analysis.facts.all(raisedIn)) {
    for (const value of shown) {
      const holder = holders.of(scope, value, ['address']);
      if (holder === null) continue;
      yield {
        ...placeOf(analysis, scope.id, value),
        message: `\`${nameOf(scope, value)}\` may hold a password, and becomes part of the text of \`${calledName(scope, made)}\`.`,
        confidence:
          tellsFor(analysis, scope, value, holder) &&
          !refuses.test(messageText(analysis, scope.id, made)) &&
          !namesRefusal.test(calledName(scope, made))
            ? 'medium'
            : 'low',
        symbol: scope.qualifiedName,
        stepsKind: 'places',
        steps: [
          {
            ...placeOf(analysis, holder.scope.id, holder.at),
            message: 'Here a password is taken out of it.',
          },
        ],
      };
      break;
    }
  }
}

/** An exception that is made where it is raised, and what it shows by a name. */
interface Raised {
  readonly scope: Scope;
  readonly made: number;
  readonly shown: readonly number[];
}

const none: readonly Raised[] = [];

function raisedIn(_: Resolver, scope: Scope): readonly Raised[] {
  const { op, a } = scope.code;
  if (scope.file.isTest || !op.includes(Op.Raise)) return none;
  const found: Raised[] = [];
  for (let at = 0; at < op.length; at++) {
    const made = op[at] === Op.Raise ? a[at]! : -1;
    if (made < 0 || op[made] !== Op.Call) continue;
    const shown = shownValues(scope, made).filter((value) => nameOf(scope, value) !== '');
    if (shown.length > 0) found.push({ scope, made, shown });
  }
  return found;
}

/** Whether the place that takes the password out speaks of the very same address: a field of one class, or a variable of
 * one function. */
function tellsFor({ library }: Analysis, scope: Scope, value: number, holder: Holder): boolean {
  const isField = scope.code.op[value] === Op.Attribute;
  const isNear = holder.scope.id === scope.id || (isField && holder.scope.owner === scope.owner);
  return isNear && !library.secretWords.isNeutral(nameOf(scope, value).replace(/_?(url|uri)$/i, 'x'));
}
