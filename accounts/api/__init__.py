"""Who asks over HTTP, what may be asked twice, and how a refusal is answered."""
