// Which roots reach which function, and which functions may run at the same time.

import { describe, expect, it } from 'vitest';
import { rootWords } from '../../../server/src/whole/roots';
import { analyse, scopeNamed } from '../flow/example';

const text = `
  import threading
  from http.server import BaseHTTPRequestHandler
  import flask
  app = flask.Flask(__name__)
  class Worker:
      def start(self):
          threading.Thread(target=self._loop).start()
          threading.Timer(1, self._tick).start()
      def _loop(self):
          self._step()
      def _step(self):
          pass
      def _tick(self):
          self._step()
      def stop(self):
          pass
  class Handler(BaseHTTPRequestHandler):
      def do_GET(self):
          answer()
      def other(self):
          pass
  @app.route('/')
  def index():
      answer()
  def answer():
      pass
`;

describe('roots', () => {
  const analysis = analyse(text);
  const of = (name: string) =>
    analysis.roots
      .reaching(scopeNamed(analysis, name).id)
      .map((root) => `${rootWords(root)}${root.many ? ', many' : ''}`);

  it('are what is handed over, what base classes enter, and what decorators register', () => {
    expect(of('Worker._loop')).toEqual(['a thread']);
    expect(of('Worker._tick')).toEqual(['a timer']);
    expect(of('Handler.do_GET')).toEqual(['a handler, many']);
    expect(of('index')).toEqual(['a handler, many']);
  });

  it('reach what they call, and nothing else', () => {
    expect(of('Worker._step')).toEqual(['a thread', 'a timer']);
    expect(of('answer')).toEqual(['a handler, many', 'a handler, many']);
    expect(of('Worker.stop')).toEqual([]);
    expect(of('Handler.other')).toEqual([]);
  });

  it('meet when there are two, or one that runs beside itself', () => {
    const meet = (one: string, other: string) =>
      analysis.roots.mayMeet(scopeNamed(analysis, one).id, scopeNamed(analysis, other).id);
    expect(meet('Worker._loop', 'Worker._tick')).toBe(true);
    expect(meet('Worker._loop', 'Worker._loop')).toBe(false);
    expect(meet('index', 'index')).toBe(true);
    expect(meet('Worker._loop', 'Worker.stop')).toBe(false);
  });
});
