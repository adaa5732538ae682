import { describe, expect, test } from 'vitest';
import { type LayerName, layerId, lineage, RECIPES } from '../../../src/lab/recipe.ts';
import { suitesOf, upstreamVersion } from '../../../src/lab/release.ts';

const changed = (name: LayerName): typeof RECIPES => ({
  ...RECIPES,
  [name]: { ...RECIPES[name], script: `${RECIPES[name].script}\ntrue` },
});

describe('layers', () => {
  test('are stacked on their ancestors, base first', () => {
    expect(lineage('neutron').map(({ name }) => name)).toEqual(['base', 'book', 'ovs31', 'neutron']);
  });

  test.each<[LayerName, LayerName, boolean]>([
    ['ovs31', 'ovs31', true],
    ['ovs31', 'base', true],
    ['neutron', 'book', true],
    ['ovs31', 'neutron', false],
    ['ovs31', 'dev', false],
  ])('%s is made again when the recipe of %s changes: %s', (name, edited, again) => {
    expect(layerId(name, changed(edited)) !== layerId(name)).toBe(again);
  });

  test('are made again when the release that they hold changes', () => {
    const recipes = { ...RECIPES, src31: { ...RECIPES.src31, release: '3.5.0' } };
    expect(layerId('src31', recipes)).not.toBe(layerId('src31'));
  });
});

describe('releases', () => {
  test.each([
    ['openvswitch-source_3.5.0-1+b1_all.deb', '3.5.0'],
    ['openvswitch-source_3.1.0-2+deb12u1_all.deb', '3.1.0'],
    ['openvswitch-source_1%3a4.0.0~git2-1_all.deb', '4.0.0'],
    ['Packages.gz', undefined],
  ])('the package file %s holds %s', (file, version) => {
    expect(upstreamVersion(file)).toBe(version);
  });

  test('one that Debian does not carry is refused with those that it does', () => {
    expect(() => suitesOf('2.9.0')).toThrow(
      expect.objectContaining({ code: 'lab.unknown-release', remedy: 'use one of 3.1.0, 3.5.0, 4.0.0' }),
    );
  });
});
