import { FleetError } from '../../model/error.ts';
import type { Facts } from '../../model/facts.ts';
import { param } from '../../playbook/index.ts';
import { type Pair, verdictOf } from '../compat/index.ts';
import { type ModuleBuild, type ModuleCompilation, moduleBuild } from './build.ts';

/** Whose module a host shall run: one that was built, or the one that its kernel came with. */
export type ModuleChoice =
  | {
      readonly kind: 'ours';
      readonly build: ModuleBuild;
      /** Why it may come to nothing; null where somebody has seen it run, or nobody can say. */
      readonly unproven: string | null;
    }
  | {
      readonly kind: 'in-tree';
      /** Why it is not the one that was wanted first; null where it was asked for. */
      readonly because: string | null;
    };

/** The parameters that say which kernel module is wanted and what it is made of. */
export const moduleParams = {
  module: param.oneOf("kernel module to run: built (ours), the kernel's own (in-tree), or built where it can be had", [
    'ours',
    'in-tree',
    'ours-else-in-tree',
  ]),
  module_from: param.oneOf(
    "what is compiled: a release's own module (up to 2.17), the kernel's net/openvswitch; or modules that were built elsewhere",
    ['release', 'kernel', 'built'],
    { default: 'release' },
  ),
  module_source: param.file("tarball of that on this machine; not needed for the kernel's own", { default: '' }),
  module_sha256: param.string('of that tarball', { default: '' }),
  module_headers: param.string(
    "directory of the kernel's build on builders, where it is not /lib/modules/KERNEL/build",
    {
      default: '',
    },
  ),
  module_configure: param.string(
    "more for the compilation, with blanks between: options of a release's configure, such as KARCH=arm64; variables of make for the kernel's own source",
    { default: '' },
  ),
  module_version: param.version('release whose daemons use the module, e.g. 2.17.12', { default: '' }),
  sign_key: param.file('private key (PEM) on this machine to sign the modules with', { default: '' }),
  sign_cert: param.file('its certificate (DER or PEM), which the hosts have enrolled', { default: '' }),
};

export interface ModuleParams {
  readonly module: 'ours' | 'in-tree' | 'ours-else-in-tree';
  readonly module_from: 'release' | 'kernel' | 'built';
  readonly module_source: string;
  readonly module_sha256: string;
  readonly module_headers?: string;
  readonly module_configure?: string;
  readonly module_version: string;
  readonly sign_key: string;
  readonly sign_cert: string;
  /** Architecture of the builders; '' where it is the hosts'. */
  readonly cross_from?: string;
  readonly install_deps?: boolean;
}

const sourceOf = (params: ModuleParams): ModuleBuild['source'] => {
  const { module_from: from, module_source: file, module_sha256: sha256 } = params;
  if (file !== '' && /^[0-9a-f]{64}$/.test(sha256)) return { from, file, sha256 };
  throw new FleetError({
    code: 'ovs.module-source',
    message: `With module=${params.module} it must be said what the module is made of.`,
    remedy: 'Give -e module_source=TARBALL and -e module_sha256=… (sha256sum TARBALL), or take -e module=in-tree.',
  });
};

const compilationOf = (params: ModuleParams): ModuleCompilation => ({
  headers: params.module_headers ?? '',
  options: moduleOptions(params),
  crossFrom: params.cross_from ?? '',
});

/** What would take it away from the kernel that it is for. */
const ownOption = /^(--with-linux|--prefix)(=|$)/;

const moduleOptions = ({ module_configure: text = '', module_from: from }: ModuleParams): readonly string[] => {
  const options = text.split(/\s+/).filter((word) => word !== '');
  const known = from === 'release' ? /^(--?[\w-]+(=.*)?|[A-Z][A-Z0-9_]*=.*)$/ : /^[A-Z][A-Z0-9_]*=.*$/;
  const wrong = options.find((option) => ownOption.test(option) || !known.test(option));
  if (wrong === undefined) return options;
  throw new FleetError({
    code: 'ovs.module-option',
    message: `${wrong} cannot be given to the compilation of a module here.`,
    remedy: ownOption.test(wrong)
      ? 'Say the directory of the kernel with -e module_headers=DIRECTORY.'
      : "Write options of configure such as KARCH=arm64 --host=aarch64-linux-gnu for a release's module, and variables of make such as ARCH=arm64 for a kernel's.",
  });
};

/** Throws `ovs.sign` when only one of key and certificate is given. */
export const signs = ({ sign_key: key, sign_cert: cert }: ModuleParams): boolean => {
  if ((key === '') === (cert === '')) return key !== '';
  throw new FleetError({
    code: 'ovs.sign',
    message: 'Signing needs both a key and its certificate, and only one of them is given.',
    remedy: 'Give -e sign_key=FILE and -e sign_cert=FILE, or neither.',
  });
};

const enforced =
  'this kernel loads signed modules alone, and there is no key to sign with (Linux, Documentation/admin-guide/module-signing.rst)';

/**
 * Which module a host gets, decided before anything is changed: by what its facts and the table of releases and kernels
 * say. Throws `ovs.module-unfit` where `ours` was wanted and cannot be had there, with what can.
 */
export const moduleChoice = (params: ModuleParams, facts: Facts): ModuleChoice => {
  if (params.module === 'in-tree') return { kind: 'in-tree', because: null };
  const source = sourceOf(params);
  const build = moduleBuild(source, compilationOf(params), facts);
  const either = params.module === 'ours-else-in-tree';
  // Modules that were built elsewhere may have their signature. Where there is no other way, the host itself is asked.
  const unsigned = either && facts.signatures === 'enforced' && source.from !== 'built' && !signs(params);
  // Only a release has a table: what was made of the kernel's own source, or for it, fits it.
  if (source.from !== 'release')
    return unsigned ? { kind: 'in-tree', because: enforced } : { kind: 'ours', build, unproven: null };
  if (params.module_version === '') {
    throw new FleetError({
      code: 'ovs.module-version',
      message: "It must be said which release's module that is.",
      remedy: 'Give -e module_version=2.17.12, say.',
    });
  }
  const pair: Pair = {
    version: params.module_version,
    kernel: facts.kernel,
    distro: facts.distro,
    distroVersion: facts.distroVersion,
    module: params.module,
    ssl: 'off',
    dpdk: '',
    signatures: unsigned ? 'enforced' : 'unknown',
    signing: signs(params) ? 'key' : 'no key',
    seen: null,
  };
  // The first is about the module; the others are about its compilation, and asked of a builder.
  const [first] = verdictOf({ ...pair, module: 'ours' }).findings;
  const said = first === undefined ? null : `${first.because} (${first.source})`;
  if (verdictOf(pair).module === 'in-tree') return { kind: 'in-tree', because: said };
  if (first?.is !== 'refused') {
    const likelier =
      first?.is === 'unproven' && first.instead !== null ? `; more likely to work: ${first.instead}` : '';
    return { kind: 'ours', build, unproven: first?.is === 'unproven' ? `${said}${likelier}` : null };
  }
  throw new FleetError({
    code: 'ovs.module-unfit',
    message: `${first.because} (${first.source}).`,
    remedy: `Take ${first.instead}.`,
  });
};
