"""Is everything well on this machine? Looks at backends, versions, plugins and folders."""
