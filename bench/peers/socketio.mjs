// A chat room as the documentation of Socket.IO writes it: broadcast to a room, answer the writer's acknowledgement.
// Of https://socket.io/docs/v4/performance-tuning/ it takes what a server can do: WebSocket only, bufferutil (installed
// beside it), and forgetting the first HTTP request.
import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer();
const io = new Server(http, { transports: ["websocket"] });

io.engine.on("connection", (raw) => {
  raw.request = null;
});

io.on("connection", (socket) => {
  socket.join("general");
  socket.on("post", (source, acknowledge) => {
    io.to("general").emit("message", { author: socket.id, source });
    acknowledge("done");
  });
});

http.listen(0, "127.0.0.1", 4096, () => console.log(`listening at ${http.address().port}`));
