"""Stage 6: run folder -> TrainedModel: its weights loaded, its sampler fitted, samples drawn."""
