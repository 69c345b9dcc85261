"""Stage 2: installed entry points -> Catalog of the available components. Never imports keras."""
