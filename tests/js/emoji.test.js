import assert from "node:assert/strict";
import { test } from "node:test";
import { meantEmoji, namedEmoji } from "../../parley/faces/web/static/js/windows/emoji.js";

const all = [["❤️", "heart", "red_heart"], ["👍", "thumbsup", "+1"], ["🌩️", "thunder_cloud"], ["🐑", "ewe"], ["💔", "broken_heart"], ["💙", "blue_heart"]];
const names = (typed) => meantEmoji(all, typed).map(({ name }) => name);
const typed = (line) => namedEmoji(line.replace("|", ""), line.indexOf("|"))?.typed ?? null;

test("a name begins with a colon that stands apart, and has two letters", () => {
  assert.deepEqual([":th|", "so :+1|", "(:thu|", "one\n:th|"].map(typed), ["th", "+1", "thu", "th"]);
  assert.deepEqual([":|", ":D|", ":-)|", "at 10:30|", "std::th|", "http://th|", ":th |", ":wave:|", "`:th|"].map(typed), Array(9).fill(null));
  assert.deepEqual(namedEmoji("a\nhi :th", 8), { start: 5, typed: "th" });
});

test("what is called so comes first, then what begins so, then what has such a word; the usual ones before others", () => {
  assert.deepEqual(names("heart"), ["heart", "blue_heart", "broken_heart"]);
  assert.deepEqual(names("TH"), ["thumbsup", "thunder_cloud"]);
  assert.deepEqual([names("broken heart"), names(":+1:"), names("we"), names("nothing"), names(":")], [["broken_heart"], ["+1"], ["ewe"], [], []]);
});
