// Sends Ethernet frames (a JSON list of base64 texts on standard input) from an interface, through the optional package cap.
import cap from "cap";

const [, , device] = process.argv;
let input = "";
for await (const chunk of process.stdin) input += chunk;
const sender = new cap.Cap();
sender.open(device, "", 1 << 20, Buffer.alloc(65_535));
for (const text of JSON.parse(input)) {
  const frame = Buffer.from(text, "base64");
  sender.send(frame, frame.length);
}
sender.close();
