"""From evidence to scores with intervals and reference scores."""
