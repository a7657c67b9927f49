// What is too weak for a secret, and where it serves as one.
import { describe, expect, it } from 'vitest';
import { flows } from './example';

const served = (body: string) =>
  ['secret-use', 'secret-use-predictable', 'secret-use-digest'].flatMap((kind) =>
    flows(`import random, hashlib, base64\nfrom flask import request, session\n${body}`, kind),
  );

describe('predictable numbers', () => {
  it.each([
    ['a password', 'password = random.choice(words)', 1],
    ['a field', 'def f(a):\n    a.api_token = str(random.random())', 1],
    ['a key of a mapping', "d = {'session_id': random.getrandbits(64)}", 1],
    ['a keyword', 'def f(make):\n    make(password=random.choice(words))', 1],
    ['a result', 'def generate_token():\n    return random.randbytes(8).hex()', 0],
    ['the result of a maker', 'def generate_reset_token():\n    return random.randbytes(8).hex()', 1],
    ['through a function', 'def rnd():\n    return random.random()\ndef f(a):\n    a.session_key = rnd()', 1],
    ['the system’s generator', 'password = random.SystemRandom().choice(words)', 0],
    [
      'something beside it',
      "def f(k):\n    d = {}\n    d[k] = random.random()\n    password = d['password']",
      0,
    ],
    ['a delay', 'delay = random.uniform(1, 2)', 0],
    ['a server', 'def f(token):\n    return random.choice(servers).get(token)', 0],
  ])('%s', (_, body, count) => expect(served(body)).toHaveLength(count));

  it('what a request must match, stored before or after', () => {
    const text = (order: string) =>
      `known = {}\ndef handler(k):\n${order === 'before' ? '    known[k] = random.random()\n' : ''}    if request.cookies.get(k) == known[k]:\n        return True\n${order === 'after' ? '    known[k] = random.random()\n' : ''}`;
    expect(served(text('after')).length).toBeGreaterThan(0);
    expect(served(text('before')).length).toBeGreaterThan(0);
    expect(served(text('never'))).toHaveLength(0);
  });
});

describe('digests', () => {
  it.each([
    ['of a password', 'password_hash = hashlib.md5(data).hexdigest()', 1],
    ['by name of the hash', "password_hash = hashlib.new('sha1', data).hexdigest()", 1],
    ['of a strong hash', "password_hash = hashlib.new('sha256', data).hexdigest()", 0],
    ['an etag', 'etag = hashlib.md5(data).hexdigest()', 0],
    ['not for security', 'password_hash = hashlib.md5(data, usedforsecurity=False).hexdigest()', 0],
    [
      'into a file',
      "def f(data):\n    out = open('/srv/passwords.txt', 'a')\n    out.write('h=' + str(base64.b64encode(hashlib.md5(data).digest())))",
      1,
    ],
    [
      'into another file',
      "def f(data):\n    out = open('/srv/checksums.txt', 'a')\n    out.write(hashlib.md5(data).hexdigest())",
      0,
    ],
  ])('%s', (_, body, count) => expect(served(body)).toHaveLength(count));
});
