import { describe, expect, test } from 'vitest';
import { mountsUnder } from '../../../src/lab/mounts.ts';

const MOUNTS = `/dev/vda / ext4 rw 0 0
lab /var/lib/ovsfleet-lab/a/hosts/hv01/root overlay rw 0 0
proc /var/lib/ovsfleet-lab/a/hosts/hv01/root/proc proc rw 0 0
lab /var/lib/ovsfleet-lab/a-b/hosts/hv01/root overlay rw 0 0
odd /var/lib/ovsfleet-lab/a/with\\040blank tmpfs rw 0 0
`;

describe('mounts of a lab', () => {
  test("are found in their order, and another lab's are not taken for them", () => {
    expect(mountsUnder(MOUNTS, '/var/lib/ovsfleet-lab/a')).toEqual([
      '/var/lib/ovsfleet-lab/a/hosts/hv01/root',
      '/var/lib/ovsfleet-lab/a/hosts/hv01/root/proc',
      '/var/lib/ovsfleet-lab/a/with blank',
    ]);
  });

  test('include the directory itself', () => {
    expect(mountsUnder('tmpfs /x tmpfs rw 0 0', '/x')).toEqual(['/x']);
  });
});
