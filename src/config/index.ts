export { type Configuration, readConfiguration } from './configuration.ts';
export { flagOf, type Setting, settingSpecs, variableOf } from './settings.ts';
