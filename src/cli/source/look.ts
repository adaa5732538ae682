import type { Source } from '../../playbook/index.ts';
import { sourceError } from './source-error.ts';
import { saidBy, tool } from './tool.ts';

/**
 * Looks into a tarball: what is at the top of its one directory tells whether it is a source of Open vSwitch, and whether
 * it holds `configure`; its name tells neither (an archive of a tag is named like a release and has none).
 */
export const lookInto = async (file: string): Promise<Source['configure']> => {
  const listing = await tool('tar', ['-tf', file]).catch((error: unknown) => {
    throw sourceError(
      'unreadable',
      `${file} is no tarball that can be read: ${saidBy(error)}.`,
      'Fetch it again: tar -tf FILE must list it.',
      error,
    );
  });
  const top = new Set(listing.split('\n').map((path) => path.replace(/^\.\//, '').split('/').slice(1).join('/')));
  if (!top.has('configure.ac'))
    throw sourceError(
      'not-ovs',
      `There is no configure.ac in ${file}, so it is not a source of Open vSwitch.`,
      'Give the tarball of a release: https://www.openvswitch.org/releases/',
    );
  if (top.has('config.status'))
    throw sourceError(
      'configured',
      `${file} was configured where it was packed, and would not compile for another place.`,
      'Pack it after: make distclean',
    );
  return top.has('configure') ? 'there' : 'missing';
};
