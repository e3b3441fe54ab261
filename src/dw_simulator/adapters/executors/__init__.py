"""Who makes the parts of a plan: threads or processes of this machine."""
