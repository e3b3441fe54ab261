"""What users declare: the model of an experiment, how documents become one, and what inference adds."""
