import type { Source } from '../playbook/index.ts';

/** What a release is compiled from and how. */
export interface BuildParams {
  readonly version: string;
  readonly source: Source | string;
  /** Of the tarball; releases of Open vSwitch are published without signatures, so the operator says what he trusts. */
  readonly sha256: string;
  readonly cflags: string;
  /** On unless said. */
  readonly ssl?: 'on' | 'off' | 'required';
  readonly libcapng?: 'auto' | 'on' | 'off';
  /** Version of the DPDK that it is built with; '' without. */
  readonly dpdk?: string;
  readonly dpdk_link?: string;
  /** More options of configure, with blanks between. */
  readonly configure?: string;
  /** Architecture of the builders; '' where it is the hosts'. */
  readonly cross_from?: string;
  readonly build_on?: 'platform' | 'each';
  readonly install_deps?: boolean;
}
