/** Where the module's sources and the files compiled from them lie in the machines' images. */
export const MODULE_SOURCE = '/usr/src/openvswitch-module';

/** The same, but the kernel's loader takes the module and the module then refuses to work: no check beforehand can tell. */
export const BROKEN_SOURCE = `${MODULE_SOURCE}-broken`;

/** What MODULE_VERSION the module compiled for the machines has: the kernel's own has none. */
export const MODULE_VERSION = '9.9.1';

const install = (packages: string): string => `apt-get -q -y --no-install-recommends install ${packages}`;

/**
 * A real kernel, its headers, and its own net/openvswitch compiled out of tree. Compiled here and not in the machine, where
 * an emulated processor would take twenty times as long. MODULE_VERSION tells the module from the kernel's own and
 * gives it a srcversion.
 */
export const KERNEL_LAYER = `
apt-get -q update
${install('initramfs-tools zstd xz-utils udev make gcc libc6-dev')}
# Only what an emulated machine of ours has: smaller, and read in a second.
printf 'MODULES=list\\nCOMPRESS=zstd\\n' > /etc/initramfs-tools/conf.d/lab
printf 'virtio_pci\\nvirtio_blk\\nvirtio_net\\next4\\n' >> /etc/initramfs-tools/modules
${install('linux-image-cloud-amd64 linux-headers-cloud-amd64')}
release=$(cd /lib/modules && ls -d ./*-cloud-amd64)
release=\${release#./}
series=$(echo "$release" | cut -d. -f1,2)
version=$(dpkg-query -W -f '\${Version}' "linux-headers-$release")
mkdir /tmp/source
cd /tmp/source
apt-get -q download "linux-source-$series=$version"
dpkg-deb --fsys-tarfile linux-source-*.deb | tar -xO "./usr/src/linux-source-$series.tar.xz" |
  tar -xJ --strip-components=2 "linux-source-$series/net/openvswitch"
mv openvswitch ${MODULE_SOURCE}
cd ${MODULE_SOURCE}
rm -rf /tmp/source
echo 'MODULE_VERSION("${MODULE_VERSION}");' >> datapath.c
compile() {
  make -j"$(nproc)" -C "/lib/modules/$release/build" "M=$PWD" CONFIG_OPENVSWITCH=m CONFIG_OPENVSWITCH_VXLAN=m \\
    CONFIG_OPENVSWITCH_GRE=m CONFIG_OPENVSWITCH_GENEVE=m modules
  strip --strip-debug ./*.ko
}
compile
cp -a . ${BROKEN_SOURCE}
cd ${BROKEN_SOURCE}
sed -i '/^static int __init dp_init(void)/,/^}/s/^\tint err;/\tint err;\\n\\n\tif (jiffies)\\n\t\treturn -ENODEV;/' datapath.c
grep -q 'return -ENODEV' datapath.c
compile
`;
