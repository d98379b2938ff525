"""Stands in for the Python of an environment with vLLM: same arguments, same endpoints, a worker that outlives it.

What it does wrong is read from `behaviour.json` in the model folder: {"log": text, "exit": true} ends with these last
words, "deaf" workers ignore being asked to end, "escaped" ones have left family, session and environment besides,
"breaks" cuts its streams, "mute" never gets healthy, "refuse" fails at the first prompt, "taken" finds its port taken
the first time, "dies" ends itself by that signal, "chances" are those of the next tokens. Like vLLM, it ends when its
worker does.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

if sys.argv[1:3] == ["-I", "-c"]:  # "which build of vLLM are you?"
    print("cpu")
    sys.exit()

ARGUMENTS = sys.argv[3:]


def option(name, default=None):
    return ARGUMENTS[ARGUMENTS.index(name) + 1] if name in ARGUMENTS else default


MODEL = Path(option("--model"))
BEHAVIOUR_FILE = MODEL / "behaviour.json"
BEHAVIOUR = json.loads(BEHAVIOUR_FILE.read_text()) if BEHAVIOUR_FILE.exists() else {}
NAMES = [option("--served-model-name")] + (["tuned"] if "--lora-modules" in ARGUMENTS else [])
KEY = f"Bearer {os.environ['VLLM_API_KEY']}"


def tokens(messages):
    return [len(word) for turn in messages for word in turn["content"].split()]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def reply(self, content, status=200):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path == "/health":
            self.reply({}, 503 if BEHAVIOUR.get("mute") else 200)
        elif self.headers.get("Authorization") != KEY:
            self.reply({"error": "Unauthorized"}, 401)
        else:
            self.reply({"data": [{"id": name} for name in NAMES]})

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers.get("Authorization") != KEY:
            self.reply({"error": "Unauthorized"}, 401)
        elif self.path == "/tokenize":
            self.reply({"tokens": tokens(asked["messages"])})
        elif BEHAVIOUR.get("refuse"):
            self.reply({"error": {"message": "the model has no chat template"}}, 400)
        elif self.path == "/v1/completions":
            chances = {f"token_id:{token}": chance for token, chance in BEHAVIOUR.get("chances", {}).items()}
            self.reply({"choices": [{"logprobs": {"top_logprobs": [chances]} if chances else None}]})
        elif asked["model"] not in NAMES:
            self.reply({"error": {"message": "no such model"}}, 404)
        else:
            self.answer(asked)

    def answer(self, asked):
        words = asked.get("structured_outputs", {}).get("choice") or ["Grüße", " aus", f" {asked['model']}"]
        words = words[: min(asked["max_tokens"], 1 if "structured_outputs" in asked else 99)]
        usage = {"prompt_tokens": len(tokens(asked["messages"])), "completion_tokens": len(words)}
        if not asked.get("stream"):
            ids = [*range(len(words)), 2] if asked.get("return_token_ids") else None
            choice = {"message": {"content": "".join(words)}, "finish_reason": "stop", "token_ids": ids}
            return self.reply({"choices": [choice], "usage": usage})
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        chunks = [{"choices": [{"delta": {"role": "assistant", "content": ""}}]}]
        chunks += [{"choices": [{"delta": {"content": word}}]} for word in words]
        for chunk in [*chunks, {"choices": [], "usage": usage}]:
            if BEHAVIOUR.get("breaks") and "usage" in chunk:
                return None
            for byte in f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n".encode():
                self.wfile.write(bytes([byte]))
            self.wfile.flush()
        self.wfile.write(b"data: [DONE]\n\n")
        return None


print("INFO Starting to load model", flush=True)
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" if BEHAVIOUR.get("deaf") else ""
WORK = f"{DEAF}import time; time.sleep(600)"
if BEHAVIOUR.get("escaped"):
    WORK = f"import os\nif os.fork(): os._exit(0)\nopen({str(MODEL / 'worker')!r}, 'w').write(str(os.getpid()))\n{WORK}"
escape = {"env": {}, "start_new_session": True} if BEHAVIOUR.get("escaped") else {}
worker = subprocess.Popen([sys.executable, "-c", WORK], **escape)
if not escape:
    (MODEL / "worker").write_text(str(worker.pid))


def end_with_worker():
    while os.path.exists(f"/proc/{(MODEL / 'worker').read_text() or 'self'}/root") if escape else worker.poll() is None:
        time.sleep(0.1)
    os._exit(1)


if BEHAVIOUR.get("taken") and not (MODEL / "was-taken").exists():
    (MODEL / "was-taken").touch()
    print("OSError: [Errno 98] Address already in use", flush=True)
    sys.exit(1)
if "log" in BEHAVIOUR:
    print(BEHAVIOUR["log"], flush=True)
if BEHAVIOUR.get("exit"):
    sys.exit(1)
if "dies" in BEHAVIOUR:
    signal.signal(BEHAVIOUR["dies"], signal.SIG_DFL) if BEHAVIOUR["dies"] != signal.SIGKILL else None
    os.kill(os.getpid(), BEHAVIOUR["dies"])
while not (MODEL / "worker").exists():
    time.sleep(0.02)
threading.Thread(target=end_with_worker, daemon=True).start()
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
time.sleep(0.2)
ThreadingHTTPServer((option("--host"), int(option("--port"))), Handler).serve_forever()
