import { type Step, step } from '../playbook/index.ts';
import { type Script, sh, using } from '../shell/index.ts';
import { absolute, type Named } from './attributes.ts';

type Running = {
  readonly state: 'running';
  /**
   * Files that it must have been started after: when one was changed since, it is restarted. Say it in place of a
   * handler: a fact is still true after a crash.
   */
  readonly config?: readonly string[];
};
type Stopped = { readonly state: 'stopped'; readonly config?: never };
type Untouched = { readonly state?: never; readonly config?: never };
type AtBoot = { readonly enabled: boolean; readonly masked?: never };
type Masked = { readonly masked: true; readonly enabled?: never };
type AnyBoot = { readonly enabled?: never; readonly masked?: never };

/** At least one of what it does now and what it does at boot; what is masked cannot run. */
export type ServiceOptions = Named &
  (((Running | Stopped | Untouched) & AtBoot) | ((Running | Stopped) & AnyBoot) | (Stopped & Masked));

const withService = (script: Script): Script => using(['op-files', 'op-service'], script);

const bootOf = ({ enabled, masked }: ServiceOptions): string => {
  if (masked === true) return 'masked';
  if (enabled === undefined) return '';
  return enabled ? 'enabled' : 'disabled';
};

/**
 * A service runs or does not, now and at boot: a unit of systemd, or a script of /etc/init.d on a host without systemd. Give it
 * `within` when it takes time to settle.
 */
export const service = (name: string, options: ServiceOptions & { readonly within?: string }): Step => {
  const { state = '', config = [], title = `service ${name}`, within } = options;
  for (const file of config) absolute(file, title);
  const boot = bootOf(options);
  const want = {
    ...(state === '' ? {} : { state }),
    ...(boot === '' ? {} : { boot }),
    ...(config.length === 0 ? {} : { config: 'as it is running' }),
  };
  return step(title, {
    read: withService(sh`op_service ${name} ${Object.keys(want).join(' ')} ${config}`),
    want,
    make: withService(sh`op_keep_service ${name} && op_make_service ${name} ${state} ${boot} ${config}`),
    // Undone, a service would run by files that were put back after it was started: it could not read as it did.
    ...(config.length > 0 ? {} : { undo: withService(sh`op_service_back ${name}`) }),
    ...(within === undefined ? {} : { within }),
  });
};
