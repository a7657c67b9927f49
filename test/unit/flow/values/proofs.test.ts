// What tests of a text prove for the sinks that look at its form: paths, redirects, queries, code.
import { describe, expect, it } from 'vitest';
import { flows } from './example';

function reaches(kind: string, body: string, before = ''): boolean {
  const lines = body.split('\n').map((line) => `    ${line}`);
  const text = `import os, pathlib, html, urllib.parse\nfrom flask import Flask, request, redirect\n${before}\napp = Flask(__name__)\n@app.route('/x')\ndef handler():\n    x = request.args['x']\n${lines.join('\n')}\n`;
  return flows(text, kind).length > 0;
}

describe('paths', () => {
  it.each([
    ['as it is', "open('/srv/' + x)", true],
    ['joined', "open(os.path.join('/srv', x))", true],
    ['joined by pathlib', "(pathlib.Path('/srv') / x).read_text()", true],
    ['a bare name', "open('/srv/' + os.path.basename(x))", false],
    ['the last part', "open('/srv/' + pathlib.Path(x).name)", false],
    [
      'normalized, then checked',
      "p = os.path.abspath('/srv/' + x)\nif p.startswith('/srv/'):\n    open(p)",
      false,
    ],
    [
      'checked, then normalized',
      "p = '/srv/' + x\nif p.startswith('/srv/'):\n    open(os.path.abspath(p))",
      true,
    ],
    ['only normalized', "open(os.path.abspath('/srv/' + x))", true],
    ['what was checked by its text', "if os.path.realpath(x).startswith('/srv/'):\n    open(x)", false],
    [
      'relative to',
      "p = pathlib.Path('/srv', x).resolve()\nif not p.is_relative_to('/srv'):\n    return\np.read_text()",
      false,
    ],
    [
      'the text of a resolved path',
      "b = pathlib.Path('/srv')\np = (b / x).resolve()\nif str(p).startswith(str(b)):\n    p.read_text()",
      false,
    ],
    [
      'a common path',
      "p = os.path.realpath('/srv/' + x)\nif os.path.commonpath(['/srv', p]) == '/srv':\n    open(p)",
      false,
    ],
    ['nothing upwards, behind a directory', "if '..' in x:\n    return\nopen(f'/srv/{x}')", false],
    ['nothing upwards, but maybe absolute', "if '..' in x:\n    return\nopen(os.path.join('/srv', x))", true],
    [
      'nothing upwards and not absolute',
      "if '..' in x or x.startswith('/'):\n    return\nopen(os.path.join('/srv', x))",
      false,
    ],
    [
      'nothing upwards and not absolute, by name',
      "if '..' in x or os.path.isabs(x):\n    return\nopen(os.path.join('/srv', x))",
      false,
    ],
    ['no separator', "if '/' in x:\n    return\nopen(os.path.join('/srv', x))", false],
    ['a separator replaced', "open(os.path.join('/srv', x.replace('/', '_')))", false],
    ['dots replaced once', "open('/srv/' + x.replace('../', ''))", true],
    ['decoded after the check', "if '..' in x:\n    return\nopen('/srv/' + urllib.parse.unquote(x))", true],
    [
      'after a branch that always runs',
      "y = 'a'\nif 1 + 1 == 2:\n    y = x\nif '..' in y:\n    return\nopen('/srv/' + y)",
      false,
    ],
  ])('%s', (_, body, expected) => expect(reaches('path', body)).toBe(expected));
});

