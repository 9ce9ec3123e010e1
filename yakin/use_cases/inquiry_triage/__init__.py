"""Which department an inquiry goes to."""
