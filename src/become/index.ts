export { type BecomeDefaults, becomeMethods } from './become.ts';
export { becomeOf } from './become-of.ts';
export { becoming } from './becoming.ts';
export { passwords } from './passwords.ts';
