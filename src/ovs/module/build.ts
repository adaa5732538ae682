import { createHash } from 'node:crypto';
import type { Facts } from '../../model/facts.ts';
import { type Buildable, platformOf } from '../../playbook/index.ts';

/** What a build of kernel modules is made of. */
export interface ModuleSource {
  /**
   * `release`: the directory datapath of a release up to 2.17. `kernel`: the directory net/openvswitch of a kernel's
   * source. `built`: the modules themselves, compiled somewhere else for this very kernel.
   */
  readonly from: 'release' | 'kernel' | 'built';
  /** A tarball on the controller. */
  readonly file: string;
  /** Of the tarball. */
  readonly sha256: string;
}

/** How modules are compiled, where it is said. */
export interface ModuleCompilation {
  /** Directory of the kernel's build on the builders; '' for /lib/modules/KERNEL/build. */
  readonly headers: string;
  /** More options of configure (`release`), or variables of make (`kernel`). */
  readonly options: readonly string[];
  /** Architecture of the builders; '' where it is the hosts'. */
  readonly crossFrom: string;
}

/** Kernel modules from one source for one kernel. */
export interface ModuleBuild extends Buildable, ModuleCompilation {
  readonly source: ModuleSource;
  /** `uname -r` of the hosts that it is for. */
  readonly kernel: string;
  /** Where it is on every host: /opt/ovsfleet/modules/ID. */
  readonly directory: string;
}

const modules = '/opt/ovsfleet/modules';

/** The build of that source for a host's kernel. A module fits no other kernel, so its release is a part of the id. */
export const moduleBuild = (source: ModuleSource, how: ModuleCompilation, facts: Facts): ModuleBuild => {
  const { headers, options, crossFrom } = how;
  const own = headers === '' && options.length === 0 ? [] : [headers, ...options];
  const digest = createHash('sha256')
    .update(JSON.stringify([source.from, source.sha256, platformOf(facts), facts.kernel, ...own]))
    .digest('hex');
  const id = `${source.from}-${digest.slice(0, 10)}`;
  const platform = platformOf(crossFrom === '' ? facts : { ...facts, arch: crossFrom });
  return { id, platform, source, kernel: facts.kernel, directory: `${modules}/${id}`, headers, options, crossFrom };
};
