// Brings the built-in data files and a project's own knowledge together.
// Decides the order (the project's own wins) and refuses data that does not have the form of `schema.json`.

import archives from './data/archives.json';
import code from './data/code.json';
import commands from './data/commands.json';
import containers from './data/containers.json';
import crypto from './data/crypto.json';
import frameworks from './data/frameworks.json';
import headers from './data/headers.json';
import html from './data/html.json';
import ldap from './data/ldap.json';
import locks from './data/locks.json';
import loggers from './data/loggers.json';
import modules from './data/modules.json';
import namesSent from './data/names-sent.json';
import nosql from './data/nosql.json';
import objects from './data/objects.json';
import passthrough from './data/passthrough.json';
import paths from './data/paths.json';
import patterns from './data/patterns.json';
import redirects from './data/redirects.json';
import reflection from './data/reflection.json';
import resources from './data/resources.json';
import roots from './data/roots.json';
import secrets from './data/secrets.json';
import serialization from './data/serialization.json';
import sessions from './data/sessions.json';
import sources from './data/sources.json';
import sql from './data/sql.json';
import templates from './data/templates.json';
import threads from './data/threads.json';
import urls from './data/urls.json';
import xml from './data/xml.json';
import xpath from './data/xpath.json';
import { Library } from './library';
import type { LibraryData } from './schema';
import { validate } from './validate';

/** The built-in files by name, in the order in which they are merged. */
export const builtinFiles: Readonly<Record<string, unknown>> = {
  locks,
  threads,
  roots,
  containers,
  loggers,
  commands,
  sources,
  passthrough,
  resources,
  modules,
  secrets,
  sql,
  code,
  crypto,
  ldap,
  objects,
  redirects,
  serialization,
  sessions,
  xml,
  xpath,
  archives,
  headers,
  'names-sent': namesSent,
  nosql,
  patterns,
  reflection,
  templates,
  urls,
  frameworks,
  html,
  paths,
};

/** A library, and what was wrong with the project's own part: such a part is left out as a whole. */
export interface LoadedLibrary {
  readonly library: Library;
  readonly problems: readonly string[];
}

/** The built-in knowledge merged with a project's own (`[tool.airlock.library]`, same form). */
export function loadLibrary(own?: unknown): LoadedLibrary {
  const builtin = Object.values(builtinFiles) as LibraryData[];
  if (own === undefined || own === null) return { library: new Library(builtin), problems: [] };
  const problems = validate(own);
  if (problems.length > 0) return { library: new Library(builtin), problems };
  return { library: new Library(builtin, own as LibraryData), problems };
}
