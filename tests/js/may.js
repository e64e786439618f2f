/** What the page believes that somebody may do, for every standing: one line of JSON; `tests/test_page_may.py` reads it. */
import * as may from "../../parley/faces/web/static/js/windows/may.js";

const found = [];
for (const kind of ["public", "private", "direct"]) {
  for (const role of [null, "member", "moderator", "owner", "of a later release"]) {
    for (const archived of [false, true]) {
      for (const general of [false, true]) {
        const standing = { kind, role, archived, general };
        const { mayRemove, ...rest } = may;
        const says = Object.fromEntries(Object.entries(rest).map(([name, ask]) => [name, ask(standing)]));
        const removes = ["member", "moderator", "owner"].filter((other) => mayRemove(standing, other));
        found.push({ standing, says, removes });
      }
    }
  }
}
process.stdout.write(JSON.stringify(found));
