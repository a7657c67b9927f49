// The order in which functions are interpreted: callees before callers, strongly connected components together.
// Tarjan, "Depth-first search and linear graph algorithms" (1972), without recursion.

/** Components of a graph given by successor lists; each component after those that it leads to. */
export function components(
  nodes: readonly number[],
  successors: (node: number) => readonly number[],
): number[][] {
  // By node; nodes are dense.
  const index: (number | undefined)[] = [];
  const low: number[] = [];
  const onStack: (boolean | undefined)[] = [];
  let seen = 0;
  const stack: number[] = [];
  const found: number[][] = [];
  for (const root of nodes) {
    if (index[root] !== undefined) continue;
    const work: { node: number; next: number }[] = [{ node: root, next: 0 }];
    while (work.length > 0) {
      const frame = work[work.length - 1]!;
      const { node } = frame;
      if (frame.next === 0) {
        index[node] = seen;
        low[node] = seen++;
        stack.push(node);
        onStack[node] = true;
      }
      const list = successors(node);
      let descended = false;
      while (frame.next < list.length) {
        const to = list[frame.next++]!;
        if (index[to] === undefined) {
          work.push({ node: to, next: 0 });
          descended = true;
          break;
        }
        if (onStack[to]) low[node] = Math.min(low[node]!, index[to]!);
      }
      if (descended) continue;
      // A node without successors is entered once: mark it so.
      if (list.length === 0) frame.next = 1;
      work.pop();
      const above = work[work.length - 1];
      if (above) low[above.node] = Math.min(low[above.node]!, low[node]!);
      if (low[node] !== index[node]) continue;
      const component: number[] = [];
      for (let member = -1; member !== node; ) {
        member = stack.pop()!;
        onStack[member] = false;
        component.push(member);
      }
      found.push(component.sort((x, y) => x - y));
    }
  }
  return found;
}
