// Which values are secrets at a log call.
import { describe, expect, it } from 'vitest';
import { tellPath } from '../../../../server/src/rules/flow-words';
import { analyse } from '../example';
import { flows } from './example';

/** Whether a secret reaches the log in a function with these parameters. */
function leaks(body: string, parameters = 'password, other, data'): boolean {
  const lines = body.split('\n').map((line) => `    ${line}`);
  const text = `import hashlib, json, logging, os\nLOG = logging.getLogger(__name__)\ndef f(${parameters}):\n${lines.join('\n')}\n`;
  return flows(text, 'log').length > 0;
}

describe('secrets that are written', () => {
  it.each([
    ['an argument', "LOG.info('%s', password)"],
    ['the message', 'LOG.info(password)'],
    ['a text', "LOG.info(f'a {password}')"],
    ['extra', "LOG.info('a', extra={'p': password})"],
    ['a mapping', "LOG.info('%s', {'a': 1, 'b': password})"],
    ['JSON', 'LOG.info(json.dumps({"b": password}))'],
    ['a key that names it', "LOG.info('%s', data['api_key'])"],
    ['get', "LOG.info('%s', data.get('client_secret'))"],
    ['getattr', "LOG.info('%s', getattr(data, 'admin_password', None))"],
    ['an attribute', "LOG.info('%s', data.auth_token)"],
    ['the environment', "LOG.info('%s', os.environ.get('DB_PASSWORD'))"],
    ['what a function gives', "LOG.info('%s', data.get_password())"],
    ['what the message says', "LOG.info('password: %s', other)"],
    [
      'converted by what is not read',
      'from base import compat, to_text\nLOG.info(to_text(password))\nLOG.info(compat.quote_plus(password))',
    ],
  ])('%s', (_, body) => expect(leaks(body)).toBe(true));
});

describe('what is no secret', () => {
  it.each([
    ['its length', "LOG.info('%d', len(password))"],
    [
      'whether there is one',
      "LOG.info('%s', password is None)\nLOG.info('%s', bool(password), not password)",
    ],
    ['a digest', "LOG.info('%s', hashlib.sha256(password.encode()).hexdigest())"],
    ['masked', "LOG.info('%s', mask(password))"],
    ['replaced', "LOG.info(data.text.replace(password, '***'))"],
    ['some signs of it', "LOG.info('%s...', password[:2])"],
    ['one of its siblings', "LOG.info('%s', {'a': 1, 'b': password}['a'])"],
    ['a member that the message does not name', "LOG.info('%(a)s', {'a': 1, 'b': password})"],
    ['a constant', "token = None\nLOG.info('%s', token)\nsecret = 'secret'\nLOG.info(secret)"],
    ['a truth value', "password = 'password' in data\nLOG.info('%s', password)"],
    ['an object', "LOG.info('%s', other.token)\nprint(other.token.expires_at)"],
    ['a path', "LOG.info('%s', other)\nwith open(other) as private_key:\n    pass"],
    ['taken out before', "d = {'password': password}\nd.pop('password')\nLOG.info('%s', d)"],
    ['what a branch on it decides', "LOG.info('a' if password else 'b')"],
    ['an unknown call with it', "LOG.info('%s', data.post(password))"],
    ['looked up by a method of that name', "LOG.info('%s', data.store.urlencode(password))"],
  ])('%s', (_, body) => expect(leaks(body)).toBe(false));

  it('replaced by a function on the way', () => {
    const text = (mask: string) => `
      import logging
      def show(request):
          logging.info('%s', request['data'])
      def send(request):
          data = request.get('data')
          request['data'] = data.copy()
          ${mask}
          show(request)
      def login(password):
          send({'url': '/', 'data': {'user': 'a', 'password': password}})
    `;
    expect(
      flows(
        text("if 'password' in request['data']:\n              request['data']['password'] = '***'"),
        'log',
      ),
    ).toEqual([]);
    expect(
      flows(text("if 'user' in request['data']:\n              request['data']['user'] = '***'"), 'log'),
    ).toHaveLength(1);
  });

  it('a parameter that got a constant', () => {
    const text = `
      import logging
      def clause(password):
          return 'IDENTIFIED BY ' + password
      def show():
          logging.info(clause('***'))
    `;
    expect(flows(text, 'log')).toEqual([]);
  });
});

describe('fields', () => {
  it('are secret when their name says so and no store says otherwise', () => {
    const text = (store: string) => `
      import logging
      class A:
          def __init__(self, config):
              self.token = ${store}
          def show(self):
              logging.info(self.token)
    `;
    expect(flows(text('config.token'), 'log')).toHaveLength(1);
    expect(flows(text('None'), 'log')).toEqual([]);
  });

  it('carry a secret under another name', () => {
    const text = `
      import logging
      class A:
          def __init__(self, password):
              self.value = password
          def show(self):
              logging.info(self.value)
    `;
    expect(flows(text, 'log')).toEqual(['password => self.value']);
  });
});

describe('loggers', () => {
  it.each([
    [
      'a logger of a module',
      'import logging\nL = logging.getLogger()\ndef f(password):\n    L.debug(password)\n',
      1,
    ],
    ['a renamed function', 'from logging import info as say\ndef f(password):\n    say(password)\n', 1],
    [
      'a subclass',
      'import logging\nclass L(logging.LoggerAdapter):\n    pass\nl = L(None, {})\ndef f(password):\n    l.info(password)\n',
      1,
    ],
    [
      'oslo',
      'from oslo_log import log\nL = log.getLogger(__name__)\ndef f(password):\n    L.info(password)\n',
      1,
    ],
    ['loguru', 'from loguru import logger\ndef f(password):\n    logger.info("{}", password)\n', 1],
    ['by name alone', 'from x import LOG\ndef f(password):\n    LOG.info(password)\n', 1],
    ['print', 'def f(password):\n    print(password)\n', 1],
    ['a method that only sounds like one', 'def f(password, dialog):\n    dialog.info(password)\n', 0],
  ])('%s', (_, text, count) => expect(flows(text, 'log')).toHaveLength(count));
});

describe('the way of a secret', () => {
  const ways = (text: string): string[] => {
    const analysis = analyse({ 'a.py': text });
    return analysis.values.flows
      .filter(({ use }) => use.kind === 'log')
      .flatMap((flow) => tellPath(analysis, flow, 'origin', 'end').map(({ message }) => message));
  };

  it('leads through what it is put into, in the function that is called, too', () => {
    const text = `
      import logging
      def show(headers):
          parts = ['curl']
          for name, value in headers.items():
              parts.append('-H "%s: %s"' % (name, value))
          logging.info(' '.join(parts))
      def send(request, token):
          headers = {'X-Auth-Token': token}
          show(headers)
    `;
    expect(ways(text)).toEqual([
      'origin',
      'It is passed to `show()`.',
      'It is kept in `value`.',
      '`parts.append()` puts it in.',
      'end',
    ]);
  });

  it('is no longer for it', () => {
    const steps = (puts: string) => {
      const analysis = analyse({ 'a.py': `import logging\ndef f(password):\n    parts = []\n${puts}` });
      return analysis.values.flows
        .filter(({ use }) => use.kind === 'log')
        .map((one) => analysis.values.steps(one));
    };
    expect(steps('    parts.append(password)\n    logging.info(parts)\n')).toEqual([1]);
    expect(steps('    logging.info(password)\n')).toEqual([1]);
  });
});
