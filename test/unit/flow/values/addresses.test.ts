// What comes through an address that is taken apart, and through what is read from a stream.
import { describe, expect, it } from 'vitest';
import { flows, reaches } from './example';

const parsing = 'from urllib.parse import parse_qs, urlparse, urlsplit';

describe('parts of an address', () => {
  it.each([
    ['the query', 'os.system(urlparse(x).query)', true],
    ['a value of the query', "os.system(parse_qs(urlsplit(x).query)['a'][0])", true],
    ['the host', 'os.system(urlparse(x).hostname)', true],
    ['the port is a number', 'os.system(str(urlparse(x).port))', false],
    ['the second part by its place', 'os.system(urlsplit(x)[1])', true],
  ])('%s', (_, body, expected) => expect(reaches(body, parsing)).toBe(expected));

  const redirecting = (part: string) =>
    flows(
      `from urllib.parse import urlparse\nfrom flask import redirect, request\ndef go():\n    return redirect(urlparse(request.args['next']).${part})\n`,
      'redirect',
    );

  it('lead somewhere by the host, not by the path', () => {
    expect(redirecting('netloc')).toHaveLength(1);
    expect(redirecting('path')).toHaveLength(0);
  });
});

describe('streams', () => {
  it.each([
    ['a line of the connection', 'self.rfile.readline().decode()'],
    ['some bytes of it', 'self.rfile.read(12).decode()'],
  ])('%s', (_, value) => {
    const text = `import os, socketserver\nclass Handler(socketserver.StreamRequestHandler):\n    def handle(self):\n        os.system(${value})\n`;
    expect(flows(text)).toHaveLength(1);
  });

  it('give what comes over a connection that was accepted', () => {
    const text =
      'import os, socket\ndef serve(port):\n    with socket.socket() as listener:\n        connection, address = listener.accept()\n        os.system(connection.recv(99).decode())\n';
    expect(flows(text)).toEqual(['the socket => connection.recv(99).decode()']);
  });
});
