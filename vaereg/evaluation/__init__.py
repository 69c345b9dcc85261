"""Stage 7: TrainedModel -> Evaluation: evaluation.json and the arrays behind its scores."""
