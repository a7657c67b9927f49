import { describe, expect, it } from 'vitest';
import { loadLibrary } from '../../../server/src/library/load';
import { SecretEvidence, wordsOf } from '../../../server/src/library/secret-words';

const words = loadLibrary().library.secretWords;

describe('words of an identifier', () => {
  it.each([
    ['adminPassword', 'admin password'],
    ['ADMIN_PASSWORD', 'admin password'],
    ['X-Auth-Token', 'x auth token'],
    ['APIKey', 'api key'],
    ['__secret', 'secret'],
  ])('%s: %s', (name, expected) => {
    expect(wordsOf(name).join(' ')).toBe(expected);
  });
});

describe('names of secrets', () => {
  it.each([
    'password',
    'admin_password',
    'adminPass',
    'db_passwd',
    'api_key',
    'apiKey',
    'client_secret',
    'PRIVATE_KEY',
    'auth_token',
    'passphrase',
    'password2',
    'os_password',
  ])('%s is plain', (name) => expect(words.judge(name)).toBe(SecretEvidence.Plain));
  it.each(['token', 'my_token', 'Authorization'])('%s is likely', (name) =>
    expect(words.judge(name)).toBe(SecretEvidence.Likely),
  );
  it.each([
    'token_count',
    'password_hash',
    'key_id',
    'public_key',
    'tokenizer',
    'secret_name',
    'secret_id',
    'secret_ref',
    'password_field',
    'password_prompt',
    'max_tokens',
    'token_type',
    'token_url',
    'has_password',
    'use_token',
    'password_required',
    'next_page_token',
    'password_length',
    'className',
    'compass',
    'bypass',
    'monkey',
    'keyboard',
    'passthrough',
    'certificate',
    'token_expiry',
    'encrypted_password',
    'secretary',
    'password_reset',
    '',
    '_',
    'x',
  ])('%s is none', (name) => expect(words.judge(name)).toBe(SecretEvidence.None));
});
