// Objects of the standard library that a program fills and reads: settings, buffers, parsers, modules of factories.
import { describe, expect, it } from 'vitest';
import { flows, reaches } from './example';

describe('settings', () => {
  const made =
    "import configparser\nc = configparser.ConfigParser()\nc.add_section('s')\nc.set('s', 'a', x)\nc.set('s', 'B', 'b')\n";
  it.each([
    ['the option', "os.system(c.get('s', 'a'))", true],
    ['another option', "os.system(c.get('s', 'b'))", false],
    ['an option in capitals', "os.system(c.get('s', 'A'))", true],
    ['a number', "os.system(str(c.getint('s', 'a')))", false],
  ])('%s', (_, body, expected) => expect(reaches(made + body)).toBe(expected));
});

describe('constants', () => {
  it.each([
    ['a slice', "d = {'b': x, 'c': 'd'}\nos.system(d['abc'[2:]])", false],
    ['a text in another', "y = 'a'\nif 'should' not in 'this should hold':\n    y = x\nos.system(y)", false],
    ['a length', "y = 'a'\nif len('abc') > 5:\n    y = x\nos.system(y)", false],
    ['a split', "os.system('a b'.split(' ')[0])", false],
  ])('%s', (_, body, expected) => expect(reaches(body)).toBe(expected));
});

it('follows a class that is chosen by a computed name', () => {
  const things =
    'class One:\n    def do(self, x):\n        return x\n\nclass Two:\n    def do(self, x):\n        return "a"\n';
  const use =
    "import os, things\nfrom flask import request\ndef handler(name):\n    kind = getattr(things, name)\n    os.system(kind().do(request.args['x']))\n";
  expect(flows({ 'things.py': things, 'a.py': use })).toHaveLength(1);
});

describe('parsers', () => {
  const parsed = (setting: string) =>
    flows(
      `import xml.sax, xml.sax.handler, xml.dom.minidom\nfrom flask import request\ndef handler():\n    p = xml.sax.make_parser()\n    ${setting}\n    xml.dom.minidom.parseString(request.data, p)\n`,
      'xml',
    ).length;
  it.each([
    ['as it is', 'pass', 0],
    ['told to load entities', 'p.setFeature(xml.sax.handler.feature_external_ges, True)', 1],
    ['told not to', 'p.setFeature(xml.sax.handler.feature_external_ges, False)', 0],
    ['told something else', 'p.setFeature(xml.sax.handler.feature_namespaces, True)', 0],
  ])('%s', (_, setting, count) => expect(parsed(setting)).toBe(count));
});
