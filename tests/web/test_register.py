"""The register of permits: found by what people know of them, one permit through its life, and who may do what."""
