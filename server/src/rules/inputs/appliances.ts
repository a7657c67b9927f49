// Whether a program without any accounts lets everybody who reaches it run its machine: restart it, install what they
// name. Which address such a one has it ask gives them nothing that they lack.

import { decoratorNames } from '../../flow/function-facts';
import type { Analysis } from '../../whole/analysis';
import { knowsAccounts, knowsPeople } from './gates';

const runsMachine =
  /(^|_)(reboot|shut_?down|power_?off|factory_reset|flash|install|uninstall)(_|$)|^(restart|upgrade|update)_(system|service|server|firmware|host|self)/;

/** Whether handlers of a program do such things, and nobody is asked who they are. */
export function isAppliance(analysis: Analysis): boolean {
  const { program } = analysis;
  const runs = program.files.some((file) => {
    if (file.isTest) return false;
    return file.source.codes.some((_, index) => {
      const scope = program.scopeOf(file, index);
      return runsMachine.test(scope.name) && decoratorNames(program, scope).some((name) => route.test(name));
    });
  });
  return runs && !knowsAccounts(analysis) && !knowsPeople(analysis);
}

const route = /\.(route|get|post|put|patch|delete|api_route)$/;
