// Facts of scopes that are kept together: in the order of the program, and found again only where a body changed.

import { describe, expect, it } from 'vitest';
import type { Resolver } from '../../../server/src/flow/resolver';
import type { Scope } from '../../../server/src/program/program';
import { ScopeFacts } from '../../../server/src/whole/scope-facts';
import { analyse, scopeNamed } from '../flow/example';

describe('facts of all scopes', () => {
  const analysis = analyse({
    'b.py': `
      def last():
          pass
    `,
    'a.py': `
      def first():
          pass
      def silent():
          pass
      def second():
          pass
    `,
  });
  const facts = new ScopeFacts(analysis.resolver);
  let asked: string[] = [];
  let quiet = 'silent';
  const named = (_: Resolver, { name }: Scope): readonly string[] => {
    asked.push(name);
    return name === '' || name === quiet ? [] : [name];
  };

  it('stand in the order of the program', () => {
    expect(facts.all(named)).toEqual(['first', 'second', 'last']);
    expect(facts.one(named, scopeNamed(analysis, 'second'))).toEqual(['second']);
    expect(facts.one(named, scopeNamed(analysis, 'silent'))).toEqual([]);
  });

  it('are found again only for bodies that changed', () => {
    asked = [];
    expect(facts.all(named)).toBe(facts.all(named));
    expect(asked).toEqual([]);
    quiet = 'first';
    facts.forget(scopeNamed(analysis, 'silent'));
    facts.forget(scopeNamed(analysis, 'first'));
    expect(facts.all(named)).toEqual(['silent', 'second', 'last']);
    expect(asked).toEqual(['silent', 'first']);
    expect(facts.one(named, scopeNamed(analysis, 'first'))).toEqual([]);
  });

  it('may build on one another', () => {
    const long = (_: Resolver, scope: Scope, all: ScopeFacts): readonly string[] =>
      all.one(named, scope).filter((name) => name.length > 5);
    expect(facts.all(long)).toEqual(['silent', 'second']);
    quiet = '';
    facts.forget(scopeNamed(analysis, 'first'));
    facts.forget(scopeNamed(analysis, 'second'));
    expect(facts.all(long)).toEqual(['silent', 'second']);
    expect(facts.all(named)).toEqual(['first', 'silent', 'second', 'last']);
  });
});

describe('names of files', () => {
  it('are looked for by text, set or pattern', () => {
    const { program } = analyse('import threading\nlock = threading.Lock()\n');
    const [file] = program.files;
    expect(program.mentions(file!, 'Lock')).toBe(true);
    expect(program.mentions(file!, 'RLock')).toBe(false);
    expect(program.mentions(file!, /^thread/)).toBe(true);
    expect(program.mentions(file!, new Set(['RLock', 'lock']))).toBe(true);
  });
});
