// A chat room as the README of ws writes it: "Server broadcast", and "How to detect and close broken connections".
// What all receive is serialized once.
import { WebSocket, WebSocketServer } from "ws";

const wss = new WebSocketServer({ host: "127.0.0.1", port: 0, backlog: 4096 });

wss.on("connection", (ws) => {
  ws.isAlive = true;
  ws.on("error", console.error);
  ws.on("pong", () => {
    ws.isAlive = true;
  });
  ws.on("message", (data) => {
    const { key, source } = JSON.parse(data);
    const message = Buffer.from(JSON.stringify({ type: "message", key, source }));
    for (const client of wss.clients) {
      if (client.readyState === WebSocket.OPEN) client.send(message, { binary: false });
    }
    ws.send(JSON.stringify({ type: "ack", key }));
  });
});

setInterval(() => {
  for (const ws of wss.clients) {
    if (!ws.isAlive) ws.terminate();
    ws.isAlive = false;
    ws.ping();
  }
}, 30000);

wss.on("listening", () => console.log(`listening at ${wss.address().port}`));
