import { createHash } from 'node:crypto';
import { download } from './downloads.ts';
import { KERNEL_LAYER } from './vm/kernel-layer.ts';

export type LayerName =
  | 'base'
  | 'book'
  | 'ovs31'
  | 'neutron'
  | 'dev'
  | 'src31'
  | 'gitdebs'
  | 'rpmdebs'
  | 'tooldebs'
  | 'ovsdebs'
  | 'logins'
  | 'vmpkg'
  | 'vmsrc';

/**
 * How one layer of a host's root is made. Layers are linear, each on its only parent: two siblings laid over each
 * other would hide each other's /var/lib/dpkg/status.
 */
export interface Recipe {
  readonly name: LayerName;
  readonly parent?: LayerName;
  /** A few words on what it brings, for the progress line. */
  readonly brings: string;
  /** An OVS release whose tarball lies in /root while the script runs. */
  readonly release?: string;
  /** Run by bash -e in a chroot of the stack; for `base`, the package list. */
  readonly script: string;
}

/** The suite that all hosts run. */
export const SUITE = 'bookworm';

const install = (packages: string): string =>
  `apt-get -q update\napt-get -q -y --no-install-recommends install ${packages}`;

const BOOK = `
${install('net-tools bridge-utils tcpdump sudo rsync netcat-openbsd ethtool wget')}
# They wait for devices that a container never gets, or wake 200 hosts at the same minute.
systemctl mask systemd-logind.service getty.target console-getty.service apt-daily.timer apt-daily-upgrade.timer \\
  e2scrub_all.timer e2scrub_reap.service dpkg-db-backup.timer
mkdir -p /etc/systemd/journald.conf.d
printf '[Journal]\\nStorage=volatile\\nRuntimeMaxUse=8M\\n' > /etc/systemd/journald.conf.d/lab.conf
# Each host gets a key and a machine id of its own.
rm -f /etc/ssh/ssh_host_*
: > /etc/machine-id
useradd --create-home --shell /bin/bash fleet
printf 'fleet ALL=(ALL) NOPASSWD:ALL\\n' > /etc/sudoers.d/fleet
chmod 0440 /etc/sudoers.d/fleet
`;

const LOGINS = `
${install('opendoas locales')}
localedef -i de_DE -f UTF-8 de_DE.UTF-8
# What was refused can be counted.
printf 'Defaults logfile=/var/log/sudo.log\\n' > /etc/sudoers.d/log
chmod 0440 /etc/sudoers.d/log
`;

const OVS31 = `
${install('openvswitch-switch')}
# Each host's first start makes a database of its own.
rm -f /etc/openvswitch/conf.db /etc/openvswitch/system-id.conf
`;

const NEUTRON = `
${install('neutron-openvswitch-agent')}
# The package leaves this to the operator.
systemctl enable neutron-openvswitch-agent.service
`;

const SRC31 = `
${install('uuid-runtime')}
cd /root
tar -xzf openvswitch-3.1.0.tar.gz
cd openvswitch-3.1.0
./configure --prefix=/usr --localstatedir=/var --sysconfdir=/etc CFLAGS=-O1
make -j"$(nproc)"
make install-strip || make install
cd /root
rm -rf openvswitch-3.1.0
`;

export const RECIPES: Readonly<Record<LayerName, Recipe>> = {
  base: {
    name: 'base',
    brings: `Debian ${SUITE} with systemd and sshd`,
    script: 'systemd-sysv,dbus,openssh-server,iproute2,iputils-ping,procps,kmod,python3-minimal,ca-certificates',
  },
  book: { name: 'book', parent: 'base', brings: 'network tools, sudo, a user "fleet"', script: BOOK },
  ovs31: { name: 'ovs31', parent: 'book', brings: 'openvswitch-switch 3.1.0', script: OVS31 },
  neutron: { name: 'neutron', parent: 'ovs31', brings: 'neutron-openvswitch-agent', script: NEUTRON },
  dev: {
    name: 'dev',
    parent: 'book',
    brings: 'a compiler and the headers that OVS is built with',
    script: install('build-essential autoconf automake libtool libssl-dev libcap-ng-dev pkg-config python3 xz-utils'),
  },
  gitdebs: { name: 'gitdebs', parent: 'dev', brings: 'git, as packages', script: download('git') },
  rpmdebs: {
    name: 'rpmdebs',
    parent: 'book',
    brings: 'dnf, zypper and rpm, as packages',
    script: download('dnf zypper rpm createrepo-c'),
  },
  tooldebs: {
    name: 'tooldebs',
    parent: 'book',
    brings: 'what OVS is built and runs with, as packages',
    script: download(
      'gcc libc6-dev make pkg-config xz-utils autoconf automake libtool libssl-dev libcap-ng-dev python3 libssl3 libcap-ng0 iproute2 procps kmod',
    ),
  },
  ovsdebs: {
    name: 'ovsdebs',
    parent: 'book',
    brings: 'openvswitch-switch, as packages',
    script: download('openvswitch-switch'),
  },
  logins: { name: 'logins', parent: 'book', brings: 'doas, and a language that is not English', script: LOGINS },
  src31: { name: 'src31', parent: 'dev', brings: 'OVS 3.1.0 by make install', release: '3.1.0', script: SRC31 },
  vmpkg: {
    name: 'vmpkg',
    parent: 'ovs31',
    brings: 'a kernel, and its openvswitch.ko out of tree',
    script: KERNEL_LAYER,
  },
  vmsrc: {
    name: 'vmsrc',
    parent: 'src31',
    brings: 'a kernel, and its openvswitch.ko out of tree',
    script: KERNEL_LAYER,
  },
};

/** The recipe and its ancestors, base first. */
export const lineage = (name: LayerName, recipes = RECIPES): readonly Recipe[] => {
  const recipe = recipes[name];
  return recipe.parent === undefined ? [recipe] : [...lineage(recipe.parent, recipes), recipe];
};

/** Directory name of a layer: changes when its own script or any ancestor's does. */
export const layerId = (name: LayerName, recipes = RECIPES): string => {
  const hash = createHash('sha256');
  for (const recipe of lineage(name, recipes))
    hash.update(JSON.stringify([recipe.name, recipe.release ?? '', recipe.script]));
  return `${name}-${hash.digest('hex').slice(0, 12)}`;
};
