/** An inventory of the corpus that both do not read alike, and why that is right. */
export interface Difference {
  readonly inventory: string;
  /** The code of our refusal, `accepted here alone`, or `prints another list` where both accept it. */
  readonly ours: string;
  readonly reason: string;
}

/** Every known difference from ansible-core; docs/inventory.md tells them to users. */
export const DIFFERENCES: readonly Difference[] = [
  {
    inventory: 'Jinja that is more than a name',
    ours: 'inventory.template',
    reason: 'There is no Jinja here: filters and expressions are refused at their place, never passed on as text.',
  },
  {
    inventory: 'Jinja with a statement',
    ours: 'inventory.template',
    reason: 'There is no Jinja here: statements are refused at their place, never passed on as text.',
  },
  {
    inventory: 'a template of nothing',
    ours: 'inventory.template',
    reason:
      'Ansible finds out when a task uses the variable, in the middle of a run; here it is told before anything runs.',
  },
  {
    inventory: 'a template of itself',
    ours: 'inventory.problems',
    reason:
      'Ansible finds out when a task uses the variable, in the middle of a run; here it is told before anything runs.',
  },
  {
    inventory: 'a MAC address that is a number in base 60',
    ours: 'yaml.base-60',
    reason: 'YAML 1.1 reads it as a number that nobody means; quoting says what is meant to both.',
  },
  {
    inventory: 'a number that loses digits',
    ours: 'inventory.bad-value',
    reason: 'JavaScript keeps 15 digits of a number: it is refused instead of changed. Quoted it is text.',
  },
  {
    inventory: 'a key given twice',
    ours: 'yaml.duplicate-key',
    reason: 'Ansible warns and takes the last; which one was meant only its author knows.',
  },
  {
    inventory: 'a range of no hosts',
    ours: 'inventory.bad-range',
    reason: 'Ansible takes [5:1] for no hosts and says nothing.',
  },
  {
    inventory: 'a range in a list of hosts',
    ours: 'prints another list',
    reason: 'Ansible takes hv[01:02] in -i for the name of one host; here it is a range, as in a file.',
  },
  {
    inventory: 'hosts at the top',
    ours: 'inventory.reserved-group',
    reason: 'Ansible makes a group named "hosts", and ignores what is in it.',
  },
  {
    inventory: 'a colon at the end of a host',
    ours: 'inventory.no-hosts',
    reason: 'For Ansible it is YAML with an empty group, and a run on no hosts that ends with status 0.',
  },
  {
    inventory: 'a file of variables of another plugin',
    ours: 'inventory.plugin',
    reason: 'Inventory plugins are Python code of Ansible.',
  },
  {
    inventory: 'a bad file in a directory',
    ours: 'inventory.bad-group',
    reason: 'Ansible warns and leaves the hosts of that file out of the run.',
  },
  {
    inventory: 'a file of comments',
    ours: 'inventory.empty',
    reason: 'Ansible runs on no hosts and ends with status 0.',
  },
  {
    inventory: 'an empty file',
    ours: 'inventory.empty',
    reason: 'Ansible runs on no hosts and ends with status 0.',
  },
];
