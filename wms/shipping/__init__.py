"""Labels, manifests, handover."""
