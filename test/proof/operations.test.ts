import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  aptRepository,
  aptSourceLine,
  type FileServer,
  type Lab,
  layerDebs,
  removeLab,
  serveFiles,
} from '../../src/lab/index.ts';
import { bringUp, ownName, say } from '../lab/support/bring-up.ts';
import { writePlaybook } from '../lab/support/documented.ts';
import { type Controller, controller, eventsOf, outcomes, reasonOf } from '../lab/support/product.ts';

const NAME = ownName('proof-operations');
const HOST = 'ssh001';

const log = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/**
 * Two releases of one package and one that needs it, and a repository of them that dnf and zypper are told of. Debian's rpm
 * would keep its database in the home directory, where zypper does not look; rpm's own place is that of hosts of rpm.
 */
const rpms = `
  set -e
  mkdir -p /srv/rpms /etc/yum.repos.d /etc/zypp/repos.d /etc/rpm /tmp/specs && cd /tmp/specs
  printf '%%_dbpath /var/lib/rpm\n' >/etc/rpm/macros
  spec() {
    printf 'Name: %s\\nVersion: %s\\nRelease: 1\\nSummary: for a lab\\nLicense: none\\nBuildArch: noarch\\n%s\\n%%description\\nfor a lab\\n' "$1" "$2" "$3" >"$1-$2.spec"
    printf '%%install\\nmkdir -p %%{buildroot}/usr/share\\necho %s >%%{buildroot}/usr/share/%s\\n%%files\\n/usr/share/%s\\n' "$2" "$1" "$1" >>"$1-$2.spec"
    rpmbuild -bb --define '_rpmdir /srv/rpms' --define '_build_name_fmt %{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}.rpm' "$1-$2.spec" >/tmp/rpmbuild.log 2>&1
  }
  spec fleet-base 1.0 ''
  spec fleet-base 1.1 ''
  spec fleet-top 2.0 'Requires: fleet-base'
  createrepo_c -q /srv/rpms
  printf '[lab]\\nname=lab\\nbaseurl=file:///srv/rpms\\nenabled=1\\ngpgcheck=0\\n' >/etc/yum.repos.d/lab.repo
  printf '[lab]\\nname=lab\\nbaseurl=dir:/srv/rpms\\nenabled=1\\ngpgcheck=0\\nautorefresh=1\\ntype=rpm-md\\n' >/etc/zypp/repos.d/lab.repo
`;

describe('packages of rpm, by the real dnf and the real zypper', () => {
  let lab: Lab;
  let server: FileServer;
  let operator: Controller;

  beforeAll(async () => {
    lab = await bringUp(NAME, { ssh: 1 });
    operator = await controller(lab, 'operator');
    const www = join(lab.directory, 'www');
    await aptRepository(www, await layerDebs('rpmdebs', { log }));
    server = await serveFiles(lab, www);
    await say(lab, HOST, `echo '${aptSourceLine(server.url)}' >/etc/apt/sources.list`);
    const tools = await writePlaybook(
      operator.directory,
      'tools',
      "ops.package(['dnf', 'zypper', 'rpm', 'createrepo-c'], { manager: 'apt' })",
    );
    const ended = await operator.run(['run', tools]);
    expect(outcomes(ended.events), ended.stderr + reasonOf(ended.events, HOST)).toEqual({ [HOST]: 'changed' });
    await say(lab, HOST, rpms);
  });
  afterAll(async () => {
    await server?.close();
    await removeLab(NAME);
  });

  const made = async (name: string, steps: string): Promise<readonly string[]> => {
    const file = await writePlaybook(operator.directory, name, steps);
    const [first, second] = [await operator.run(['run', file]), await operator.run(['run', file])];
    const said = [HOST, reasonOf(first.events, HOST), reasonOf(second.events, HOST), first.stderr].join(' ');
    expect([outcomes(first.events)[HOST], outcomes(second.events)[HOST]], said).toEqual(['changed', 'current']);
    return eventsOf(first.events, 'step.finished').flatMap(({ changes }) =>
      changes.map(({ key, before, after }) => `${key} ${before} → ${after}`),
    );
  };
  const installed = (): Promise<string> => say(lab, HOST, 'rpm -qa | sort | tr "\\n" " "');

  test.each(['dnf', 'zypper'])('%s installs what is needed, and takes it away', async (manager) => {
    expect(await made(`${manager}-in`, `ops.package('fleet-top', { manager: '${manager}' })`)).toEqual([
      'fleet-top absent → present',
    ]);
    expect(await installed()).toBe('fleet-base-1.1-1.noarch fleet-top-2.0-1.noarch');
    expect(
      await made(`${manager}-out`, `ops.noPackage(['fleet-top', 'fleet-base'], { manager: '${manager}' })`),
    ).toEqual(expect.arrayContaining(['fleet-top present → absent', 'fleet-base present → absent']));
    expect(await installed()).toBe('');
  });

  test.each([
    ['dnf', '1.0-*'],
    ['zypper', '1.0-1'],
  ])('%s goes up and down to the version that is wanted', async (manager, back) => {
    const version = (name: string, wanted: string): Promise<readonly string[]> =>
      made(`${manager}-${name}`, `ops.package('fleet-base', { version: '${wanted}', manager: '${manager}' })`);
    expect(await version('old', '1.0')).toEqual(['fleet-base absent → 1.0']);
    expect(await version('new', '1.1-1')).toEqual(['fleet-base 1.0-1 → 1.1-1']);
    expect(await version('back', back)).toEqual([`fleet-base 1.1-1 → ${back}`]);
    await made(`${manager}-end`, `ops.noPackage('fleet-base', { manager: '${manager}' })`);
  });

  test('zypper holds a package, and lets it go', async () => {
    expect(await made('held', "ops.package('fleet-base', { hold: 'held', manager: 'zypper' })")).toEqual([
      'fleet-base absent → present',
      'fleet-base.hold free → held',
    ]);
    expect(await made('free', "ops.package('fleet-base', { hold: 'free', manager: 'zypper' })")).toEqual([
      'fleet-base.hold held → free',
    ]);
  });
});
