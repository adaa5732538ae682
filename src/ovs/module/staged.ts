import { type Node, type Step, step } from '../../playbook/index.ts';
import { sh } from '../../shell/index.ts';
import { isCompiled } from './artifact.ts';
import type { ModuleBuild } from './build.ts';
import { type Certificate, signingCertificate } from './certificate.ts';
import type { ModuleChoice, ModuleParams } from './choice.ts';
import { withModules } from './libraries.ts';

/** In a directory of their own, where nothing finds them yet. */
const unpacked = (build: ModuleBuild): Step => {
  const archive = `/var/cache/ovsfleet/artifacts/${build.id}.tar`;
  return step(`modules ${build.id} are staged`, {
    sends: [
      isCompiled(build)
        ? { from: { artifact: build.id }, remote: archive }
        : { from: { file: build.source.file }, remote: archive, sha256: build.source.sha256 },
    ],
    read: withModules(sh`ovs_module_staged ${build.directory}`),
    want: build.id,
    make: withModules(sh`ovs_module_stage ${archive} ${build.directory} ${build.kernel}`),
  });
};

/**
 * Signed with the operator's key, which goes to the host into memory that a reboot clears, and is removed as soon as it was
 * used. Needs the kernel's sign-file, of its headers, or kmodsign. Signed by another key, they are signed again.
 */
const signed = (build: ModuleBuild, params: ModuleParams, { fingerprint }: Certificate): Step => {
  const key = '/run/ovsfleet/sign.key';
  const cert = '/run/ovsfleet/sign.cert';
  return step(`modules ${build.id} are signed`, {
    sends: [
      { from: { file: params.sign_key }, remote: key, mode: '0600' },
      { from: { file: params.sign_cert }, remote: cert, mode: '0600' },
    ],
    read: withModules(sh`ovs_modules_signed ${build.directory} ${fingerprint}`),
    want: 'yes',
    make: withModules(sh`
      ovs_modules_sign ${build.directory} ${key} ${cert} ${fingerprint}
      code=$?
      rm -f ${key} ${cert}
      exit "$code"
    `),
  });
};

/** The modules of a build are on the host, beside what it uses; nothing where the kernel's own module is wanted. */
export const modulesStaged = (choice: ModuleChoice, params: ModuleParams): readonly Node[] => {
  if (choice.kind === 'in-tree') return [];
  const certificate = signingCertificate(params);
  const staged = unpacked(choice.build);
  return certificate === null ? [staged] : [staged, signed(choice.build, params, certificate)];
};
