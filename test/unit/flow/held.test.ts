// What is held where: the managers and acquired objects that one function's text shows.
import { describe, expect, it } from 'vitest';
import { heldHere } from './example';

/** Locks at each `here()` of a function body, with two locks in reach. */
function held(body: string): string[] {
  const lines = body.split('\n').filter((line) => line.trim() !== '');
  const indent = Math.min(...lines.map((line) => /^ */.exec(line)![0].length));
  const inner = lines.map((line) => `    ${line.slice(indent)}`).join('\n');
  return heldHere(
    `import contextlib\nimport threading\na = threading.Lock()\nb = threading.Lock()\ndef f(x):\n${inner}\n`,
  );
}

describe('with', () => {
  it('holds inside and not after', () => {
    expect(held('with a:\n    here()\nhere()')).toEqual(['a', '']);
  });
  it('nests, in one statement and in two', () => {
    expect(held('with a, b:\n    here()\nwith a:\n    with b:\n        here()\n    here()')).toEqual([
      'a, b',
      'a, b',
      'a',
    ]);
  });
  it('holds a lock that is taken twice until the outer end', () => {
    expect(held('with a:\n    with a:\n        pass\n    here()\nhere()')).toEqual(['a', '']);
  });
  it('is over after an early return in a branch', () => {
    expect(held('if x:\n    with a:\n        return 1\nhere()')).toEqual(['']);
  });
  it('is not held after the manager itself swallowed an exception', () => {
    expect(held('with contextlib.suppress(KeyError):\n    return 1\nhere()')).toEqual(['']);
  });
});

describe('acquire and release', () => {
  it('holds in between', () => {
    expect(held('a.acquire()\nhere()\na.release()\nhere()')).toEqual(['a', '']);
  });
  it('holds in the body of try/finally, in its handlers, and not after', () => {
    expect(
      held(
        'a.acquire()\ntry:\n    here()\nexcept KeyError:\n    here()\nfinally:\n    here()\n    a.release()\nhere()',
      ),
    ).toEqual(['a', 'a', 'a', '']);
  });
  it('does not hold in a handler what the body may have released', () => {
    expect(held('a.acquire()\ntry:\n    a.release()\n    x()\nexcept KeyError:\n    here()')).toEqual(['']);
  });
  it('does not hold in a handler what the body acquires', () => {
    expect(held('try:\n    a.acquire()\n    x()\nexcept KeyError:\n    here()\nhere()')).toEqual(['', '']);
  });
  it('holds after a branch only what both ways hold', () => {
    expect(held('if x:\n    a.acquire()\nelse:\n    a.acquire()\n    b.acquire()\nhere()')).toEqual(['a']);
    expect(held('a.acquire()\nif x:\n    a.release()\nhere()')).toEqual(['']);
    expect(held('a.acquire()\nif x:\n    a.release()\n    return\nhere()')).toEqual(['a']);
  });
  it('goes on from the body in the else of a try', () => {
    expect(held('try:\n    a.acquire()\nexcept KeyError:\n    return\nelse:\n    here()\nhere()')).toEqual([
      'a',
      'a',
    ]);
  });
  it('keeps code after a try reachable only if some part of it ends', () => {
    expect(held('try:\n    return 1\nfinally:\n    here()\nhere()')).toEqual(['', 'dead']);
    expect(held('try:\n    return x()\nexcept KeyError:\n    pass\nhere()')).toEqual(['']);
  });
});

describe('loops', () => {
  it('takes from a loop what its body gives back', () => {
    expect(held('a.acquire()\nfor y in x:\n    here()\n    a.release()\nhere()')).toEqual(['', '']);
  });
  it('keeps what the body gives back and takes again', () => {
    expect(held('a.acquire()\nfor y in x:\n    here()\n    a.release()\n    a.acquire()\nhere()')).toEqual([
      'a',
      'a',
    ]);
  });
  it('holds after an endless loop what its breaks hold', () => {
    expect(held('while True:\n    a.acquire()\n    if x:\n        break\n    a.release()\nhere()')).toEqual([
      'a',
    ]);
    expect(held('while True:\n    with a:\n        break\nhere()')).toEqual(['']);
    expect(held('while True:\n    x()\nhere()')).toEqual(['dead']);
  });
  it('runs finally on the way out', () => {
    expect(
      held(
        'while True:\n    a.acquire()\n    try:\n        break\n    finally:\n        a.release()\nhere()',
      ),
    ).toEqual(['']);
  });
  it('understands else', () => {
    expect(held('for y in x:\n    break\nelse:\n    a.acquire()\n    here()\nhere()')).toEqual(['a', '']);
    expect(held('a.acquire()\nfor y in x:\n    a.release()\n    break\nelse:\n    here()\nhere()')).toEqual([
      'a',
      '',
    ]);
  });
  it('waits for a lock', () => {
    expect(held('while not a.acquire(False):\n    here()\nhere()')).toEqual(['', 'a']);
  });
});

describe('an acquire that may fail', () => {
  const shapes: Record<string, [string, string[]]> = {
    'in the condition': ['if a.acquire(False):\n    here()\nelse:\n    here()\nhere()', ['a', '', '']],
    negated: ['if not a.acquire(blocking=False):\n    here()\n    return\nhere()', ['', 'a']],
    'through a variable': ['got = a.acquire(timeout=3)\nif not got:\n    return\nhere()', ['a']],
    'through a named expression': ['if (got := a.acquire(False)):\n    here()', ['a']],
    'beside another condition': ['if x and a.acquire(False):\n    here()\nhere()', ['a', '']],
    'in a disjunction that ends': ['if x or not a.acquire(False):\n    return\nhere()', ['a']],
    'in a disjunction that holds nothing': ['if x or a.acquire(False):\n    here()', ['']],
    'compared with True': ['if a.acquire(False) is True:\n    here()', ['a']],
    'compared with False': ['if a.acquire(False) == False:\n    return\nhere()', ['a']],
    asserted: ['assert a.acquire(False)\nhere()', ['a']],
    'a variable that was False before': [
      'got = False\nif x:\n    got = a.acquire(False)\nif got:\n    here()',
      ['a'],
    ],
    'a variable that was true before': [
      'got = True\nif x:\n    got = a.acquire(False)\nif got:\n    here()',
      [''],
    ],
    untested: ['a.acquire(False)\nhere()', ['']],
    'without a limit': ['a.acquire(True)\nhere()\na.acquire(timeout=-1)\nhere()', ['a', 'a']],
    'given back in finally': [
      'if a.acquire(False):\n    try:\n        here()\n    finally:\n        a.release()\n    here()',
      ['a', ''],
    ],
  };
  for (const [name, [body, locks]] of Object.entries(shapes)) {
    it(name, () => expect(held(body)).toEqual(locks));
  }
});

describe('exit stacks', () => {
  it('hold until they close', () => {
    expect(held('with contextlib.ExitStack() as s:\n    s.enter_context(a)\n    here()\nhere()')).toEqual([
      'a',
      '',
    ]);
  });
  it('hold to the end of the function when they are opened without with', () => {
    expect(held('s = contextlib.ExitStack()\ns.enter_context(a)\nhere()')).toEqual(['a']);
  });
  it('leave alone what was held before', () => {
    expect(
      held('with a:\n    with contextlib.ExitStack() as s:\n        s.enter_context(b)\n    here()'),
    ).toEqual(['a']);
  });
});
