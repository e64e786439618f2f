import assert from "node:assert/strict";
import { test } from "node:test";
import { hints } from "../../parley/faces/web/static/js/windows/query.js";

const names = { people: ["Ana", "Ben Okafor", "Änne"], rooms: ["tea", "tea house", "general"] };
const texts = (text) => hints(text, names).map((hint) => hint.text);

test("the filters that a query has not got are offered", () => {
  assert.deepEqual(texts(""), ["from:", "in:", "before:", "after:", "has:link ", "has:file "]);
  assert.deepEqual(texts("tea in:tea "), ["tea in:tea from:", "tea in:tea before:", "tea in:tea after:", "tea in:tea has:link ", "tea in:tea has:file "]);
});

test("names are completed after from: and in:, in any case and without accents, in quotes when they need them", () => {
  assert.deepEqual(texts("from:"), ["from:me ", "from:Ana ", 'from:"Ben Okafor" ', "from:Änne "]);
  assert.deepEqual(texts("cake from:AN"), ["cake from:Ana ", "cake from:Änne "]);
  assert.deepEqual(texts("in:#te"), ["in:tea ", 'in:"tea house" ']);
  assert.deepEqual(texts('in:"tea h'), ['in:"tea house" ']);
  assert.deepEqual(texts("in:nowhere"), []);
});

test("a word that merely ends so is no filter", () => {
  assert.deepEqual(texts("begin:te")[0], "begin:te from:");
});
