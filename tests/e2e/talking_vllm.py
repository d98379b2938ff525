"""Stands in for the Python of an environment with vLLM, where the page is what is tested: answers at a known pace.

Each answer names the model and what it was asked, token by token. Asked "slowly" it writes 2,000 tokens, 20 a second;
asked to "break" the tuned model's stream is cut half way. Counts tokens as vLLM does, in every chunk.
"""

import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

if sys.argv[1:3] == ["-I", "-c"]:  # "which build of vLLM are you?"
    print("cpu")
    sys.exit()

ARGUMENTS = sys.argv[3:]
NAMES = ("base", "tuned")
KEY = f"Bearer {os.environ['VLLM_API_KEY']}"
PACE_S = 0.05


def option(name):
    return ARGUMENTS[ARGUMENTS.index(name) + 1]


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def reply(self, content, status=200):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def do_GET(self):
        if self.path == "/health":
            self.reply({})
        elif self.headers.get("Authorization") != KEY:
            self.reply({"error": "Unauthorized"}, 401)
        elif self.path == "/v1/models":
            self.reply({"data": [{"id": name} for name in NAMES]})
        else:
            self.reply({"error": "Not here"}, 404)

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers.get("Authorization") != KEY:
            return self.reply({"error": "Unauthorized"}, 401)
        if self.path == "/tokenize":
            return self.reply({"tokens": [1, 2, 3]})
        text = asked["messages"][-1]["content"]
        slow, breaks = "slowly" in text, "break" in text and asked["model"] == "tuned"
        answer = "billing" if asked["model"] == "tuned" else "delivery, I think"
        words = [f"{answer} {asked.get('seed', '')}", *(f" word{number}" for number in range(2000 if slow else 4))]
        words = words[: asked["max_tokens"]]
        usage = {"prompt_tokens": len(text.split()), "completion_tokens": len(words)}
        if not asked.get("stream"):
            choice = {"message": {"content": "".join(words)}, "finish_reason": "stop", "token_ids": [5] * len(words)}
            return self.reply({"choices": [choice], "usage": usage})
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.event({"choices": [{"delta": {"role": "assistant", "content": ""}}]})
        for number, word in enumerate(words, 1):
            time.sleep(PACE_S)
            if breaks and number > 2:
                return None
            end = "stop" if number == len(words) else None
            count = {**usage, "completion_tokens": number}
            self.event({"choices": [{"delta": {"content": word}, "finish_reason": end}], "usage": count})
        self.event({"choices": [], "usage": usage})
        self.wfile.write(b"data: [DONE]\n\n")
        return None

    def event(self, chunk):
        self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
        self.wfile.flush()


print("INFO Starting to load model", flush=True)
ThreadingHTTPServer((option("--host"), int(option("--port"))), Handler).serve_forever()
