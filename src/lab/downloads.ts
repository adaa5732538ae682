/** Where a layer of downloads holds its .deb files. */
export const DEBS = '/debs';

/** The script of a layer that holds packages, and what those need beyond the layer below, as files: installed they are not. */
export const download = (packages: string): string => `
apt-get -q update
apt-get -q -y --no-install-recommends --download-only install ${packages}
mkdir ${DEBS}
mv /var/cache/apt/archives/*.deb ${DEBS}/
`;
