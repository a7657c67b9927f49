// Finds the file on which an analysis breaks down when the engine itself could not say: tries halves of the
// program, each in a fresh engine. Counts only; how a trial is run is the supervisor's to know.

/** The one file that breaks the engine without any other, or undefined when no single file does. */
export async function findCulprit(
  paths: readonly string[],
  breaks: (paths: readonly string[]) => Promise<boolean>,
): Promise<string | undefined> {
  let suspects = paths;
  let known = false;
  while (suspects.length > 1 || !known) {
    if (suspects.length === 0) return undefined;
    const middle = Math.ceil(suspects.length / 2);
    const first = suspects.slice(0, middle);
    if (await breaks(first)) suspects = first;
    else if (middle < suspects.length && (await breaks(suspects.slice(middle))))
      suspects = suspects.slice(middle);
    else return undefined;
    known = true;
  }
  return suspects[0];
}
