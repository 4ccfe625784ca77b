"""`python -m pnn_core` is the `pnn` command."""

from pnn_core.cli import main

raise SystemExit(main())
