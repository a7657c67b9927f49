// Which inputs of a function are worth following for a call of it: those by whose arguments something that is asked for
// may come in. What the function makes of them is decided in its pass.

import { SecretEvidence } from '../../library/secret-words';
import type { Bound } from './binding';
import { bottom } from './domain';
import { namesSecret } from './evidence';
import { LabelKind } from './labels';
import type { Pass } from './pass';
import { allInputs, inputBit } from './summary';

/** The inputs for which it matters what the callee does with them: arguments that carry a label, and constant keys that
 * name a secret, if there is one that does so plainly. Where every flow is told, all inputs are followed with them. */
export function inputsToFollow(pass: Pass, { values }: Bound): number {
  let labelled = 0;
  let keys = 0;
  let isPlain = false;
  const { demand, reach } = pass.context;
  const secrets = demand.asks(LabelKind.Secret) && reach.secretsEnter;
  for (let parameter = 0; parameter < values.length; parameter++) {
    const value = values[parameter];
    if (value === undefined || value === bottom) continue;
    if (reach.enters(value)) labelled |= inputBit(parameter);
    else if (secrets) {
      const evidence = namesSecret(pass, value);
      if (evidence >= SecretEvidence.Likely) keys |= inputBit(parameter);
      isPlain ||= evidence === SecretEvidence.Plain;
    }
  }
  if (labelled === 0 && !isPlain) return 0;
  return demand.isBounded ? labelled | keys : allInputs;
}
