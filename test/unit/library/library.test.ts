import { describe, expect, it } from 'vitest';
import { builtinFiles, loadLibrary } from '../../../server/src/library/load';
import { validate } from '../../../server/src/library/validate';

describe('the data files', () => {
  for (const [name, data] of Object.entries(builtinFiles)) {
    it(`${name} has the form of the schema`, () => {
      expect(validate(data)).toEqual([]);
    });
  }
});

describe('paths', () => {
  const { library } = loadLibrary();

  it.each([
    ['logging.getLogger().info', 'logging.Logger.info'],
    ['logging.getLogger().getChild().info', 'logging.Logger.info'],
    ['oslo_log.log.getLogger().debug', 'oslo_log.log.KeywordArgumentAdapter.debug'],
    ['builtins.open', 'open'],
    ['eventlet.green.subprocess.Popen', 'subprocess.Popen'],
    ['flask.current_app.logger.info', 'logging.Logger.info'],
    ['sqlite3.connect().cursor().execute', 'sqlite3.Cursor.execute'],
    ['threading.Thread().start', 'threading.Thread.start'],
    ['unknown.make().run', 'unknown.make().run'],
    ['flask.request.args[]', 'flask.Request.args[]'],
    ['os.environ.get', 'os.getenv'],
  ])('%s is %s', (path, canonical) => {
    expect(library.canonical(path)).toBe(canonical);
  });

  it('looks a member up along the bases of its type', () => {
    expect(library.find(library.sinks, 'oslo_log.log.KeywordArgumentAdapter.debug')?.[0]?.kind).toBe('log');
    expect(library.find(library.spawns, 'concurrent.futures.ThreadPoolExecutor.submit')?.kind).toBe('pool');
  });

  it('knows an end and a start of a path', () => {
    expect(library.namedLocks.get('octopus.coordination.synchronized')?.use).toBe('decorator');
    expect(library.passthrough.get('hashlib.sha256')?.from).toEqual([]);
  });
});

describe('knowledge of the project', () => {
  it('wins over the built-in knowledge', () => {
    const { library, problems } = loadLibrary({
      locks: { constructors: { 'acme.Mutex': { kind: 'lock', model: 'thread' } } },
      sinks: { 'os.system': { kind: 'command', arguments: [{ position: 0 }], confidence: 'low' } },
    });
    expect(problems).toEqual([]);
    expect(library.lockConstructors.get('acme.Mutex')?.kind).toBe('lock');
    expect(library.lockConstructors.get('threading.Lock')?.kind).toBe('lock');
    expect(library.sinks.get('os.system')?.[0]?.confidence).toBe('low');
  });

  it('is left out as a whole, with the reason, when it has another form', () => {
    const { library, problems } = loadLibrary({
      locks: { constructors: { 'acme.Mutex': { kind: 'mutex' } } },
    });
    expect(library.lockConstructors.get('acme.Mutex')).toBeUndefined();
    expect(problems.join('\n')).toContain('"model" is missing');
    expect(problems.join('\n')).toContain('"mutex" is not one of lock');
  });
});
