// The product's version, from the manifest that lies beside the bundles.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version, such as `1.2.3`. */
export function productVersion(): string {
  const manifest = readFileSync(join(__dirname, '..', 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
