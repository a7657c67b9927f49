// The arguments of a call: by place or name, their labels together, and labels without the secrets.

import { Argument } from '../../syntax/code';
import { argumentCount, argumentKeyword, argumentValue } from '../../syntax/code-reader';
import { LabelKind, Mask } from './labels';
import type { Pass } from './pass';
import { partLabels } from './text';

/** Labels of all arguments as parts. */
export function argumentLabels(pass: Pass, at: number): number {
  const { code } = pass.scope;
  let labels = 0;
  for (let k = 0; k < argumentCount(code, at); k++) {
    labels = pass.domain.labels.join(labels, partLabels(pass, pass.values[argumentValue(code, at, k)]!));
  }
  return labels;
}

/** Labels after something that shows no secret. */
export function withoutSecrets(pass: Pass, labels: number): number {
  const table = pass.domain.labels;
  return table.map(labels, (label, mask) =>
    table.kindOf(label) === LabelKind.Secret ? null : [label, (mask | Mask.SecretCleared) & ~Mask.Exact],
  );
}

/** Labels after something of which is not known what it leaves of them. */
export function doubted({ domain }: Pass, labels: number): number {
  return domain.labels.map(labels, (label, mask) => [label, mask | Mask.Guessed]);
}

/** The value instruction of an argument by position or keyword, or -1. */
export function argumentAt(pass: Pass, at: number, position: number, keyword: string | undefined): number {
  const { code, file } = pass.scope;
  let seen = 0;
  for (let k = 0; k < argumentCount(code, at); k++) {
    const mark = argumentKeyword(code, at, k);
    if (mark === Argument.Star) return -1;
    if (mark === Argument.Positional) {
      if (seen === position) return argumentValue(code, at, k);
      seen++;
    } else if (mark >= 0 && keyword !== undefined && file.source.names[mark] === keyword) {
      return argumentValue(code, at, k);
    }
  }
  return -1;
}
