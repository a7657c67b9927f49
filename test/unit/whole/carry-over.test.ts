// What an edit of a body changes for others: those who looked into it have other answers, and nobody else is asked again;
// where there is something new to look at, the program is analysed anew.

import { describe, expect, it } from 'vitest';
import { Numberings } from '../../../server/src/flow/numberings';
import { loadLibrary } from '../../../server/src/library/load';
import { Program } from '../../../server/src/program/program';
import { Sources } from '../../../server/src/project/sources';
import { Op } from '../../../server/src/syntax/code';
import { Analysis } from '../../../server/src/whole/analysis';
import { carryOver } from '../../../server/src/whole/carry-over';
import { entityWords } from '../../../server/src/whole/dump';
import { parser, python, scopeNamed } from '../flow/example';

const kinds = python(`
  class Red:
      pass
  class Blue:
      pass
`);

/** Replaces words of a program; what the functions return after that, null where it has to be analysed anew. */
function edited(text: string, from: string, to: string, isEdited = true): readonly string[] | null {
  const whole = kinds + python(text);
  const sources = new Sources(parser);
  sources.set({ path: 'a.py', text: whole }, 1e6);
  // An open document has tables of names that grow.
  sources.edit('a.py', [{ start: 0, end: 0, text: '' }], 1e6);
  const program = new Program([['a.py', sources.get('a.py')!.source]]);
  const { library } = loadLibrary();
  const analysis = new Analysis(program, library, new Numberings(), false, undefined, isEdited);
  returned(analysis);
  const start = whole.indexOf(from);
  sources.edit('a.py', [{ start, end: start + from.length, text: to }], 1e6);
  return carryOver(analysis, program.files[0]!, sources.get('a.py')!.source) ? returned(analysis) : null;
}

function returned(analysis: Analysis): readonly string[] {
  return analysis.program.scopes.flatMap(({ id, name, code: { op, a } }) => {
    const values = [...op.keys()].filter((at) => op[at] === Op.Return);
    return values.map((at) => {
      const found = analysis.resolver.denotes(id, a[at]!).map((entity) => entityWords(analysis, entity));
      return `${name} ${found.join(' | ')}`;
    });
  });
}

describe('a body that shows something else', () => {
  const calls = python(`
  def make():
      return Red()
  def hand():
      return make()
  def keep():
      return hand()
  `);

  it('changes the answers of those who look into it, and of those who look into these', () => {
    expect(edited(calls, 'Red()', 'Blue()')).toEqual(['make a Blue', 'hand a Blue', 'keep a Blue']);
  });

  it('changes what parameters and fields are', () => {
    const text = `
      class Box:
          def __init__(self):
              self.held = Red()
          def fill(self):
              self.take(Red())
          def take(self, what):
              return what
          def open(self):
              return self.held
    `;
    expect(edited(text, 'self.held = Red()', 'self.held = Blue()')).toEqual(['take a Red', 'open a Blue']);
    expect(edited(text, 'take(Red())', 'take(Blue())')).toEqual(['take a Blue', 'open a Red']);
  });

  it('is not remembered by functions that call each other', () => {
    const text = `
      def one():
          return Red() or two()
      def two():
          return one()
    `;
    expect(edited(text, 'Red()', 'None')).toEqual(['one ', 'two ']);
  });

  it('changes what comes out of containers', () => {
    const text = `
      def all():
          return [Red()]
      def first():
          return all()[0]
    `;
    expect(edited(text, 'Red()', 'Blue()')?.at(-1)).toBe('first a Blue');
  });

  it('is analysed anew where nobody noted who looked', () => {
    expect(edited(calls, 'Red()', 'Blue()', false)).toBeNull();
  });

  it('is analysed anew where classes and modules look into it', () => {
    expect(edited(`${calls}made = keep()\ndef shown():\n    return made\n`, 'Red()', 'Blue()')).toBeNull();
  });
});

describe('a body that hands others more or less than before', () => {
  const text = `
    def give():
        return take()
    def take(what=None):
        return what
    def look():
        return take()
  `;

  it('changes what these are given, and the answers of those who look there', () => {
    const with_ = text.replace('take()', 'take(Red())');
    expect(edited(text, 'take()', 'take(Red())')).toEqual(['give a Red', 'take a Red', 'look a Red']);
    expect(edited(with_, 'take(Red())', 'take()')).toEqual(['give ', 'take ', 'look ']);
    expect(edited(with_, 'take(Red())', 'look(Red())')).toEqual(['give ', 'take ', 'look ']);
    expect(edited(text, 'take()', 'take(Red())', false)).toBeNull();
  });

  it('changes what overriding methods are given', () => {
    const methods = `
      class Base:
          def take(self, what):
              return what
      class Own(Base):
          def take(self, what):
              return what
      def give(base: Base):
          Base().take()
    `;
    expect(edited(methods, 'take()', 'take(Red())')).toEqual(['take a Red', 'take a Red']);
  });

  it('counts the first four arguments, whoever comes and goes', () => {
    const calls = python(`
      def take(what):
          return what
      def first():
          take(Red())
      def rest():
          take(1), take(2), take(3)
      def last():
          take(Blue())
    `);
    expect(edited(calls, 'take(Red())', 'print(Red())')).toEqual(['take int | a Blue']);
    const without = calls.replace('take(Red())', 'print(Red())');
    expect(edited(without, 'print(Red())', 'take(Red())')).toEqual(['take a Red | int']);
  });
});

describe('a body that shows more', () => {
  it('has the program analysed anew', () => {
    const text = `
      class Box:
          def fill(self):
              pass
          def open(self):
              return self.held
    `;
    expect(edited(text, 'pass', 'self.held = Red()')).toBeNull();
  });
});

it('knows who looked', () => {
  const program = new Program([
    ['a.py', parser.compile(python(`def f():\n    return g()\ndef g():\n    return 1\n`))],
  ]);
  const analysis = new Analysis(program, loadLibrary().library, new Numberings(), false, undefined, true);
  returned(analysis);
  const [f, g] = ['f', 'g'].map((name) => scopeNamed(analysis, name).id);
  expect([...analysis.resolver.askers!.around([g!])]).toEqual([g, f]);
  expect([...analysis.resolver.askers!.around([f!])]).toEqual([f]);
});
