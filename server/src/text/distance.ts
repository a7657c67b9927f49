// How near two words are, and the nearest of a list: for "did you mean" in messages and fixes.

/** The number of insertions, deletions, replacements and swaps of neighbours that turn one word into the other. */
export function editDistance(one: string, other: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const same = one[row - 1] === other[column - 1];
      let best = Math.min(
        (last[column] as number) + 1,
        (current[column - 1] as number) + 1,
        (last[column - 1] as number) + (same ? 0 : 1),
      );
      const swapped =
        row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      if (swapped) best = Math.min(best, (beforeLast[column - 2] as number) + 1);
      current.push(best);
    }
    beforeLast = last;
    last = current;
  }
  return last[other.length] as number;
}

/** The word of the list that the given one was probably meant to be; undefined when none is near, or two are alike near. */
export function nearestWord(word: string, known: Iterable<string>): string | undefined {
  const plain = word.toLowerCase().replaceAll('_', '-');
  const limit = Math.max(1, Math.min(3, Math.floor(plain.length / 3)), Math.floor(plain.length / 4));
  let nearest: string | undefined;
  let nearestDistance = limit + 1;
  let tied = false;
  for (const candidate of known) {
    if (Math.abs(candidate.length - plain.length) > limit) continue;
    const distance = editDistance(plain, candidate);
    if (distance < nearestDistance) {
      nearest = candidate;
      nearestDistance = distance;
      tied = false;
    } else if (distance === nearestDistance) {
      tied = true;
    }
  }
  return tied ? undefined : nearest;
}
