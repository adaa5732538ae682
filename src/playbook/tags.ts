import { FleetError } from '../model/error.ts';

/** Tags as somebody writes them. @throws FleetError `playbook.tag` for one that could not be given on a command line */
export const tagList = (tags: string | readonly string[], of: string): readonly string[] => {
  const list = typeof tags === 'string' ? [tags] : tags;
  for (const tag of list) {
    if (/^[^\s,]+$/.test(tag)) continue;
    throw new FleetError({
      code: 'playbook.tag',
      message: `"${of}" has the tag ${JSON.stringify(tag)}, which is no word.`,
      remedy: 'Write tags without blanks and commas, several as a list.',
    });
  }
  return list;
};

/** The tags of what has none, as Ansible calls them. */
const none = 'untagged';
const meets = (words: readonly string[], tags: readonly string[]): boolean => tags.some((tag) => words.includes(tag));

/**
 * Whether tags are selected, by the rules of Ansible's `--tags` and `--skip-tags` (lib/ansible/playbook/taggable.py), with
 * its words `all`, `tagged`, `untagged`, `always` and `never`.
 * @param wanted all when there are none
 */
export const isTagged = (own: readonly string[], wanted: readonly string[], skipped: readonly string[]): boolean => {
  const tags = own.length === 0 ? [none] : own;
  const only = wanted.length === 0 ? ['all'] : wanted;
  const never = tags.includes('never');
  const chosen =
    tags.includes('always') ||
    (only.includes('all') && !never) ||
    meets(only, tags) ||
    (only.includes('tagged') && own.length > 0 && !never);
  if (!chosen) return false;
  if (skipped.includes('all')) return tags.includes('always') && !skipped.includes('always');
  return !meets(skipped, tags) && !(skipped.includes('tagged') && own.length > 0);
};
