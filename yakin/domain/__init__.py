"""Pure rules: values in, values out. Standard library, numpy and scipy only."""
