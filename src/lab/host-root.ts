import { randomBytes } from 'node:crypto';
import { access, chmod, chown, copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AGENT_DROP_IN, agentConfig, guestId, portId, stubAnswers } from './agent-files.ts';
import { run } from './command.ts';
import type { Guest, LabHost } from './fleet.ts';
import { hostDir, labDir } from './names.ts';
import { asset } from './paths.ts';
import { TRAITS } from './profile.ts';

/** User and group id of `fleet`, the first ordinary user of the layer `book`. */
const FLEET_ID = 1000;
const LIBRARY = 'usr/local/lib/ovsfleet-lab';

const put = async (root: string, path: string, content: string, mode = 0o644): Promise<void> => {
  const target = join(root, path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, content);
  await chmod(target, mode);
};

const putAsset = async (root: string, name: string, path: string, mode: number): Promise<void> =>
  put(root, path, await readFile(asset(name), 'utf8'), mode);

const putUnit = async (root: string, unit: string): Promise<void> => {
  await putAsset(root, unit, `etc/systemd/system/${unit}`, 0o644);
  const wants = join(root, 'etc/systemd/system/multi-user.target.wants');
  await mkdir(wants, { recursive: true });
  await symlink(`/etc/systemd/system/${unit}`, join(wants, unit));
};

const putIdentity = async (lab: string, host: LabHost, all: readonly LabHost[], root: string): Promise<void> => {
  await put(root, 'etc/hostname', `${host.name}\n`);
  // sudo and ovs-ctl look the host's own name up; without an answer they complain of name resolution.
  const others = all.filter(({ name }) => name !== host.name).map(({ address, name }) => `${address} ${name}`);
  await put(root, 'etc/hosts', `${['127.0.0.1 localhost', `127.0.1.1 ${host.name}`, ...others].join('\n')}\n`);
  // OVS warns when it is not there.
  await put(root, 'etc/resolv.conf', '');
  await put(root, 'etc/machine-id', `${randomBytes(16).toString('hex')}\n`, 0o444);
  const key = await readFile(join(labDir(lab), 'key.pub'), 'utf8');
  await put(root, 'root/.ssh/authorized_keys', key, 0o600);
  await put(root, 'home/fleet/.ssh/authorized_keys', key, 0o600);
  for (const path of ['.ssh', '.ssh/authorized_keys']) await chown(join(root, 'home/fleet', path), FLEET_ID, FLEET_ID);
  for (const path of ['root/.ssh', 'home/fleet/.ssh']) await chmod(join(root, path), 0o700);
  // Fresh for each host: one in the layer would be shared by all.
  const hostKey = join(root, 'etc/ssh/ssh_host_ed25519_key');
  await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', host.name, '-f', hostKey], { limitMs: 60_000 });
};

const putTopology = async (host: LabHost, guest: Guest, root: string): Promise<void> => {
  const settings = {
    WIRING: host.profile === 'agent' ? 'agent' : 'flows',
    MANAGEMENT: TRAITS[host.profile].reachedBy === 'br-ex' ? host.address : '',
    UNDERLAY: guest.underlay,
    REMOTES: guest.remotes.join(' '),
    GUEST_ADDRESS: guest.address,
    GUEST_MAC: guest.mac,
    GUEST_ID: guestId(host),
    PORT_ID: portId(host),
  };
  const text = Object.entries(settings).map(([name, value]) => `${name}='${value}'\n`);
  await put(root, 'etc/ovsfleet-lab/topology.env', text.join(''));
  for (const script of ['devices.sh', 'topology.sh']) await putAsset(root, script, `${LIBRARY}/${script}`, 0o755);
  for (const unit of ['ovsfleet-lab-devices.service', 'ovsfleet-lab-topology.service']) await putUnit(root, unit);
};

const putSourceStart = async (root: string): Promise<void> => {
  await putAsset(root, 'rc-local.sh', `${LIBRARY}/rc-local.sh`, 0o755);
  await putUnit(root, 'ovsfleet-lab-rc-local.service');
};

const putAgent = async (host: LabHost, guest: Guest, root: string): Promise<void> => {
  await putAsset(root, 'agent-with-stub.py', `${LIBRARY}/agent-with-stub.py`, 0o755);
  await put(root, 'etc/neutron/stub.json', stubAnswers(host, guest));
  await put(root, 'etc/neutron/ovsfleet-lab.conf', agentConfig(guest));
  await put(root, 'etc/systemd/system/neutron-openvswitch-agent.service.d/lab.conf', AGENT_DROP_IN);
};

const mountRoot = async (lab: string, host: LabHost, lowerdir: string): Promise<string> => {
  const dir = hostDir(lab, host.name);
  const { diskMegabytes } = TRAITS[host.profile];
  const disk = join(dir, 'disk');
  await mkdir(disk, { recursive: true, mode: 0o755 });
  if (diskMegabytes !== null)
    await run(['mount', '-t', 'tmpfs', '-o', `size=${diskMegabytes}m`, `ovsfleet-lab-${lab}`, disk], {
      limitMs: 60_000,
    });
  const [up, work, root] = [join(disk, 'up'), join(disk, 'wk'), join(dir, 'root')];
  for (const path of [up, work, root]) await mkdir(path, { recursive: true, mode: 0o755 });
  // The upper directory's mode is the mode that "/" has in the host.
  await chmod(up, 0o755);
  const options = `lowerdir=${lowerdir},upperdir=${up},workdir=${work}`;
  await run(['mount', '-t', 'overlay', `ovsfleet-lab-${lab}`, '-o', options, root], { limitMs: 60_000 });
  return root;
};

/** Makes a host's root: the profile's layers below, its own directory above, and in it who it is. */
export const makeRoot = async (
  lab: string,
  host: LabHost,
  all: readonly LabHost[],
  lowerdir: string,
): Promise<void> => {
  const root = await mountRoot(lab, host, lowerdir);
  await putIdentity(lab, host, all, root);
  if (host.guest !== undefined) await putTopology(host, host.guest, root);
  if (host.profile === 'src') await putSourceStart(root);
  if (host.profile === 'agent' && host.guest !== undefined) await putAgent(host, host.guest, root);
  await access(join(root, TRAITS[host.profile].init === 'systemd' ? 'lib/systemd/systemd' : 'usr/sbin/sshd'));
};

/** The line of known_hosts(5) that vouches for a host. */
export const knownHostLine = async (lab: string, host: LabHost): Promise<string> => {
  const key = await readFile(join(hostDir(lab, host.name), 'root/etc/ssh/ssh_host_ed25519_key.pub'), 'utf8');
  return `${host.address} ${key.split(' ').slice(0, 2).join(' ')}`;
};

/** Copies the shell program that keeps a host to where it outlives the checkout. */
export const putSupervisor = async (lab: string): Promise<string> => {
  const path = join(labDir(lab), 'host.sh');
  await copyFile(asset('host.sh'), path);
  return path;
};
