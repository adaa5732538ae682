import { BROKEN_SOURCE, MODULE_SOURCE } from '../../../src/lab/index.ts';

/** What a host may be found with beside nothing at all, and by which way its modules get installed then. */
export interface State {
  readonly name: string;
  /** Run on the host as root, under `set -e`; `$tree` is its kernel's module directory. */
  readonly prepare: string;
  readonly way: 'make modules_install' | 'copy into extra/';
  /** Why the way before was not taken; '' where the first was. */
  readonly because: RegExp;
}

const firstWay = { way: 'make modules_install', because: /^$/ } as const;

export const states: readonly State[] = [
  {
    name: 'no make',
    prepare: 'rm "$(command -v make)"',
    way: 'copy into extra/',
    because: /there is no make/,
  },
  {
    name: 'headers that are gone, so that build points at nothing',
    prepare: 'rm -rf /usr/src/linux-headers-*',
    way: 'copy into extra/',
    because: /points at nothing: the headers of \S+ are not installed/,
  },
  {
    name: 'a stale module that a failing modules_install leaves behind',
    prepare: `mkdir -p "$tree/extra"
cp ${BROKEN_SOURCE}/openvswitch.ko "$tree/extra/openvswitch.ko"
touch -d 2020-01-01 "$tree/extra/openvswitch.ko"
depmod -a
rm /usr/lib/linux-kbuild-*/scripts/Makefile.modinst`,
    way: 'copy into extra/',
    because: /it ended with status \d/,
  },
  {
    name: 'the right module, and older ones beside it, one of them compressed',
    prepare: `mkdir -p "$tree/extra" "$tree/updates"
cp ${MODULE_SOURCE}/openvswitch.ko "$tree/extra/"
xz -c ${BROKEN_SOURCE}/openvswitch.ko > "$tree/extra/openvswitch.ko.xz"
cp ${BROKEN_SOURCE}/vport-vxlan.ko "$tree/updates/"
depmod -a`,
    way: 'copy into extra/',
    because: /reading again does not give what is wanted/,
  },
  {
    name: 'the right files, and a depmod that was skipped',
    prepare: `mkdir -p "$tree/extra"
cp ${MODULE_SOURCE}/*.ko "$tree/extra/"
if grep -q ^extra/ "$tree/modules.dep"; then exit 1; fi`,
    ...firstWay,
  },
  {
    name: "the kernel's own module winning by depmod's search order",
    prepare: `mkdir -p "$tree/extra" /etc/depmod.d
cp ${MODULE_SOURCE}/*.ko "$tree/extra/"
echo 'search built-in extra updates' > /etc/depmod.d/order.conf
depmod -a
case $(modinfo -n openvswitch) in */kernel/*) ;; *) exit 1 ;; esac`,
    ...firstWay,
  },
];

/** What modprobe would load, asked of Debian's own kmod and of nothing of ours. */
export const whatLoads = `tree=/lib/modules/$(uname -r)
for name in openvswitch vport-geneve vport-gre vport-vxlan; do
  file=$(modinfo -n "$name")
  echo "$name $file $(modinfo -F srcversion "$file") $(sha256sum < "$file" | cut -d ' ' -f 1)"
done
find "$tree" \\( -name 'openvswitch.ko*' -o -name 'vport-*.ko*' \\) ! -path "$tree/kernel/*" | sort
modprobe --show-depends openvswitch | awk '$1 == "insmod" { file = $2 } END { print file }'`;
