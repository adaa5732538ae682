import { type BuilderHosts, buildersFor } from '../playbook/index.ts';
import type { BuildParams } from './build-params.ts';

/** Who makes the builds of hypervisors: group `builders`, or each of them itself. */
export const builders = (params: Pick<BuildParams, 'build_on'>): BuilderHosts =>
  buildersFor('hypervisors', params.build_on === 'each' ? 'hypervisors' : 'builders');
