/** Which parts of a playbook a run is for. */
export interface Selection {
  /** Patterns of addresses, such as `swap/*`: what fits any of them, and what stands in it. All when there is none. */
  readonly only: readonly string[];
  /** As Ansible's `--tags`; all when there is none. */
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  /** Pattern of the address of the first to be done; everything before it is left out. */
  readonly startAt: string | null;
}

export const everything: Selection = { only: [], tags: [], skipTags: [], startAt: null };

export const isEverything = ({ only, tags, skipTags, startAt }: Selection): boolean =>
  only.length + tags.length + skipTags.length === 0 && startAt === null;

/** As it is typed: `--only 'swap/*' --skip-tags slow`. */
export const selectionText = ({ only, tags, skipTags, startAt }: Selection): string =>
  [
    ...only.map((each) => `--only '${each}'`),
    ...(tags.length === 0 ? [] : [`--tags ${tags.join(',')}`]),
    ...(skipTags.length === 0 ? [] : [`--skip-tags ${skipTags.join(',')}`]),
    ...(startAt === null ? [] : [`--start-at-task '${startAt}'`]),
  ].join(' ');
