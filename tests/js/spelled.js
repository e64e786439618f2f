/** How the page writes names, and whether it takes texts for calls of everybody: driven by `tests/test_page_mentions.py`. */
import { callsEverybody, spelled } from "../../parley/faces/web/static/js/windows/mentioning.js";

let input = "";
for await (const chunk of process.stdin) input += chunk;
const { names, texts } = JSON.parse(input);
process.stdout.write(JSON.stringify({ spelled: names.map(spelled), calls: texts.map(callsEverybody) }));
