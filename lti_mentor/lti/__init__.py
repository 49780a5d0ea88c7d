"""The LTI protocol; the only folder that knows pylti1p3."""
