import { Problem } from "../api.js";

/**
 * Save what is at an address, and say how much of it has come.
 * @param {string} path
 * @param {string} name  of the file
 * @param {(bytes: number) => void} progress
 * @returns {Promise<number>} its size in bytes
 * @throws {Problem} when the server refuses
 * @throws {TypeError} when it cannot be reached, or stops on the way
 */
export async function download(path, name, progress) {
  const answer = await fetch(path, { cache: "no-store" });
  if (!answer.ok || !answer.body) throw new Problem(answer.status, await answer.json().catch(() => ({})));
  let bytes = 0;
  const counted = answer.body.pipeThrough(
    new TransformStream({
      transform(part, controller) {
        progress((bytes += part.byteLength));
        controller.enqueue(part);
      },
    }),
  );
  const href = URL.createObjectURL(await new Response(counted).blob());
  Object.assign(document.createElement("a"), { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
  return bytes;
}
