// Which checks clear a value, and which only look as if they did.
import { describe, expect, it } from 'vitest';
import { reaches } from './example';

describe('checks that hold', () => {
  it.each([
    ['one of a few', "if x in ('a', 'b'):\n    os.system(x)"],
    ['none of a few, and out', "if x not in {'a', 'b'}:\n    return\nos.system(x)"],
    ['one of a few in lower case', "if x.lower() in ['a', 'b']:\n    os.system(x)"],
    ['equal to a constant', "if x == 'a':\n    os.system(x)"],
    ['a raise', "if x != 'a':\n    raise ValueError(x)\nos.system(x)"],
    ['an assertion', "assert x in ('a', 'b')\nos.system(x)"],
    ['digits', 'if not x.isdigit():\n    return\nos.system(x)'],
    ['a conversion that passed', 'try:\n    int(x)\nexcept ValueError:\n    return\nos.system(x)'],
    ['a whole match', "if re.fullmatch(r'[a-z]+', x):\n    os.system(x)"],
    ['an anchored match', "if not re.match(r'^[\\w.-]+$', x):\n    return\nos.system(x)"],
    ['a match that is not None', "if re.match(r'^[a-z]+$', x) is None:\n    return\nos.system(x)"],
    ['a match that was kept', "found = re.match(r'^[a-z]+$', x)\nif found:\n    os.system(x)"],
    ['a number type', 'if isinstance(x, int):\n    os.system(x)'],
    ['emptiness', 'if not x:\n    os.system(x)'],
    ['both of two', "if x and x in ('a', 'b'):\n    os.system(x)"],
    ['either of two', "if x not in ('a', 'b') and x != 'c':\n    return\nos.system(x)"],
    ['a ternary', "os.system(x if x in ('a', 'b') else 'c')"],
    ['continue', "for y in [x]:\n    if y not in ('a', 'b'):\n        continue\n    os.system(y)"],
    ['an exit', "if x not in ('a', 'b'):\n    sys.exit(1)\nos.system(x)"],
    ['another name of it', "y = x\nif y in ('a', 'b'):\n    os.system(x)"],
  ])('%s', (_, body) => expect(reaches(body)).toBe(false));

  it('of a module', () => {
    expect(reaches('if x in ALLOWED:\n    os.system(x)', "ALLOWED = ('a', 'b')")).toBe(false);
    expect(reaches('if NAME.match(x):\n    os.system(x)', "NAME = re.compile('^[a-z]+$')")).toBe(false);
  });

  it('in a function of its own', () => {
    const yes = "def good(y):\n    return y in ('a', 'b')\n";
    expect(reaches('if good(x):\n    os.system(x)', yes)).toBe(false);
    const ensure = "def ensure(y):\n    if y not in ('a', 'b'):\n        raise ValueError(y)\n";
    expect(reaches('ensure(x)\nos.system(x)', ensure)).toBe(false);
    const clean = "def clean(y):\n    return y if y.isalnum() else ''\n";
    expect(reaches('os.system(clean(x))', clean)).toBe(false);
    const fail = 'def fail(text):\n    raise ValueError(text)\n';
    expect(reaches("if x not in ('a', 'b'):\n    fail('no')\nos.system(x)", fail)).toBe(false);
  });
});

describe('checks that do not', () => {
  it.each([
    ['the wrong branch', "if x in ('a', 'b'):\n    pass\nelse:\n    os.system(x)"],
    ['no way out', "if x not in ('a', 'b'):\n    print('no')\nos.system(x)"],
    ['another value', "y = request.args['y']\nif y in ('a', 'b'):\n    os.system(x)"],
    ['before a new value', "if x in ('a', 'b'):\n    x = request.args['y']\n    os.system(x)"],
    ['a part of a text', "if x in 'abc':\n    os.system(x)"],
    ['the other way round', "if ';' not in x:\n    os.system(x)"],
    ['one of two', "if x or x in ('a', 'b'):\n    os.system(x)"],
    ['an open match', "if re.match(r'[a-z]+', x):\n    os.system(x)"],
    ['a search', "if re.search(r'[a-z]+$', x):\n    os.system(x)"],
    ['a match of anything', "if re.fullmatch(r'.+', x):\n    os.system(x)"],
    ['a match with signs of the shell', "if re.fullmatch(r'[a-z;|]+', x):\n    os.system(x)"],
    ['an alternative that is open', "if re.match(r'^a|b$', x):\n    os.system(x)"],
    ['a caught conversion', 'try:\n    int(x)\nexcept ValueError:\n    pass\nos.system(x)'],
    ['a text type', 'if isinstance(x, str):\n    os.system(x)'],
    ['a collection from outside', "if x in request.args.getlist('y'):\n    os.system(x)"],
    ['a loop that leaves', "while x not in ('a', 'b'):\n    break\nos.system(x)"],
  ])('%s', (_, body) => expect(reaches(body)).toBe(true));
});

describe('branches that never run', () => {
  it.each([
    ['arithmetic', "n = 86\nif 7 * 42 - n > 200:\n    y = 'a'\nelse:\n    y = x\nos.system(y)", false],
    [
      'arithmetic, the other',
      "n = 106\nif 7 * 18 + n > 200:\n    y = x\nelse:\n    y = 'a'\nos.system(y)",
      true,
    ],
    [
      'a match of a sign',
      "match 'ABC'[1]:\n    case 'A':\n        y = x\n    case _:\n        y = 'b'\nos.system(y)",
      false,
    ],
    ['after an endless loop', 'while True:\n    pass\nos.system(x)', false],
  ])('%s', (_, body, expected) => expect(reaches(body)).toBe(expected));
});
