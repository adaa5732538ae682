export { type Helper, type RenderOptions, render } from './render.ts';
