import { createHash } from 'node:crypto';
import { FleetError } from '../model/error.ts';
import type { Facts } from '../model/facts.ts';
import { type Buildable, platformOf, platformOnly, type Source } from '../playbook/index.ts';
import { configureOptions } from './build-options.ts';
import type { BuildParams } from './build-params.ts';
import { refuseUnreleased, type Series, seriesFor } from './compat/index.ts';
import { type Layout, layoutOf, layoutOptions } from './layout.ts';

/** One compilation of one release, for hosts that are alike. Its directory, its file and its unit all follow from its id. */
export interface Build extends Buildable {
  readonly version: string;
  readonly series: Series;
  readonly source: Source;
  /** Of the source. */
  readonly sha256: string;
  /** Its own directory on every host: /opt/ovsfleet/ovs/ID. */
  readonly prefix: string;
  /** Arguments of ./configure. */
  readonly options: readonly string[];
}

export const releases = '/opt/ovsfleet/ovs';

const unseen = (file: string): Source => ({ given: file, file, sha256: '', configure: 'unknown' });

/**
 * A release for hosts that shall have it in a certain layout. Throws `ovs.no-such-release`, and `ovs.no-checksum` when
 * nobody has said or seen what the source is.
 * @param host its name, where every host makes its own build
 */
export const buildIn = (
  layout: Layout,
  params: BuildParams,
  facts: Facts,
  host?: string,
  place: 'own directory' | '/usr' = 'own directory',
): Build => {
  const { version, cross_from: from = '' } = params;
  const source = typeof params.source === 'string' ? unseen(params.source) : params.source;
  refuseUnreleased(version);
  const series = seriesFor(version);
  const sha256 = params.sha256 || source.sha256;
  if (series === null || !/^[0-9a-f]{64}$/.test(sha256)) {
    throw new FleetError({
      code: 'ovs.no-checksum',
      message: `Nobody has said the sha256 of ${source.given}.`,
      remedy: 'Give it: -e sha256=$(sha256sum < FILE), or say -e no_checksum=yes',
    });
  }
  const dirs = layoutOptions(layout);
  const more = configureOptions(params, facts);
  const target = params.build_on === 'each' && host !== undefined ? platformOnly(facts, host) : platformOf(facts);
  const digest = createHash('sha256')
    .update(JSON.stringify([version, sha256, target, ...dirs, ...more, ...(place === '/usr' ? [place] : [])]))
    .digest('hex');
  const id = `${version}-${digest.slice(0, 10)}`;
  const prefix = place === '/usr' ? '/usr' : `${releases}/${id}`;
  const builders = from === '' ? target : platformOf({ ...facts, arch: from });
  return {
    id,
    platform: builders,
    version,
    series,
    source,
    sha256,
    prefix,
    options: [`--prefix=${prefix}`, ...dirs, ...more],
  };
};

/** The build that a host needs whose Open vSwitch runs: it has a prefix of its own, yet the host's own directories. */
export const build = (params: BuildParams, facts: Facts, host?: string): Build =>
  buildIn(layoutOf(facts), params, facts, host);
