"""A package, so that `import tests` finds this folder and none that a library installed."""
