import { describe, expect, it } from 'vitest';
import { parseConfiguration } from '../../../server/src/project/configuration';
import { createEngine } from '../../../server/src/project/engine';
import type { Settings } from '../../../server/src/project/protocol';
import { defaultSettings } from '../../../server/src/project/settings';
import { parser } from '../flow/example';

const program = `
import os
import subprocess
import sys

import requests
from flask import Flask, request

app = Flask(__name__)


@app.route('/a')
def remote():
    os.system('ls ' + request.args['dir'])


def local():
    os.system('ls ' + sys.argv[1])


def address():
    requests.get(sys.argv[1], timeout=1)


def unknown(name):
    subprocess.run('ls ' + name, shell=True)
    subprocess.run('ls /', shell=True)
    subprocess.run(['ls', name])
`;

function findings(settings: Partial<Settings>): string[] {
  const engine = createEngine(parser);
  engine.configure({
    settings: {
      ...defaultSettings,
      minConfidence: 'low',
      preview: true,
      disabled: ['unquoted-in-shell'],
      ...settings,
    },
  });
  engine.setFiles({ files: [{ path: 'app.py', text: program }] });
  const { files } = engine.audit({});
  return files.flatMap((file) =>
    file.findings.map(
      ({ rule, confidence, location }) => `${location.range.start.line + 1} ${rule} ${confidence}`,
    ),
  );
}

describe('trust', () => {
  it('is sure of requests, and suspects what the user of the program says', () => {
    expect(findings({})).toEqual(['14 untrusted-command high', '18 untrusted-command low']);
  });

  it('is sure of every source that is asked for', () => {
    expect(findings({ trust: ['remote', 'local'] })).toEqual([
      '14 untrusted-command high',
      '18 untrusted-command high',
      '22 untrusted-url high',
    ]);
    expect(findings({ trust: ['local'] })).toContain('14 untrusted-command low');
  });

  it('is checked in a configuration file', () => {
    const { settings, problems } = parseConfiguration('trust = ["remote", "space"]', 'airlock.toml');
    expect(settings).toEqual({});
    expect(problems[0]?.message).toContain('"remote", "message", "local", "environment", "file"');
  });
});

describe('the audit profile', () => {
  it('adds uses of what is not constant, at low confidence', () => {
    const added = findings({ profile: 'audit' }).filter((one) => !findings({}).includes(one));
    expect(added).toEqual(['22 untrusted-url low', '26 untrusted-command low']);
  });
});
