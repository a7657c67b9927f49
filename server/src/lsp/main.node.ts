// The entry of the language server in Node.

import { version } from '../../package.json';
import { startNodeServer } from './node-server';

startNodeServer(version);