describe('redirects', () => {
  it.each([
    ['as it is', 'return redirect(x)', true],
    ['a host that is a name only', "return redirect('https://example.com' + x)", true],
    [
      'the host is one of ours',
      "if urllib.parse.urlparse(x).netloc in ('a.example', 'b.example'):\n    return redirect(x)",
      false,
    ],
    [
      'the host is that of the request',
      'u = urllib.parse.urlparse(x)\nif u.netloc != request.host:\n    return\nreturn redirect(x)',
      false,
    ],
    [
      'a path of this host',
      "if x.startswith('/') and not x.startswith('//'):\n    return redirect(x)",
      false,
    ],
    ['a path, or a host', "if x.startswith('/'):\n    return redirect(x)", true],
    ['no host', 'if urllib.parse.urlparse(x).netloc:\n    return\nreturn redirect(x)', false],
    [
      'another address is checked',
      "if urllib.parse.urlparse(request.args['y']).netloc == 'a.example':\n    return redirect(x)",
      true,
    ],
    [
      'joined to the own one, then checked',
      't = urllib.parse.urljoin(request.host_url, x)\nif urllib.parse.urlparse(t).netloc == request.host:\n    return redirect(t)',
      false,
    ],
  ])('%s', (_, body, expected) => expect(reaches('redirect', body)).toBe(expected));
});

describe('quotes', () => {
  it.each([
    ['none, within quotes', `if "'" in x:\n    return\nroot.xpath(f"//a[@b='{x}']")`, false],
    ['none, without quotes', `if "'" in x:\n    return\nroot.xpath(f"//a[{x}]")`, true],
    ['the other kind', `if "'" in x:\n    return\nroot.xpath(f'//a[@b="{x}"]')`, true],
    ['replaced', `root.xpath("//a[@b='%s']" % x.replace("'", '&apos;'))`, false],
    [
      'written piece by piece',
      `s = io.StringIO()\ns.write("//a[@b='")\ns.write(x)\ns.write("']")\nroot.xpath(s.getvalue())`,
      true,
    ],
  ])('%s', (_, body, expected) =>
    expect(reaches('xpath', body, "import io, lxml.etree\nroot = lxml.etree.parse('a.xml')")).toBe(expected),
  );

  it('one literal and nothing else', () => {
    const check = (end: string) =>
      `if not x.startswith("'") or not x.endswith("'") or "'" in ${end}:\n    return\neval(x)`;
    expect(reaches('code', check('x[1:-1]'))).toBe(false);
    expect(reaches('code', check('x[2:-1]'))).toBe(true);
  });
});

describe('pages', () => {
  it.each([
    ['a text', "return 'a' + x", true],
    ['escaped', 'return html.escape(x)', false],
    ['escaped, then decoded', 'return html.unescape(html.escape(x))', true],
    ['a mapping', "return {'a': x}", false],
    ['a header', "return 'a', {'X-A': x}", false],
    ['a plain text', "return x, 200, {'Content-Type': 'text/plain'}", false],
    ['a sign at a time', "out = ''\nfor c in x:\n    out += c if c.isalnum() else '_'\nreturn out", false],
  ])('%s', (_, body, expected) => expect(reaches('html', body)).toBe(expected));

  it('a method that hands a mapping on', () => {
    const text = (given: string) =>
      `import tornado.web\nclass Base(tornado.web.RequestHandler):\n    def send(self, chunk):\n        self.write(chunk)\nclass Show(Base):\n    def get(self):\n        x = self.get_argument('x')\n        self.send(${given})\n`;
    expect(flows(text("'a' + x"), 'html')).toHaveLength(1);
    expect(flows(text("{'a': x}"), 'html')).toHaveLength(0);
  });

  it('a route of an application that came in', () => {
    const text = `from flask import request\ndef init(app):\n    @app.route('/a')\n    def show():\n        return 'a' + request.args['x']\n`;
    expect(flows(text, 'html')).toHaveLength(1);
  });

  it('its own route is no data from outside', () => {
    const text = (route: string) =>
      `from flask import Flask, request\napp = Flask(__name__)\n@app.route('${route}')\ndef show(**_):\n    return 'a' + request.path.split('/')[1]\n`;
    expect(flows(text('/a/b'), 'html')).toHaveLength(0);
    expect(flows(text('/a/<name>'), 'html')).toHaveLength(1);
  });
});
