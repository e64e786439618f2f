import assert from "node:assert/strict";
import { test } from "node:test";
import { begun, callsEverybody, rank, spelled } from "../../parley/faces/web/static/js/windows/mentioning.js";

/** What is being typed where `|` stands. */
const typed = (line) => begun(line.replace("|", ""), line.indexOf("|"))?.typed ?? null;

test("a mention begins with an @ that begins a word", () => {
  assert.deepEqual(["@|", "@an|", "hi @an|", "(@an|", "one\n@an|", "你好@太|", '@"ann l|', "@an|na"].map(typed), ["", "an", "an", "an", "an", "太", "ann l", "an"]);
  assert.deepEqual(["|@an", "ann|", "me@an|", "@ann |", "@an\n|", "@@an|", "\\@an|", '@"ann"|', "`@an|", "```\n@an|"].map(typed), Array(10).fill(null));
  assert.deepEqual(begun("a\nhi @an", 8), { start: 5, typed: "an" });
  assert.equal(typed("```\ncode\n```\n@an|"), "an", "after the code");
});

test("a name is written so that it counts", () => {
  const written = ["ann", "jo.e", "a-b_c", "太郎", "Ann Lee", "_x_", 'Bob "B"', "👑", "o'neill", "me@home"].map(spelled);
  const wanted = ["@ann", "@jo.e", "@a-b_c", "@太郎", '@"Ann Lee"', '@"\\_x\\_"', '@"Bob \\"B\\""', '@"👑"', '@"o\'neill"', '@"me@home"'];
  assert.deepEqual(written, wanted);
});

test("whether a whole room is called", () => {
  const calls = ["@room", "hi @Room!", "(@all)", "@everyone, go", '@"here"', "*@channel*", "a `b` @room", "```\nx\n```\n@all", "> quoted\n\n@room"];
  assert.deepEqual(calls.filter((each) => !callsEverybody(each)), []);
  const not = ["room", "@rooms", "@all-hands", "a@room", "`@room`", "```\n@room\n```", "```\n@room", "> @room", "\\@room", "@room1", "@ room"];
  assert.deepEqual(not.filter(callsEverybody), []);
});

test("whoever is called so comes before whoever is called alike", () => {
  const ranks = [{ nickname: "Ánna" }, { nickname: "jo", name: "Jo Ann" }, { nickname: "joanna" }, { nickname: "ben" }, { nickname: "ANN" }].map((each) => rank(each, "ann"));
  assert.deepEqual(ranks, [1, 2, 3, -1, 0]);
});
