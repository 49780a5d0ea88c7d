"""The only folder that knows Flask: launch, shell, one module per audience."""
